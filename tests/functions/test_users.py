"""Profiles, and what is left of a person who leaves, on both stores."""

from datetime import timedelta
from typing import Any

import pytest
from shared import clock
from users import handler

from tests.functions.lambdas import ADDRESS, Lambdas, somebody


def test_a_profile_is_what_the_token_says_and_what_its_owner_adds(lambdas: Lambdas) -> None:
    shopper = somebody()
    made = lambdas.call("GET", "/users/me", user=shopper).body
    assert (made["user_id"], made["email"], made["first_name"]) == (shopper, f"{shopper}@example.com", None)
    wanted = {"first_name": "Ada", "last_name": "Lovelace", "phone": "+44 1", "address": ADDRESS}
    changed = lambdas.call("PATCH", "/users/me", wanted, user=shopper).body
    assert changed == {**made, **wanted}
    assert lambdas.call("GET", "/users/me", user=shopper).body == changed


def test_what_is_left_out_of_a_change_stays(lambdas: Lambdas) -> None:
    shopper = somebody()
    lambdas.call("PATCH", "/users/me", {"first_name": "Ada", "address": ADDRESS}, user=shopper)
    changed = lambdas.call("PATCH", "/users/me", {"last_name": "Byron"}, user=shopper).body
    assert (changed["first_name"], changed["last_name"], changed["address"]) == ("Ada", "Byron", ADDRESS)


def test_a_profile_made_by_a_first_order_is_completed_by_the_first_look(lambdas: Lambdas) -> None:
    shopper, book = somebody(), lambdas.new_book()
    lambdas.fill(shopper, **{book: 1})
    assert lambdas.buy(shopper, expected="16.79", key="k").status == 201
    made = lambdas.call("GET", "/users/me", user=shopper).body
    assert (made["email"], made["account_status"]) == (f"{shopper}@example.com", "active")
    assert made["last_login"] >= made["created_at"]


def test_a_day_of_return_is_noted_and_the_day_of_arrival_kept(
    lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch
) -> None:
    shopper = somebody()
    made = lambdas.call("GET", "/users/me", user=shopper).body
    tomorrow = clock.now() + timedelta(days=1)
    monkeypatch.setattr(clock, "now", lambda: tomorrow)
    again = lambdas.call("GET", "/users/me", user=shopper).body
    assert (again["created_at"], again["last_login"]) == (made["created_at"], clock.stamp(tomorrow))


def test_an_address_that_went_to_another_account_is_that_accounts(lambdas: Lambdas) -> None:
    old, new = somebody(), somebody()
    handler.users().seen(old, f"{new}@example.com")
    assert lambdas.call("GET", "/users/me", user=new).body["email"] == f"{new}@example.com"
    assert lambdas.call("GET", "/users/me", user=old).body["email"] == f"{old}@example.com"


def test_a_token_without_an_address_makes_a_profile_without_one(lambdas: Lambdas) -> None:  # noqa: ARG001
    shopper = somebody()
    assert handler.users().seen(shopper, "").email == ""
    assert handler.users().seen(shopper, f"{shopper}@example.com").email == f"{shopper}@example.com"


class TestErasure:
    def test_the_person_goes_and_the_bookkeeping_stays(self, lambdas: Lambdas) -> None:
        shopper, book, other = somebody(), lambdas.new_book(), lambdas.new_book()
        wanted = {"first_name": "Ada", "last_name": "Lovelace", "phone": "+44 1", "address": ADDRESS}
        lambdas.call("PATCH", "/users/me", wanted, user=shopper)
        lambdas.fill(shopper, **{book: 1})
        order = lambdas.buy(shopper, expected="16.79", key="k").body
        lambdas.fill(shopper, **{other: 1})
        assert lambdas.call("DELETE", "/users/me", user=shopper).status == 204
        left = lambdas.store.profile_of(shopper)
        assert left is not None
        assert left.keys() == {"user_id", "account_status", "erased_at"}
        assert left["account_status"] == "erased"
        assert lambdas.store.cart_rows(shopper) == []
        kept = lambdas.admin("GET", f"/admin/orders/{order['order_id']}").body
        assert kept == {**order, "user_id": shopper, "shipping_address": None}

    def test_an_erased_account_is_gone_and_erasing_again_is_harmless(self, lambdas: Lambdas) -> None:
        shopper = somebody()
        lambdas.call("GET", "/users/me", user=shopper)
        for _ in range(2):
            assert lambdas.call("DELETE", "/users/me", user=shopper).status == 204
        for answer in (
            lambdas.call("GET", "/users/me", user=shopper),
            lambdas.call("PATCH", "/users/me", {"first_name": "Eve"}, user=shopper),
        ):
            assert (answer.status, answer.code) == (410, "account_erased")

    def test_who_never_was_here_can_be_erased(self, lambdas: Lambdas) -> None:
        shopper = somebody()
        assert lambdas.call("DELETE", "/users/me", user=shopper).status == 204
        assert lambdas.call("GET", "/users/me", user=shopper).status == 410

    def test_an_erased_address_is_free_for_a_new_account(self, lambdas: Lambdas) -> None:
        old, new = somebody(), somebody()
        handler.users().seen(old, f"{new}@example.com")
        lambdas.call("DELETE", "/users/me", user=old)
        assert lambdas.call("GET", "/users/me", user=new).body["email"] == f"{new}@example.com"

    def test_nobody_elses_orders_lose_their_address(self, lambdas: Lambdas) -> None:
        book, shoppers = lambdas.new_book(stock=9), [somebody(), somebody()]
        for shopper in shoppers:
            lambdas.fill(shopper, **{book: 1})
            lambdas.buy(shopper, expected="16.79", key="k")
        lambdas.call("DELETE", "/users/me", user=shoppers[0])
        addresses: list[Any] = [lambdas.orders_of(shopper)[0]["shipping_address"] for shopper in shoppers]
        assert addresses == [None, ADDRESS]

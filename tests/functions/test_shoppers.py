"""Carts, profiles and the back office under concurrency and crashes."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from admin import handler as admin
from carts import handler as carts
from orders.checkout import Checkout
from orders.postgres_checkout import PostgresCheckout
from shared import clock
from users import handler as users

from tests.functions.boundary import boundary
from tests.functions.faults import Crash, faulty
from tests.functions.lambdas import ADDRESS, Lambdas, somebody

BOOK = {"category": "Test", "title": "A book", "author": "Somebody", "price": 12, "stock_quantity": 0}


def test_changes_of_one_cart_at_once_all_survive(lambdas: Lambdas) -> None:
    shopper, ids = somebody(), [lambdas.new_book() for _ in range(4)]
    books = [book for book_id in ids if (book := carts.books().find(book_id)) is not None]
    carts.carts()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda book: carts._changed(shopper, lambda cart: cart.with_book(book, 2)), books))
    assert lambdas.cart_of(shopper) == dict.fromkeys(ids, 2)


@pytest.mark.stores("dynamodb")
def test_an_expired_cart_is_empty_though_it_is_still_stored(lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch) -> None:
    shopper, book = somebody(), lambdas.new_book()
    lambdas.fill(shopper, **{book: 1})
    later = clock.now() + timedelta(days=30, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert lambdas.store.cart_rows(shopper)
    assert lambdas.cart_of(shopper) == {}
    assert lambdas.call("POST", "/checkout/quote", user=shopper).code == "empty_cart"
    lambdas.fill(shopper, **{book: 3})
    assert lambdas.cart_of(shopper) == {book: 3}


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_crash_while_a_cart_changes_leaves_the_old_or_the_new_one(lambdas: Lambdas, after: bool) -> None:
    for at in range(4):
        shopper, book = somebody(), lambdas.new_book()
        lambdas.fill(shopper, **{book: 1})
        with faulty(at, Crash, after=after), suppress(Crash):
            lambdas.call("PUT", f"/cart/items/{book}", {"quantity": 5}, user=shopper)
        assert lambdas.cart_of(shopper) in ({book: 1}, {book: 5})


def _adding_first(monkeypatch: pytest.MonkeyPatch, seller: type[Any], shopper: str, late: str) -> None:
    """The shopper puts one more book into the cart between the look at it and its sale."""
    sell = seller.sell

    def add_first(*arguments: Any) -> Any:
        monkeypatch.setattr(seller, "sell", sell)
        found = carts.books().find(late)
        assert found is not None
        carts._changed(shopper, lambda cart: cart.with_book(found, 1))
        return sell(*arguments)

    monkeypatch.setattr(seller, "sell", add_first)


@pytest.mark.stores("dynamodb")
def test_what_is_added_during_a_checkout_is_kept_and_shown_first(
    lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch
) -> None:
    shopper, book, late = somebody(), lambdas.new_book(), lambdas.new_book()
    lambdas.fill(shopper, **{book: 1})
    _adding_first(monkeypatch, Checkout, shopper, late)
    answer = lambdas.buy(shopper, expected="16.79", key="k")
    assert (answer.status, answer.code) == (409, "price_changed")
    assert lambdas.cart_of(shopper) == {book: 1, late: 1}
    assert lambdas.orders_of(shopper) == []


@pytest.mark.stores("postgres")
def test_what_is_added_during_a_checkout_of_two_stores_is_kept(
    lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch
) -> None:
    shopper, book, late = somebody(), lambdas.new_book(), lambdas.new_book()
    lambdas.fill(shopper, **{book: 1})
    _adding_first(monkeypatch, PostgresCheckout, shopper, late)
    answer = lambdas.buy(shopper, expected="16.79", key="k")
    assert (answer.status, [item["book_id"] for item in answer.body["items"]]) == (201, [book])
    assert lambdas.cart_of(shopper) == {late: 1}


def test_a_profile_is_made_once_by_first_calls_at_once(lambdas: Lambdas) -> None:
    shopper = somebody()
    users.users()
    with ThreadPoolExecutor(20) as pool:
        made = list(pool.map(lambda _: users.users().seen(shopper, "a@example.com"), range(20)))
    assert len({user.created_at for user in made}) == 1
    assert lambdas.store.profile_of(shopper) is not None


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_crash_at_any_call_of_erasing_is_finished_by_the_next_try(lambdas: Lambdas, after: bool) -> None:
    for at in range(5):
        shopper, book = somebody(), lambdas.new_book()
        lambdas.call("PATCH", "/users/me", {"first_name": "Ada", "address": ADDRESS}, user=shopper)
        lambdas.fill(shopper, **{book: 1})
        lambdas.buy(shopper, expected="16.79", key="k")
        lambdas.fill(shopper, **{book: 1})
        with boundary(at, after=after), suppress(Crash):
            lambdas.call("DELETE", "/users/me", user=shopper)
        assert lambdas.call("DELETE", "/users/me", user=shopper).status == 204
        assert lambdas.cart_of(shopper) == {}
        (order,) = lambdas.orders_of(shopper)
        assert order["shipping_address"] is None
        left = lambdas.store.profile_of(shopper)
        assert left is not None
        assert left.keys() == {"user_id", "account_status", "erased_at"}


@pytest.mark.stores("dynamodb")
@pytest.mark.parametrize("category", ["Test", "Another shelf"])
def test_replacing_a_book_never_undoes_a_sale_in_between(
    lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch, category: str
) -> None:
    shopper, book = somebody(), lambdas.new_book(stock=5)
    lambdas.fill(shopper, **{book: 1})
    catalogue: Any = admin.catalogue()
    find = catalogue._lookup.find

    def sell_after(book_id: str) -> Any:
        found = find(book_id)
        monkeypatch.setattr(catalogue._lookup, "find", find)
        assert lambdas.buy(shopper, expected="16.79", key="k").status == 201
        return found

    monkeypatch.setattr(catalogue._lookup, "find", sell_after)
    wanted = admin.BookInput(**{**BOOK, "category": category}).book(book)
    put, created = catalogue.put(wanted)
    assert (put.stock_quantity, created) == (4, False)
    assert lambdas.stock(book) == 4


def test_everybodys_orders_are_listed_once_each_through_all_pages(lambdas: Lambdas) -> None:
    book, placed = lambdas.new_book(stock=50), set()
    for _ in range(5):
        shopper = somebody()
        lambdas.fill(shopper, **{book: 1})
        placed.add(lambdas.buy(shopper, expected="16.79", key="k").body["order_id"])
    found: list[str] = []
    cursor = ""
    while cursor is not None:
        page = lambdas.admin("GET", f"/admin/orders?limit=2&status=confirmed{cursor}").body
        found += [order["order_id"] for order in page["orders"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert len(found) == len(set(found))
    assert placed <= set(found)

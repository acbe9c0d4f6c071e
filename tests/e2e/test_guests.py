"""Guests: a session without a sign-in, its cart, and what becomes of it at sign-in. Where the stack has sessions."""

import uuid

import pytest
import requests

from tests.e2e.shop import Shop, code

COOKIE = "cloudshelf_session"


@pytest.fixture
def guest(anybody: Shop, capabilities: frozenset[str]) -> Shop:
    if "sessions" not in capabilities:
        pytest.skip("the stack has no sessions")
    begun = anybody.call("POST", "/sessions")
    assert begun.status_code == 201, begun.text
    return anybody


def test_a_session_is_its_cookie_and_nothing_else(guest: Shop) -> None:
    cookie = guest.http.cookies[COOKIE]
    assert guest.call("GET", "/sessions/me").json()["cart_summary"] == {"item_count": 0, "total_amount": 0}
    assert cookie not in guest.call("GET", "/sessions/me").text
    stranger = requests.get(f"{guest.cloud.url}/api/v1/sessions/me", timeout=30)
    assert (stranger.status_code, code(stranger)) == (401, "unauthorized")
    guessed = requests.get(f"{guest.cloud.url}/api/v1/sessions/me", cookies={COOKIE: cookie[::-1]}, timeout=30)
    assert guessed.status_code == 401


def test_the_cookie_is_kept_from_scripts_and_other_sites(guest: Shop) -> None:
    header = guest.call("POST", "/sessions").headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/api/v1"} <= set(header.split("; "))
    # The local cloud speaks plain HTTP: its front takes Secure away, and its fidelity table says so.
    assert "Secure" not in header


def test_a_guests_cart_is_merged_once_at_sign_in(guest: Shop, admin: Shop) -> None:
    book, other = admin.new_book(price=10, stock=50), admin.new_book(price=5, stock=50)
    cart = guest.call("PUT", f"/sessions/me/cart/items/{book}", {"quantity": 2}).json()
    assert (cart["item_count"], cart["total_amount"]) == (2, 20.0)
    assert guest.call("GET", "/sessions/me").json()["cart_summary"]["item_count"] == 2
    guest.sign_up()
    guest.call("PUT", f"/cart/items/{other}", {"quantity": 1})
    merge = {"merge_id": uuid.uuid4().hex, "session": True}
    for _ in range(2):
        merged = guest.call("POST", "/cart/merge", merge)
        assert merged.status_code == 200, merged.text
        assert {item["book_id"]: item["quantity"] for item in merged.json()["items"]} == {book: 2, other: 1}
    assert guest.call("GET", "/sessions/me/cart").json()["items"] == []
    assert guest.buy(expected=32.99).status_code == 201


def test_two_guests_see_nothing_of_each_other(guest: Shop, admin: Shop) -> None:
    book, second = admin.new_book(), Shop(guest.cloud)
    assert second.call("POST", "/sessions").status_code == 201
    guest.call("PUT", f"/sessions/me/cart/items/{book}", {"quantity": 2})
    guest.call("PATCH", "/sessions/me", {"viewed": book})
    assert second.call("GET", "/sessions/me/cart").json()["items"] == []
    assert second.call("GET", "/sessions/me").json()["browsing_history"] == []
    assert guest.call("GET", "/sessions/me").json()["browsing_history"] == [book]


def test_an_ended_session_is_over(guest: Shop, admin: Shop) -> None:
    cookie, book = guest.http.cookies[COOKIE], admin.new_book()
    guest.call("PUT", f"/sessions/me/cart/items/{book}", {"quantity": 1})
    assert guest.call("DELETE", "/sessions/me").status_code == 204
    for path in ("/sessions/me", "/sessions/me/cart"):
        gone = requests.get(f"{guest.cloud.url}/api/v1{path}", cookies={COOKIE: cookie}, timeout=30)
        assert (gone.status_code, code(gone)) == (401, "unauthorized")


def test_a_stack_without_sessions_has_no_such_paths(anybody: Shop, capabilities: frozenset[str]) -> None:
    if "sessions" in capabilities:
        pytest.skip("the stack has sessions")
    assert code(anybody.call("POST", "/sessions")) == "not_found"
    assert code(anybody.call("GET", "/sessions/me/cart")) == "not_found"

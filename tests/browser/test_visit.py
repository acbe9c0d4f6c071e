"""Guests of stacks that have sessions: their cart, what they looked at, and having it forgotten."""

import json
import uuid
from contextlib import AbstractContextManager

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Response, expect

from tests.browser.reader import Account, Reader
from tests.browser.stacks import on, where_sessions_are
from tests.e2e.shop import Shop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

COOKIE = "cloudshelf_session"


def cookies(reader: Reader) -> list[str]:
    return [cookie["name"] for cookie in reader.page.context.cookies()]


def kept(reader: Reader) -> str:
    """All that this browser keeps and scripts can see."""
    return str(reader.page.evaluate("JSON.stringify(localStorage) + document.cookie"))


def remembering(reader: Reader, what: str) -> AbstractContextManager[object]:
    """What is done in it is in the session afterwards."""

    def is_kept(answer: Response) -> bool:
        return answer.request.method == "PATCH" and what in (answer.request.post_data or "") and answer.ok

    return reader.page.expect_response(is_kept)


@where_sessions_are
def test_a_guests_cart_is_in_the_session_and_not_in_the_browser(reader: Reader, admin: Shop) -> None:
    reader.adds(admin.new_book(title="Session book"))
    reader.page.reload()
    reader.cart_says("1 copy")
    reader.go("/cart")
    reader.sees("Session book")
    assert COOKIE in cookies(reader)
    assert "Session book" not in kept(reader)
    assert COOKIE not in kept(reader)


@where_sessions_are
def test_a_passer_by_has_no_session(reader: Reader) -> None:
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.url))
    reader.go("/")
    expect(reader.page.locator(".tiles")).to_be_visible()
    reader.page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "/sessions" in url]
    assert cookies(reader) == []


@where_sessions_are
def test_what_was_looked_at_and_searched_for_is_on_the_way_back(reader: Reader, admin: Shop) -> None:
    title = f"Seen {uuid.uuid4().hex[:8]}"
    with remembering(reader, "viewed"):
        reader.go(f"/books/{admin.new_book(title=title)}")
    with remembering(reader, "searched"):
        reader.go("/browse?q=lighthouse")
    reader.sees_heading("“lighthouse”")
    reader.go("/")
    shelf = reader.page.get_by_role("list", name="Books you looked at")
    expect(shelf.get_by_role("link", name=title)).to_be_visible()
    reader.link("lighthouse").click()
    reader.sees_heading("“lighthouse”")


@where_sessions_are
def test_what_was_looked_at_is_forgotten_on_demand_and_the_cart_stays(reader: Reader, admin: Shop) -> None:
    book = admin.new_book(title="Kept in the cart")
    reader.adds(book)
    reader.go("/")
    reader.button("Forget all this").click()
    reader.sees("It is forgotten. Your cart is as it was.")
    expect(reader.page.get_by_text("Where you left off")).to_have_count(0)
    reader.cart_says("1 copy")
    reader.go("/cart")
    reader.sees("Kept in the cart")
    assert reader.page.request.get(f"{reader.cloud.url}/api/v1/sessions/me").json()["browsing_history"] == []


@where_sessions_are
def test_the_next_one_at_this_screen_does_not_see_what_a_shopper_looked_at(
    reader: Reader, account: Account, admin: Shop
) -> None:
    reader.signs_in(account)
    with remembering(reader, "viewed"):
        reader.go(f"/books/{admin.new_book()}")
    reader.go("/")
    expect(reader.page.get_by_role("list", name="Books you looked at")).to_be_visible()
    with reader.page.expect_response(lambda answer: answer.request.method == "DELETE"):
        reader.signs_out()
    reader.go("/")
    expect(reader.page.locator(".tiles")).to_be_visible()
    expect(reader.page.get_by_role("list", name="Books you looked at")).to_have_count(0)
    assert COOKIE not in cookies(reader)


@where_sessions_are
def test_a_session_that_has_ended_is_begun_anew(reader: Reader, admin: Shop) -> None:
    reader.adds(admin.new_book())
    reader.page.context.clear_cookies()
    reader.adds(admin.new_book())
    reader.cart_says("1 copy")
    assert COOKIE in cookies(reader)


@where_sessions_are
def test_a_session_that_has_ended_keeps_nobody_from_signing_in(reader: Reader, account: Account, admin: Shop) -> None:
    reader.adds(admin.new_book())
    reader.page.context.clear_cookies()
    reader.signs_in(account, at="/cart")
    reader.sees("Your cart is empty.")
    reader.go("/profile")
    reader.sees(account.email)


@where_sessions_are
def test_a_cart_from_before_the_shop_had_sessions_moves_into_one(reader: Reader, admin: Shop) -> None:
    there, gone = admin.new_book(title="From before", price=7.0), "book-long-gone"
    copy = {"category": "Test", "title": "x", "author": "x", "image_url": None, "price": 1, "line_total": 1}
    items = [{"book_id": book, "quantity": 2, "available": 5, **copy} for book in (there, gone)]
    reader.go("/browse")
    reader.page.evaluate(
        "cart => localStorage.setItem('cloudshelf.cart', cart)", json.dumps({"merge_id": "x" * 8, "items": items})
    )
    reader.page.reload()
    reader.go("/cart")
    reader.sees("From before")
    reader.cart_says("2 copies")
    assert "cloudshelf.cart" not in kept(reader)


@where_sessions_are
def test_a_browser_that_keeps_no_cookies_is_told_what_to_do(reader: Reader, admin: Shop) -> None:
    reader.page.route("**/api/v1/sessions", lambda route: route.fulfill(status=201, json={}))
    reader.go(f"/books/{admin.new_book()}")
    reader.button("Add to cart").click()
    reader.sees("Your browser keeps no cookies for this shop.")


@on("phase1")
def test_without_sessions_nothing_is_remembered_and_none_is_asked_for(reader: Reader, admin: Shop) -> None:
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.url))
    reader.adds(admin.new_book())
    reader.go("/browse?q=sea")
    reader.sees_heading("“sea”")
    reader.go("/")
    expect(reader.page.locator(".tiles")).to_be_visible()
    expect(reader.page.get_by_text("Where you left off")).to_have_count(0)
    assert not [url for url in asked if "/sessions" in url]
    assert cookies(reader) == []

"""Slow, broken, lost and changed: what the shopper is told and what is kept."""

import json
from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Route, expect

from tests.browser.reader import Account, Reader
from tests.e2e.shop import Shop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def problem(status: int, code: str, **more: Any) -> dict[str, Any]:
    """An answer of the API, for `route.fulfill`."""
    body = {"type": "about:blank", "title": code, "status": status, "code": code, "detail": f"{code}!", **more}
    return {"status": status, "content_type": "application/problem+json", "body": json.dumps(body)}


def first_times(count: int, answer: Callable[[Route], None]) -> Callable[[Route], None]:
    """Answers so for the first `count` requests; the rest goes on to the shop."""
    left = iter(range(count))
    return lambda route: answer(route) if next(left, None) is not None else route.continue_()


def test_a_slow_answer_is_awaited_behind_a_skeleton(reader: Reader) -> None:
    held: list[Route] = []
    reader.page.route("**/api/v1/books?*", first_times(1, held.append))
    reader.go("/browse")
    expect(reader.page.locator(".book.skeleton").first).to_be_attached()
    for route in held:
        route.continue_()
    expect(reader.books()).to_have_count(24)
    expect(reader.page.locator(".book.skeleton")).to_have_count(0)


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_shop_is_asked_again_without_bothering_anybody(reader: Reader, status: int) -> None:
    reader.page.route("**/api/v1/books?*", first_times(2, lambda route: route.fulfill(**problem(status, "busy"))))
    reader.go("/browse")
    expect(reader.books()).to_have_count(24)


def test_a_shop_that_stays_down_says_so_and_can_be_tried_again(reader: Reader) -> None:
    reader.page.route("**/api/v1/books/*", lambda route: route.fulfill(**problem(503, "unavailable")))
    reader.go("/books/book-9780143034759")
    expect(reader.page.get_by_role("alert")).to_contain_text("The shop is not answering right now")
    reader.page.unroute("**/api/v1/books/*")
    reader.button("Try again").click()
    reader.sees_heading("Alexander Hamilton")


def test_a_long_retry_after_is_told_rather_than_waited_for(reader: Reader) -> None:
    asked: list[str] = []

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(**problem(429, "too_many_requests") | {"headers": {"Retry-After": "60"}})

    reader.page.route("**/api/v1/books?*", answer)
    reader.go("/browse")
    expect(reader.page.get_by_role("alert")).to_contain_text("very busy")
    assert len(asked) == 1


def test_offline_is_called_offline_and_the_guests_cart_is_kept(reader: Reader, admin: Shop) -> None:
    reader.adds(admin.new_book())
    reader.link("Browse").click()
    expect(reader.books()).to_have_count(24)
    reader.page.context.set_offline(True)
    reader.page.get_by_label("Category").select_option("Travel")
    expect(reader.page.get_by_role("alert")).to_contain_text("You seem to be offline")
    reader.page.context.set_offline(False)
    reader.button("Try again").click()
    expect(reader.books().first).to_be_visible()
    reader.cart_says("1 copy")


def test_an_order_whose_answer_was_lost_is_placed_once(reader: Reader, account: Account, admin: Shop) -> None:
    book = admin.new_book(price=10.0)
    account.shop.call("PUT", f"/cart/items/{book}", {"quantity": 1})
    reader.signs_in(account, at="/checkout")
    reader.fills_address()

    def lose(route: Route) -> None:
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    reader.page.route("**/api/v1/orders", first_times(1, lose))
    reader.button("Place order").click()
    reader.sees_heading("Thank you for your order")
    assert len(account.shop.call("GET", "/orders").json()["orders"]) == 1


def test_the_same_wish_keeps_its_key_over_a_reload(reader: Reader, account: Account, admin: Shop) -> None:
    account.shop.call("PUT", f"/cart/items/{admin.new_book(price=10.0)}", {"quantity": 1})
    keys: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method != "POST":
            return route.continue_()
        keys.append(route.request.headers["idempotency-key"])
        return route.abort()

    reader.page.route("**/api/v1/orders", lose)
    for _ in range(2):
        if not keys:
            reader.signs_in(account, at="/checkout")
        else:
            reader.page.reload()
        reader.fills_address()
        reader.button("Place order").click()
        expect(reader.page.get_by_role("alert").last).to_contain_text("not answering")
    assert len(set(keys)) == 1


def test_a_changed_price_is_shown_and_needs_consent(reader: Reader, account: Account, admin: Shop) -> None:
    book = admin.new_book(price=10.0, title="Dearer")
    account.shop.call("PUT", f"/cart/items/{book}", {"quantity": 1})
    reader.signs_in(account, at="/checkout")
    reader.fills_address()
    dearer = {"category": "Test", "title": "Dearer", "author": "Somebody", "price": 12.0, "stock_quantity": 5}
    assert admin.call("PUT", f"/admin/books/{book}", dearer).ok
    reader.button("Place order · $16.79").click()
    reader.sees("The total is now $18.95; it was $16.79.")
    assert account.shop.call("GET", "/orders").json()["orders"] == []
    expect(reader.page.get_by_label("Street and number")).to_have_value("12 Harbour Road")
    reader.button("Place order · $18.95").click()
    reader.sees_heading("Thank you for your order")


def test_a_book_that_sold_out_meanwhile_can_be_left_out(reader: Reader, account: Account, admin: Shop) -> None:
    gone, there = admin.new_book(stock=1, title="Gone"), admin.new_book(title="There", price=10.0)
    for book in (gone, there):
        account.shop.call("PUT", f"/cart/items/{book}", {"quantity": 1})
    reader.signs_in(account, at="/checkout")
    reader.fills_address()
    assert admin.call("PATCH", f"/admin/books/{gone}/stock", {"delta": -1, "expected": 1}).ok
    reader.button("Place order").click()
    reader.sees("is sold out.")
    reader.button("Remove “Gone”").click()
    reader.button("Place order · $16.79").click()
    reader.sees_heading("Thank you for your order")


def test_fewer_copies_than_wished_can_be_taken(reader: Reader, account: Account, admin: Shop) -> None:
    book = admin.new_book(stock=3, title="Scarce")
    account.shop.call("PUT", f"/cart/items/{book}", {"quantity": 3})
    admin.call("PATCH", f"/admin/books/{book}/stock", {"delta": -1, "expected": 3})
    reader.signs_in(account, at="/cart")
    reader.button("Take 2").click()
    reader.cart_says("2 copies")
    expect(reader.link("Check out")).to_be_visible()


def test_a_sign_in_that_ended_is_asked_for_and_leads_back(reader: Reader, account: Account) -> None:
    reader.signs_in(account)
    reader.page.route("**/api/v1/orders?*", lambda route: route.fulfill(**problem(401, "unauthorized")))
    reader.page.route(
        "**/_cognito/", lambda route: route.fulfill(status=400, json={"__type": "NotAuthorizedException"})
    )
    reader.go("/orders")
    reader.sees_heading("Sign in")
    reader.page.unroute_all()
    reader.gives_account(account)
    reader.sees_heading("Your orders")


def test_sorting_that_a_phase_cannot_do_is_offered_without(reader: Reader) -> None:
    refused = problem(501, "not_supported", detail="This catalogue is too large to be sorted in phase1.")
    reader.page.route("**/api/v1/books?*sort=title*", lambda route: route.fulfill(**refused))
    reader.go("/browse?sort=title")
    reader.sees("too large to be sorted")
    reader.link("Show them unsorted").click()
    expect(reader.books()).to_have_count(24)

"""Search while typing."""

import uuid

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Route, expect

from tests.browser.reader import Reader
from tests.e2e.shop import Shop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_an_older_search_is_given_up_for_a_newer_one(reader: Reader, admin: Shop) -> None:
    word = uuid.uuid4().hex[:8]
    admin.new_book(title=f"{word} first")
    admin.new_book(title=f"{word} second")
    page = reader.go("/browse").page
    expect(reader.books()).to_have_count(24)
    held: list[Route] = []
    page.route(f"**/api/v1/books?q={word}+first*", lambda route: held.append(route))
    box = page.get_by_role("combobox", name="Search")
    with page.expect_request("**first*"):
        box.fill(f"{word} first")
    with page.expect_event("requestfailed", lambda request: "first" in request.url):
        box.fill(f"{word} second")
    expect(page.get_by_role("option")).to_contain_text(["second"])


def test_enter_shows_all_that_match(reader: Reader, admin: Shop) -> None:
    word = uuid.uuid4().hex[:8]
    for number in range(3):
        admin.new_book(title=f"{word} volume {number}")
    box = reader.go("/").page.get_by_role("combobox", name="Search")
    box.fill(word)
    box.press("Enter")
    reader.sees_heading(f"“{word}”")
    expect(reader.books()).to_have_count(3)


def test_nothing_found_says_what_to_do(reader: Reader) -> None:
    reader.go("/browse?q=zzzzqqqq")
    reader.sees("No book matches. Try fewer words")


def test_filters_that_are_typed_change_the_books_at_once(reader: Reader) -> None:
    reader.go("/browse?category=Fiction")
    expect(reader.books().first).to_be_visible()
    reader.page.get_by_label("From").fill("99999")
    reader.sees("No book matches.")
    expect(reader.page.get_by_label("From")).to_be_focused()

"""Addresses: links, back, forward, reload, titles, focus."""

import re

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from tests.browser.reader import Account, Reader
from tests.e2e.shop import Shop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
MORE = "Show more books"


def test_back_leads_to_the_same_books_at_the_same_height(reader: Reader) -> None:
    page = reader.page
    reader.go("/browse")
    expect(reader.books()).to_have_count(24)
    page.mouse.wheel(0, 4000)
    expect(page).to_have_url(re.compile("shown="))
    shown = reader.books().count()
    height = page.evaluate("scrollY")
    assert shown > 24
    reader.books().nth(20).get_by_role("link").click()
    expect(page).to_have_url(re.compile("/books/"))
    page.go_back()
    expect(page).to_have_url(re.compile("/browse"))
    page.wait_for_function("height => Math.abs(scrollY - height) < 400", arg=height)
    assert reader.books().count() >= shown
    page.go_forward()
    expect(page).to_have_url(re.compile("/books/"))
    page.wait_for_function("scrollY === 0")


def test_an_address_with_filters_shows_the_same_books_after_a_reload(reader: Reader) -> None:
    reader.go("/browse?category=Mystery&sort=-price&in_stock=true")
    expect(reader.books().first).to_be_visible()
    titles = reader.books().all_inner_texts()
    reader.page.reload()
    expect(reader.books().first).to_be_visible()
    assert reader.books().all_inner_texts() == titles
    expect(reader.page.get_by_label("Sort")).to_have_value("-price")


def test_a_filter_is_undone_with_back(reader: Reader) -> None:
    reader.go("/browse")
    expect(reader.books()).to_have_count(24)
    reader.page.get_by_label("Category").select_option("Travel")
    reader.sees_heading("Travel")
    expect(reader.page).to_have_url(re.compile(r"browse\?category=Travel"))
    reader.page.go_back()
    reader.sees_heading("All books")


def test_more_books_is_a_link_that_can_be_kept(reader: Reader) -> None:
    reader.go("/browse")
    place = reader.link(MORE).get_attribute("href") or ""
    assert place == "#/browse?shown=48"
    reader.go(place.removeprefix("#"))
    expect(reader.books().nth(47)).to_be_visible()


def test_each_page_has_its_title_and_takes_the_focus_to_its_heading(reader: Reader) -> None:
    reader.go("/")
    reader.sees_heading("Books worth staying in for")
    reader.link("Browse").click()
    expect(reader.page).to_have_title("All books · CloudShelf")
    expect(reader.page.get_by_role("heading", level=1)).to_be_focused()


@pytest.mark.parametrize("place", ["/nowhere", "/books/book-0000000000000", "/books/%E0%A4%A", "/books/NOT-AN-ID"])
def test_a_place_that_is_not_there_says_so(reader: Reader, place: str) -> None:
    reader.go(place)
    expect(reader.page.get_by_role("heading", level=1)).to_contain_text("There is no such")


def test_sign_in_leads_back_to_where_it_was_needed(reader: Reader, account: Account) -> None:
    reader.go("/orders")
    reader.sees_heading("Sign in")
    reader.gives_account(account)
    reader.sees_heading("Your orders")


@pytest.mark.parametrize("elsewhere", ["https://example.com/", "//example.com", "javascript:alert(1)"])
def test_sign_in_leads_nowhere_outside_the_shop(reader: Reader, account: Account, elsewhere: str) -> None:
    reader.go(f"/sign-in?next={elsewhere}")
    reader.gives_account(account)
    expect(reader.page.get_by_role("heading", level=1)).not_to_have_text("Sign in")
    assert reader.page.url.startswith(f"{reader.cloud.url}/#/")


def test_another_shoppers_order_is_not_there(reader: Reader, account: Account, admin: Shop) -> None:
    someone = Shop(reader.cloud).sign_up()
    someone.call("PUT", f"/cart/items/{admin.new_book(price=10.0)}", {"quantity": 1})
    order = someone.buy(expected=16.79).json()["order_id"]
    reader.signs_in(account, at=f"/orders/{order}")
    reader.sees_heading("There is no such order")

"""Two tabs of one browser."""

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from tests.browser.reader import Account, Reader
from tests.browser.stacks import on
from tests.e2e.shop import Shop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), on("phase1", "enhanced")]


@pytest.fixture
def tabs(new_context: Callable[..., Any], reader: Reader) -> tuple[Reader, Reader]:
    context = new_context()
    return Reader(context.new_page(), reader.cloud), Reader(context.new_page(), reader.cloud)


def test_a_guests_cart_is_the_same_in_both(tabs: tuple[Reader, Reader], admin: Shop) -> None:
    one, other = tabs
    other.go("/cart")
    other.sees("Your cart is empty.")
    one.adds(admin.new_book())
    other.cart_says("1 copy")
    other.sees("A book")


def test_sign_in_and_sign_out_reach_both(tabs: tuple[Reader, Reader], account: Account) -> None:
    one, other = tabs
    other.go("/browse")
    one.signs_in(account, at="/orders")
    other.signs_out()
    one.sees_heading("Sign in")


def test_a_tab_opened_later_knows_the_shopper(tabs: tuple[Reader, Reader], account: Account) -> None:
    one, other = tabs
    one.signs_in(account)
    other.go("/profile")
    other.sees(account.email)


def test_a_shoppers_cart_changed_in_one_shows_in_the_other(
    tabs: tuple[Reader, Reader], account: Account, admin: Shop
) -> None:
    one, other = tabs
    one.signs_in(account)
    other.go("/cart")
    other.sees("Your cart is empty.")
    one.adds(admin.new_book(title="In both"))
    other.cart_says("1 copy")
    other.sees("In both")


def test_what_both_tabs_merge_at_sign_in_is_added_once(
    tabs: tuple[Reader, Reader], account: Account, admin: Shop
) -> None:
    one, other = tabs
    one.adds(admin.new_book())
    other.go("/cart")
    other.cart_says("1 copy")
    one.signs_in(account, at="/cart")
    one.cart_says("1 copy")
    other.cart_says("1 copy")
    assert account.shop.call("GET", "/cart").json()["item_count"] == 1

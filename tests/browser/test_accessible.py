"""Every page, on a phone and on a desk, light and dark: no axe violation, no sideways scrolling down to 320 px.

With SCREENSHOTS set to a folder, a picture of each is left there.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
pytest.importorskip("axe_playwright_python")
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESKTOP, PHONE
from tests.browser.reader import Account, Reader, new_account
from tests.e2e.shop import Shop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LOOKS = {"phone-dark": (PHONE, "dark"), "desk-light": (DESKTOP, "light")}
PICTURED_TOO = {"phone-light": (PHONE, "light"), "desk-dark": (DESKTOP, "dark")}
FOLDER = os.environ.get("SCREENSHOTS")
NARROWEST = {"width": 320, "height": 640}


def pages(reader: Reader, account: Account, admin: Shop) -> Iterator[str]:
    """Goes to every page in turn and says which one is shown."""
    book = admin.new_book(title="The Book of Every Page", price=12.0)
    yield from _for_everybody(reader, book)
    reader.signs_in(account)
    yield from _for_shoppers(reader, account.shop)
    reader.signs_out()
    reader.sees_heading("Sign in")
    keeper = reader.cloud.accounts["admin"]
    reader.signs_in(Account(keeper.email, keeper.password, admin))
    office = {
        "admin": ("/admin", "table"),
        "admin-book": (f"/admin/books/{book}", ".side"),
        "admin-new": ("/admin/books/new", "form.form"),
        "admin-orders": ("/admin/orders", ".order"),
    }
    yield from _visit(reader, office)


def _for_everybody(reader: Reader, book: str) -> Iterator[str]:
    places = {
        "home": ("/", ".tiles"),
        "browse": ("/browse", ".results .book:not(.skeleton)"),
        "nothing": ("/browse?q=zzzzqqqq", ".results .notice"),
        "book": (f"/books/{book}", ".purchase"),
        "not-found": ("/nowhere", "h1"),
        "sign-in": ("/sign-in", "form.form"),
        "sign-up": ("/sign-up", "form.form"),
        "confirm": ("/confirm", "form.form"),
        "forgotten-password": ("/forgotten-password", "form.form"),
    }
    yield from _visit(reader, places)
    reader.page.get_by_role("combobox", name="Search").fill("the")
    expect(reader.page.get_by_role("option").first).to_be_visible()
    yield "suggestions"
    reader.adds(book)
    yield "added"
    yield from _visit(reader, {"cart": ("/cart", ".lines")})


def _for_shoppers(reader: Reader, shop: Shop) -> Iterator[str]:
    yield from _visit(reader, {"checkout": ("/checkout", ".totals")})
    quote = shop.call("POST", "/checkout/quote").json()
    order = shop.buy(expected=quote["total"]).json()["order_id"]
    places = {
        "order": (f"/orders/{order}", ".progress"),
        "orders": ("/orders", ".order"),
        "profile": ("/profile", ".card"),
    }
    yield from _visit(reader, places)
    reader.page.get_by_text("Account", exact=True).click()
    yield "menu"
    reader.button("Erase everything about me").click()
    yield "dialog"
    reader.page.keyboard.press("Escape")


def _visit(reader: Reader, places: dict[str, tuple[str, str]]) -> Iterator[str]:
    """Goes to each place; it is there once the page before has left and the sign of this one is seen."""
    for name, (place, sign) in places.items():
        if reader.page.url != "about:blank":
            leaving = "document.querySelector('main').firstElementChild?.setAttribute('data-leaving', '')"
            reader.page.evaluate(leaving)
        reader.go(place)
        expect(reader.page.locator("[data-leaving]")).to_have_count(0)
        expect(reader.page.locator(sign).first).to_be_visible()
        expect(reader.page.locator("[aria-busy]")).to_have_count(0)
        yield name


@pytest.mark.parametrize("look", LOOKS | (PICTURED_TOO if FOLDER else {}))
def test_every_page_is_free_of_violations_and_fits(
    new_context: Callable[..., Any], cloud: Any, admin: Shop, look: str
) -> None:
    viewport, scheme = (LOOKS | PICTURED_TOO)[look]
    reader = Reader(new_context(viewport=viewport, color_scheme=scheme).new_page(), cloud)
    axe, faults = Axe(), {}
    for name in pages(reader, new_account(cloud), admin):
        if FOLDER:
            reader.page.screenshot(path=Path(FOLDER) / f"{name}-{look}.png")
        if found := [*_violations(axe, reader.page), *_too_wide(reader.page, viewport)]:
            faults[name] = found
    assert not faults


def _violations(axe: Axe, page: Page) -> list[str]:
    found = axe.run(page, options=OPTIONS).response["violations"]
    return [f"{fault['id']}: {node['html'][:160]}" for fault in found for node in fault["nodes"]]


def _too_wide(page: Page, viewport: dict[str, int]) -> Iterator[str]:
    for size in (viewport, NARROWEST):
        page.set_viewport_size(size)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            yield f"scrolls sideways at {size['width']} px"
    page.set_viewport_size(viewport)


def test_the_skip_link_leads_past_the_shopfront(reader: Reader) -> None:
    reader.go("/browse")
    reader.sees_heading("All books")
    reader.page.reload()
    reader.sees_heading("All books")
    reader.page.keyboard.press("Tab")
    expect(reader.link("Skip to the content")).to_be_focused()
    reader.page.keyboard.press("Enter")
    expect(reader.page.get_by_role("main")).to_be_focused()
    expect(reader.page).to_have_url(f"{reader.cloud.url}/#/browse")


def test_the_number_of_results_is_read_out(reader: Reader) -> None:
    reader.go("/browse?category=Travel")
    expect(reader.page.locator("[aria-live]").filter(has_text="book")).to_have_text("4 books")

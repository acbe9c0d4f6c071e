"""Every page, on a phone and on a desk, light and dark: no axe violation, no sideways scrolling down to 320 px.

A picture of each is left in SCREENSHOTS, by default .build/screenshots.
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

from tests.browser.conftest import DESKTOP, PHONE, ROOT
from tests.browser.pages import every_page
from tests.browser.reader import Reader, new_account
from tests.browser.stacks import on
from tests.e2e.shop import Shop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
LOOKS = {
    "phone-light": (PHONE, "light"),
    "phone-dark": (PHONE, "dark"),
    "desk-light": (DESKTOP, "light"),
    "desk-dark": (DESKTOP, "dark"),
}
FOLDER = Path(os.environ.get("SCREENSHOTS") or ROOT / ".build" / "screenshots")
NARROWEST = {"width": 320, "height": 640}


# phase1's pages are enhanced's with parts left out.
@on("phase1", "enhanced")
@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_free_of_violations_and_fits(
    new_context: Callable[..., Any], cloud: Any, admin: Shop, look: str
) -> None:
    viewport, scheme = LOOKS[look]
    reader = Reader(new_context(viewport=viewport, color_scheme=scheme).new_page(), cloud)
    axe, faults = Axe(), {}
    for name in every_page(reader, new_account(cloud), admin):
        reader.page.screenshot(path=FOLDER / cloud.stack / f"{name}-{look}.png")
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

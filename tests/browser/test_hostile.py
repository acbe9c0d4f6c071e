"""A catalogue that means harm, or was written carelessly."""

from urllib.parse import quote

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from tests.browser.conftest import PHONE
from tests.browser.reader import Account, Reader
from tests.browser.stacks import where_reports_are, where_sessions_are
from tests.e2e.shop import Shop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

TEXTS = {
    "markup": "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>",
    "attribute": '" onmouseover="document.title=\'owned\'" x="',
    "template": "${document.title='owned'} {{constructor}} %3Cscript%3E &lt;b&gt;",
    "right to left": "מסע בארץ הקסמים והפלאות",
    "override": "Evil \u202egnp.exe\u202c book",
    "one long word": "W" * 255,
    "many words": ("and " * 63).strip(),
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 " * 8,
    "combining": "Z̴̡̢̛͓͇̳̲a̵͎͑l̸͚̈g̴̟̏o̶͎͝",
    "ideographs": "百年の孤独と海辺のカフカと銀河鉄道の夜",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_is_shown_as_it_is_written_and_stays_in_its_place(
    reader: Reader, account: Account, admin: Shop, text: str
) -> None:
    page = reader.page
    page.set_viewport_size(PHONE)
    book = {
        "category": "Hostile",
        "title": text,
        "author": text,
        "description": text,
        "price": 1.0,
        "stock_quantity": 9,
    }
    book_id = f"book-{abs(hash(text)):x}"
    assert admin.call("PUT", f"/admin/books/{book_id}", book).ok
    account.shop.call("PUT", f"/cart/items/{book_id}", {"quantity": 1})
    reader.signs_in(account)
    for place in (f"/books/{book_id}", "/browse?category=Hostile", "/cart", "/checkout"):
        reader.go(place)
        expect(page.get_by_text(text.strip()).first).to_be_attached()
        assert page.title() != "owned"
        assert page.locator("main img, main script").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{place} is too wide"


@where_sessions_are
@pytest.mark.parametrize("text", [TEXTS["markup"], TEXTS["override"], "W" * 100], ids=["markup", "override", "long"])
def test_words_that_were_searched_for_are_shown_as_they_were_written(reader: Reader, text: str) -> None:
    page = reader.page
    page.set_viewport_size(PHONE)
    with page.expect_response(lambda answer: answer.request.method == "PATCH"):
        reader.go(f"/browse?q={quote(text[:100])}")
    reader.go("/")
    link = page.get_by_role("link", name=text[:100].strip(), exact=True)
    expect(link).to_be_visible()
    assert page.title() != "owned"
    assert page.locator("main img, main script").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@where_reports_are
def test_a_report_shows_hostile_titles_as_they_are_written(keeper: Reader, admin: Shop) -> None:
    book = {"category": TEXTS["attribute"][:60], "title": TEXTS["markup"], "author": "A", "price": 1.0}
    assert admin.call("PUT", "/admin/books/book-000-hostile", book | {"stock_quantity": 0}).ok
    keeper.page.set_viewport_size(PHONE)
    keeper.go("/admin/reports")
    expect(keeper.page.get_by_role("link", name=TEXTS["markup"], exact=True)).to_be_visible()
    assert keeper.page.title() != "owned"
    assert keeper.page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_image_that_is_missing_gives_way_to_a_drawing(reader: Reader, admin: Shop) -> None:
    book = {"category": "Test", "title": "No image", "author": "A", "price": 1.0, "stock_quantity": 1}
    assert admin.call("PUT", "/admin/books/book-no-image", book | {"image_url": "/covers/none.png"}).ok
    reader.go("/books/book-no-image")
    expect(reader.page.get_by_role("img", name="Cover of No image by A").locator("svg")).to_be_visible()


def test_an_image_on_another_host_is_never_asked_for(reader: Reader) -> None:
    asked: list[str] = []
    reader.page.on("request", lambda request: asked.append(request.url))

    def elsewhere(route: object) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"image_url": "//example.com/cover.png"})

    reader.page.route("**/api/v1/books/book-9780143034759", elsewhere)
    reader.go("/books/book-9780143034759")
    reader.sees_heading("Alexander Hamilton")
    assert all(url.startswith(reader.cloud.url) for url in asked)

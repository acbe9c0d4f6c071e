"""Sales and stock in pictures, where the stack can count them."""

import uuid

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Locator, Route, expect

from tests.browser.reader import Reader
from tests.browser.stacks import on, where_reports_are
from tests.e2e.shop import Shop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.fixture
def sold(cloud: object, admin: Shop) -> str:
    """The title of a book of which two copies were sold today, and one is left."""
    title = f"Sold {uuid.uuid4().hex[:8]}"
    book = admin.new_book(title=title, price=400.0, stock=3, category="Report tests")
    someone = Shop(cloud).sign_up()
    someone.call("PUT", f"/cart/items/{book}", {"quantity": 2})
    quote = someone.call("POST", "/checkout/quote").json()
    assert someone.buy(expected=quote["total"]).status_code == 201
    return title


def row(keeper: Reader, table: str, name: str) -> Locator:
    return keeper.page.locator(".report", has=keeper.page.get_by_role("heading", name=table)).get_by_role(
        "row", name=name
    )


@where_reports_are
def test_what_was_sold_is_drawn_and_is_in_tables_too(keeper: Reader, sold: str) -> None:
    keeper.link("Sales").click()
    keeper.sees_heading("Sales")
    expect(row(keeper, "Books that earned most", sold)).to_contain_text("$800.00")
    expect(row(keeper, "Best sellers", sold)).to_contain_text("2 copies")
    expect(row(keeper, "Sales by category", "Report tests")).to_be_visible()
    expect(row(keeper, "Running out", sold)).to_contain_text("1 copy")
    expect(keeper.page.get_by_role("img", name="Revenue by day.")).to_be_visible()
    heights = keeper.page.locator(".columns rect").evaluate_all("all => all.map(each => each.height.baseVal.value)")
    assert heights == [0] * 29 + [1]
    keeper.page.get_by_text("As a table").click()
    expect(keeper.page.get_by_role("table", name="Revenue by day").get_by_role("row")).to_have_count(31)


@where_reports_are
def test_other_days_are_chosen_and_can_be_kept_as_a_link(keeper: Reader, sold: str) -> None:
    keeper.go("/admin/reports?from=2020-01-01&to=2020-01-07")
    keeper.sees("Nothing in these days.")
    expect(keeper.page.locator(".columns rect")).to_have_count(7)
    keeper.page.get_by_label("From").fill("")
    keeper.page.get_by_label("To").fill("")
    expect(row(keeper, "Best sellers", sold)).to_be_visible()
    expect(keeper.page).to_have_url(f"{keeper.cloud.url}/#/admin/reports")


@where_reports_are
def test_days_that_were_given_up_do_not_come_back(keeper: Reader, sold: str) -> None:
    keeper.go("/admin/reports")
    expect(row(keeper, "Best sellers", sold)).to_be_visible()
    held: list[Route] = []
    keeper.page.route("**/reports/best-sellers?from=2020*", lambda route: held.append(route))
    keeper.page.get_by_label("From").fill("2020-01-01")
    with keeper.page.expect_response("**/reports/best-sellers?limit=*"):
        keeper.page.get_by_label("From").fill("")
    expect(keeper.page.locator(".report [aria-busy]")).to_have_count(0)
    (late,) = held
    with keeper.page.expect_event("requestfinished", lambda request: "from=2020" in request.url):
        late.fulfill(json={"report": "best-sellers", "from": None, "to": None, "rows": []})
    keeper.page.evaluate("fetch('/config.json').then(() => null)")  # the page has seen the late answer before this one
    expect(row(keeper, "Best sellers", sold)).to_be_visible()


@where_reports_are
def test_days_that_cannot_be_counted_are_refused_in_words(keeper: Reader) -> None:
    keeper.go("/admin/reports?from=2026-02-01&to=2026-01-01")
    expect(keeper.page.get_by_role("alert").first).to_contain_text("from")


@on("phase1")
def test_without_reports_there_is_no_way_to_them_and_a_kept_link_says_why(keeper: Reader) -> None:
    keeper.go("/admin/reports")
    keeper.sees("This phase of the shop has no reports")
    expect(keeper.page.get_by_role("navigation", name="Run the shop").get_by_role("link")).to_have_count(3)

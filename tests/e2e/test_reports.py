"""Reports: what was sold, to admins of the stacks that have SQL."""

from datetime import UTC, datetime

import pytest

from tests.e2e.shop import Shop, code

REPORTS = ("sales-by-day", "sales-by-category", "sales-by-book", "low-stock", "best-sellers")


@pytest.fixture
def reports(capabilities: frozenset[str]) -> None:
    if "reports" not in capabilities:
        pytest.skip("the stack has no reports")


@pytest.mark.usefixtures("reports")
def test_what_was_sold_is_in_the_reports(shopper: Shop, admin: Shop) -> None:
    book = admin.new_book(price=10, stock=3, category="Report tests")
    shopper.call("PUT", f"/cart/items/{book}", {"quantity": 2})
    assert shopper.buy(expected=27.59).status_code == 201
    by_book = admin.call("GET", "/admin/reports/sales-by-book?limit=100").json()["rows"]
    (row,) = [row for row in by_book if row["book_id"] == book]
    assert (row["copies"], row["revenue"]) == (2, 20.0)
    by_category = admin.call("GET", "/admin/reports/sales-by-category").json()["rows"]
    assert "Report tests" in [row["category"] for row in by_category]
    today = admin.call("GET", "/admin/reports/sales-by-day").json()["rows"][-1]
    assert today["day"] == f"{datetime.now(UTC):%Y-%m-%d}"
    assert today["copies"] >= 2


@pytest.mark.usefixtures("reports")
@pytest.mark.parametrize("report", REPORTS)
def test_every_report_is_for_admins_alone(anybody: Shop, shopper: Shop, admin: Shop, report: str) -> None:
    answers = [who.call("GET", f"/admin/reports/{report}") for who in (anybody, shopper, admin)]
    assert [answer.status_code for answer in answers] == [401, 403, 200]
    assert answers[-1].json()["report"] == report


def test_a_stack_without_sql_says_that_it_has_no_reports(admin: Shop, capabilities: frozenset[str]) -> None:
    if "reports" in capabilities:
        pytest.skip("the stack has reports")
    assert code(admin.call("GET", "/admin/reports/sales-by-day")) == "not_supported"

"""Reports tell what was sold, to the cent and to the day."""

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shared import clock

from tests.functions.lambdas import Lambdas
from tests.postgres.sales import sell
from tests.postgres.servers import Shop

SALES = ("sales-by-day", "sales-by-category", "sales-by-book", "best-sellers")


@pytest.fixture(autouse=True)
def _nothing_sold(shop: Shop) -> None:
    shop.database().run("DELETE FROM orders")
    shop.database().run("DELETE FROM books")


def ago(days: int) -> str:
    return (clock.now().date() - timedelta(days=days)).isoformat()


def rows(lambdas: Lambdas, report: str, question: str = "") -> list[dict[str, Any]]:
    answer = lambdas.admin("GET", f"/admin/reports/{report}?{question}")
    assert answer.status == 200, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    found: list[dict[str, Any]] = answer.body["rows"]
    return found


def test_days_without_a_sale_are_told_and_cancelled_orders_are_not(lambdas: Lambdas, shop: Shop) -> None:
    cheap, dear = lambdas.new_book(price="0.10"), lambdas.new_book(price="29.99")
    sell(shop, [cheap, dear], quantity=3, days_ago=2)
    sell(shop, [cheap], days_ago=2)
    sell(shop, [dear], days_ago=0)
    sell(shop, [dear], days_ago=1, status="cancelled")
    sell(shop, [dear], days_ago=3)
    assert rows(lambdas, "sales-by-day", f"from={ago(2)}&to={ago(0)}") == [
        {"day": ago(2), "orders": 2, "copies": 7, "revenue": Decimal("90.37")},
        {"day": ago(1), "orders": 0, "copies": 0, "revenue": Decimal("0.00")},
        {"day": ago(0), "orders": 1, "copies": 1, "revenue": Decimal("29.99")},
    ]


def test_thirty_days_are_told_unless_others_are_asked_for(lambdas: Lambdas) -> None:
    answer = lambdas.admin("GET", "/admin/reports/sales-by-day?limit=1").body
    assert (answer["report"], answer["from"], answer["to"]) == ("sales-by-day", ago(29), ago(0))
    assert [row["day"] for row in answer["rows"]] == [ago(days) for days in range(29, -1, -1)]


def test_categories_are_told_by_what_they_earned_as_they_were_when_they_were_sold(lambdas: Lambdas, shop: Shop) -> None:
    one, two = lambdas.new_book(price="5.00", category="One"), lambdas.new_book(price="4.00", category="Two")
    sell(shop, [one, two], quantity=2)
    lambdas.admin("DELETE", f"/admin/books/{two}")
    sell(shop, [one])
    expected = [
        {"category": "One", "orders": 2, "copies": 3, "revenue": Decimal("15.00")},
        {"category": "Two", "orders": 1, "copies": 2, "revenue": Decimal("8.00")},
    ]
    assert rows(lambdas, "sales-by-category") == expected
    assert rows(lambdas, "sales-by-category", "limit=1") == expected[:1]


def test_books_are_told_by_what_they_earned_and_best_sellers_by_their_copies(lambdas: Lambdas, shop: Shop) -> None:
    dear, many = lambdas.new_book(price="50.00", title="Dear"), lambdas.new_book(price="1.00", title="Many")
    sell(shop, [dear])
    sell(shop, [many], quantity=20)
    sell(shop, [many], quantity=2, days_ago=30)
    earned = {"book_id": dear, "title": "Dear", "orders": 1, "copies": 1, "revenue": Decimal("50.00")}
    copies = {"book_id": many, "title": "Many", "orders": 1, "copies": 20, "revenue": Decimal("20.00")}
    assert rows(lambdas, "sales-by-book") == [earned, copies]
    assert rows(lambdas, "best-sellers") == [copies, earned]
    assert rows(lambdas, "best-sellers", "limit=1") == [copies]


def test_a_book_has_the_title_it_was_last_sold_under(lambdas: Lambdas, shop: Shop) -> None:
    book = lambdas.new_book(title="Zero")
    sell(shop, [book], days_ago=1)
    body = {"category": "Test", "title": "Another", "author": "A", "price": 10, "stock_quantity": 1}
    lambdas.admin("PUT", f"/admin/books/{book}", body)
    sell(shop, [book])
    assert [row["title"] for row in rows(lambdas, "sales-by-book")] == ["Another"]


def test_low_stock_is_of_now_the_fewest_copies_first(lambdas: Lambdas) -> None:
    five, none, _ = (lambdas.new_book(stock=stock) for stock in (5, 0, 6))
    answer = lambdas.admin("GET", f"/admin/reports/low-stock?from={ago(9)}").body
    assert (answer["from"], answer["to"]) == (None, None)
    assert [(row["book_id"], row["stock_quantity"]) for row in answer["rows"]] == [(none, 0), (five, 5)]
    assert len(rows(lambdas, "low-stock", "limit=1")) == 1


@pytest.mark.parametrize(
    ("question", "fault"),
    [
        ("from=2026-01-02&to=2026-01-01", "is 0 days"),
        ("from=2025-01-01&to=2026-01-02", "is 367 days"),
        ("from=yesterday", "from: must be a day"),
        ("limit=0", "limit: must be from 1 to 100"),
        ("days=3", "days: is not a parameter"),
    ],
)
def test_a_period_that_is_none_is_refused(lambdas: Lambdas, question: str, fault: str) -> None:
    answer = lambdas.admin("GET", f"/admin/reports/sales-by-day?{question}")
    assert (answer.status, answer.code) == (400, "invalid_request")
    assert fault in answer.body["detail"]


@pytest.mark.parametrize(
    "question", ["to=0001-01-01", "from=9999-12-31&to=9999-12-31", "from=2024-01-01&to=2024-12-31"]
)
def test_any_days_of_the_calendar_are_answered(lambdas: Lambdas, question: str) -> None:
    for report in SALES:
        rows(lambdas, report, question)


def test_reports_are_for_the_back_office_alone_and_only_those_there_are(lambdas: Lambdas) -> None:
    for report in SALES:
        assert lambdas.call("GET", f"/admin/reports/{report}").status == 401
        assert lambdas.call("GET", f"/admin/reports/{report}", user="somebody").status == 403
    assert lambdas.admin("GET", "/admin/reports/sales").status == 400


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sold=st.lists(
        st.tuples(st.sets(st.integers(0, 3), min_size=1), st.integers(1, 99), st.integers(0, 4), st.booleans()),
        max_size=6,
    )
)
def test_all_reports_add_up_to_the_same(
    lambdas: Lambdas, shop: Shop, sold: list[tuple[set[int], int, int, bool]]
) -> None:
    shop.database().run("DELETE FROM orders")
    prices = ["0.01", "9.99", "10.00", "99999.99"]
    run = uuid.uuid4().hex[:8]
    books = [lambdas.new_book(price=price, category=f"{run} {number % 2}") for number, price in enumerate(prices)]
    for chosen, quantity, days_ago, cancelled in sold:
        status = "cancelled" if cancelled else "shipped"
        sell(shop, [books[number] for number in chosen], quantity=quantity, days_ago=days_ago, status=status)
    counted = [(chosen, quantity) for chosen, quantity, _, cancelled in sold if not cancelled]
    copies = sum(len(chosen) * quantity for chosen, quantity in counted)
    revenue = sum(Decimal(prices[number]) * quantity for chosen, quantity in counted for number in chosen)
    for report in SALES:
        found = rows(lambdas, report, "limit=100")
        assert sum(row["copies"] for row in found) == copies, report
        assert sum(row["revenue"] for row in found) == revenue, report

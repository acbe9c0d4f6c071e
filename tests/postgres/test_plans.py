"""Each question of the catalogue has an index: PostgreSQL reads about as many rows as it answers with."""

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from books.model import Filters, Listing
from books.postgres import PostgresBooks
from shared.postgres import Database, Rows, Session

from tests.postgres.servers import MASTER, Shop

MANY, LIMIT = 10_000, 20
# A filter that no index has lets some rows through that are not answered.
SOME = 12 * LIMIT

FILL = """INSERT INTO books (id, book_id, title, author, price, category, stock_quantity, popularity, description,
        created_at)
    SELECT gen_random_uuid(), 'book-' || n, 'Common ' || md5(n::text), 'Writer ' || n % 500, n % 9973 / 100.0,
        'Shelf ' || n % 10, n % 3, CASE n % 10 WHEN 0 THEN n ELSE 0 END, CASE n % 400 WHEN 0 THEN 'rare' ELSE '' END,
        now() - n * 7919 % :many * interval '1 minute'
    FROM generate_series(1, :many) AS n"""


class Explained(Database):
    """Tells of each question how PostgreSQL would answer it, beside the answer."""

    def __init__(self, database: Database) -> None:
        self._real = database
        self.plans: list[Any] = []

    def run(self, sql: str, /, *, once: bool = False, **values: Any) -> Rows:
        ((told,),) = self._real.run(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", **values)
        self.plans.append(told[0]["Plan"] if isinstance(told, list) else json.loads(told)[0]["Plan"])
        return self._real.run(sql, once=once, **values)

    def read(self) -> int:
        """Rows of tables that the last answer was made from, those that were thrown away included."""
        return sum(_rows(node) for node in _nodes(self.plans[-1]) if "Relation Name" in node)


def _rows(node: dict[str, Any]) -> int:
    thrown = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return round((node["Actual Rows"] + thrown) * node["Actual Loops"])


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


@pytest.fixture(scope="module")
def database(shop: Shop) -> Explained:
    session = Session(replace(shop.login(MASTER), reply_s=60.0))
    session.run(FILL, many=MANY)
    session.script("ANALYZE books")
    session.close()
    return Explained(shop.database("books"))


@pytest.mark.parametrize("sort", [None, "title", "price", "-price", "newest"])
@pytest.mark.parametrize("category", [None, "Shelf 3"])
@pytest.mark.parametrize("in_stock", [False, True])
def test_a_page_of_any_order_reads_a_page(
    database: Explained, sort: str | None, category: str | None, in_stock: bool
) -> None:
    books, listing = PostgresBooks(database), Listing(Filters(category=category, in_stock=in_stock), sort, LIMIT)
    found, after = books.page(listing, None)
    assert len(found) == LIMIT
    assert database.read() <= 3 * LIMIT
    for _ in range(3):
        found, after = books.page(listing, after)
        assert len(found) == LIMIT
        assert database.read() <= 3 * LIMIT


@pytest.mark.parametrize(
    "filters",
    [
        Filters(author="writer 77"),
        Filters(author="riter 77", category="Shelf 7"),
        Filters(min_price=Decimal("50.00"), max_price=Decimal("50.10")),
        Filters(exact_title="rare", words=("rare",)),
        Filters(exact_title="rare", words=("rare",), category="Shelf 0"),
        Filters(exact_title="rar", words=("rar",), max_price=Decimal(90)),
        Filters(exact_title="common rare", words=("common", "rare")),
    ],
)
@pytest.mark.parametrize("sort", [None, "price"])
def test_a_question_that_few_books_answer_reads_few(database: Explained, filters: Filters, sort: str | None) -> None:
    found, _ = PostgresBooks(database).page(Listing(filters, sort, LIMIT), None)
    assert found
    assert database.read() <= SOME


def test_a_search_that_most_books_answer_ranks_the_popular_ones_alone(database: Explained) -> None:
    found, after = PostgresBooks(database).page(Listing(Filters(exact_title="common"), None, LIMIT), None)
    assert len(found) == LIMIT
    assert after is not None
    # The popular ones are one in ten, and 500 of them are ranked.
    assert database.read() <= MANY / 5


def test_a_book_and_a_hundred_of_them_are_found_by_their_ids(database: Explained) -> None:
    books = PostgresBooks(database)
    assert books.get("book-77") is not None
    assert database.read() == 1
    assert len(books.lookup([f"book-{number}" for number in range(1, 101)])) == 100
    assert database.read() == 100


def test_related_books_are_chosen_from_a_bounded_number(database: Explained) -> None:
    assert PostgresBooks(database).related("book-77", LIMIT)
    assert database.read() <= 1000

"""A page of 20 books, from the query to the response's body, beside psycopg 3 and json.dumps on the same server."""

import json
from decimal import Decimal
from typing import Any

import psycopg
from books.model import Filters, Listing
from books.postgres import PostgresBooks
from books.rows import COLUMNS
from psycopg.rows import dict_row
from shared import cursor
from shared.reply import encode

from benchmarks.database import NAME, ShopDatabase, shop_database, stock
from benchmarks.measuring import Samples, Side, interleaved, timed
from benchmarks.results import Figure, Findings, at_most, beside

LIMIT = 20
PAGES = 200
MICRO = 1_000_000
# One more than are shown tells whether there is another page.
PAGE = f"SELECT {COLUMNS} FROM books ORDER BY category, book_id LIMIT {LIMIT + 1}"  # noqa: S608 - no input in it
LISTING = Listing(Filters(), None, LIMIT)


def run(*, quick: bool) -> Findings:
    with shop_database() as database:
        stock(database, 5000)
        store = database.as_service("books")
        ours, reference = _ours(PostgresBooks(store)), _reference(database)
        if json.loads(ours())["books"] != json.loads(reference())["books"]:
            raise AssertionError("the two do not answer the same page")
        sides: dict[str, Side] = {"ours": timed(ours, PAGES), "reference": timed(reference, PAGES)}
        samples = interleaved(sides, 7 if quick else 31)
        store.close()
    return Findings([_figure(samples)])


def _figure(samples: Samples) -> Figure:
    ratio = samples.ratio("ours", "reference")
    return beside(
        ratio,
        name="query to response body",
        target=at_most(1.3),
        measured=f"{samples.median('ours') * MICRO:.0f} µs",
        reference=f"psycopg 3 + json.dumps: {samples.median('reference') * MICRO:.0f} µs",
    )


def _ours(books: PostgresBooks) -> Any:
    def page() -> bytes:
        found, position = books.page(LISTING, None)
        return encode({"books": found, "next_cursor": cursor.encode(LISTING, position)})

    return page


def _reference(database: ShopDatabase) -> Any:
    login = database.login("books")
    connection: Any = psycopg.connect(
        host=login.host, port=login.port, dbname=NAME, user=login.user, password=login.password(), autocommit=True
    )
    connection.prepare_threshold = 0

    def page() -> str:
        rows = connection.cursor(row_factory=dict_row).execute(PAGE).fetchall()
        return json.dumps({"books": rows[:LIMIT], "next_cursor": rows[-1]["book_id"]}, default=_number)

    return page


def _number(value: Decimal) -> float:
    return float(value)

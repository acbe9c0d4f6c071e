"""Search as it is usually written, and the shop's own ranking without its short cut, which is exact."""

from collections.abc import Callable
from decimal import Decimal
from unittest.mock import patch

from books import ranking
from books.conditions import WORDS
from books.model import Filters, Listing
from books.rows import COLUMNS, as_json, from_json
from shared.postgres import Database

LIMIT = 20
SHELF, DEAREST = "Shelf 3", Decimal("60.00")
NAIVE = f"""SELECT {COLUMNS} FROM books WHERE search @@ {WORDS}
    ORDER BY ts_rank(search, {WORDS}) DESC LIMIT {LIMIT}"""  # noqa: S608 - no input in it
EXACT = f"""SELECT {COLUMNS} FROM books WHERE search @@ {WORDS}
    ORDER BY ts_rank(search, {WORDS}) * (1 + ln(1 + popularity)) DESC, category, book_id LIMIT {LIMIT}"""  # noqa: S608
FILTERED = EXACT.replace("ORDER BY", "AND category = :shelf AND price <= :dearest ORDER BY")
# More than there are books: then every match is ranked.
NO_SHORT_CUT = 10**9
Search = Callable[[str], object]


def naive(database: Database) -> Search:
    """All matches by ts_rank, whatever sells."""
    return lambda text: from_json(database.run(as_json(NAIVE), text=text)[0][0])


def exact(database: Database) -> Search:
    """All matches by the shop's score."""
    return lambda text: from_json(database.run(as_json(EXACT), text=text)[0][0])


def exact_filtered(database: Database) -> Search:
    return lambda text: from_json(database.run(as_json(FILTERED), text=text, shelf=SHELF, dearest=DEAREST)[0][0])


def ours(database: Database) -> Search:
    return lambda text: ranking.page(database, listing(text), None)


def ours_filtered(database: Database) -> Search:
    return lambda text: ranking.page(database, listing(text, filtered=True), None)


def listing(text: str, *, filtered: bool = False) -> Listing:
    more = {"category": SHELF, "max_price": DEAREST} if filtered else {}
    return Listing(Filters(words=tuple(text.split()), exact_title=text, **more), None, LIMIT)  # type: ignore[arg-type]


def recall(database: Database, text: str) -> float:
    """Which part of the best books the shop's first page has."""
    with patch.object(ranking, "HOT", NO_SHORT_CUT), patch.object(ranking, "ENOUGH_WITH_FILTERS", NO_SHORT_CUT):
        best = {book.book_id for book in ranking.page(database, listing(text), None)[0]}
    found = {book.book_id for book in ranking.page(database, listing(text), None)[0]}
    return len(best & found) / len(best) if best else 1.0

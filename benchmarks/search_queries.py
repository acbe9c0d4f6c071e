"""Search as it is usually written, and the shop's own ranking without its short cut, which is exact."""

from collections.abc import Callable
from decimal import Decimal
from unittest.mock import patch

from books import ranking
from books.conditions import SAME_TITLE, WORDS, narrowed, wording
from books.model import Filters, Listing
from books.rows import COLUMNS, as_json, from_json
from shared.postgres import Database

LIMIT = 20
SHELF, DEAREST = "Shelf 3", Decimal("60.00")
NAIVE = f"""SELECT {COLUMNS} FROM books WHERE search @@ {WORDS}
    ORDER BY ts_rank(search, {WORDS}) DESC LIMIT {LIMIT}"""  # noqa: S608 - no input in it
# More than there are books: then every match is ranked.
NO_SHORT_CUT = 10**9
Search = Callable[[str], object]


def naive(database: Database) -> Search:
    """All matches by ts_rank, whatever sells."""
    return lambda text: from_json(database.run(as_json(NAIVE), text=text)[0][0])


def exact(database: Database, *, filtered: bool = False) -> Search:
    """The same books in the same order as the shop's own, by the statement that says so: it ranks all matches."""

    def search(text: str) -> object:
        filters = listing(text, filtered=filtered).filters
        words, values = wording(text)
        conditions, given = narrowed(filters)
        wanted = " AND ".join([f"(search @@ {words} OR {SAME_TITLE})", *conditions])
        sql = f"""SELECT {COLUMNS} FROM books WHERE {wanted}
            ORDER BY {SAME_TITLE} DESC, ts_rank(search, {words}) * (1 + ln(1 + popularity)) DESC, books.category,
                books.book_id LIMIT {LIMIT + 1}"""  # noqa: S608 - no input in it
        return from_json(database.run(as_json(sql), **values, **given)[0][0])

    return search


def ours(database: Database, *, filtered: bool = False) -> Search:
    return lambda text: ranking.page(database, listing(text, filtered=filtered), None)


def listing(text: str, *, filtered: bool = False) -> Listing:
    more = {"category": SHELF, "max_price": DEAREST} if filtered else {}
    return Listing(Filters(words=tuple(text.split()), exact_title=text, **more), None, LIMIT)  # type: ignore[arg-type]


def recall(database: Database, text: str) -> float:
    """Which part of the best books the shop's first page has."""
    with patch.multiple(ranking, HOT=NO_SHORT_CUT, ENOUGH_TITLES=NO_SHORT_CUT, ENOUGH_WITH_FILTERS=NO_SHORT_CUT):
        best = {book.book_id for book in ranking.page(database, listing(text), None)[0]}
    found = {book.book_id for book in ranking.page(database, listing(text), None)[0]}
    return len(best & found) / len(best) if best else 1.0

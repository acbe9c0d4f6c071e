"""The catalogue in PostgreSQL: any order of any number of books, full text search, one round trip for each answer."""

from collections.abc import Sequence
from datetime import timedelta

from shared import clock
from shared.cached import Cached
from shared.cursor import Position
from shared.postgres import Database

from books import listings, ranking
from books.model import BESTSELLER_DAYS, Book, Category, Listing
from books.rows import COLUMNS, as_json, from_json

CACHE_S = 60.0
MOST_BESTSELLERS = 100
GET = as_json(f"SELECT {COLUMNS} FROM books WHERE book_id = ANY(:book_ids)")  # noqa: S608 - no input in it
CATEGORIES = "SELECT category, count(*) FROM books GROUP BY category ORDER BY category"
BESTSELLERS = as_json(
    f"""SELECT {COLUMNS} FROM books JOIN (
            SELECT order_items.book_id AS id, sum(quantity) AS sold
            FROM orders JOIN order_items ON order_items.order_id = orders.id
            WHERE order_date > :before AND status <> 'cancelled' GROUP BY order_items.book_id
        ) AS sales USING (id) ORDER BY sold DESC, books.book_id LIMIT {MOST_BESTSELLERS}"""  # noqa: S608 - no input in it
)
# Candidates are bounded: what is on up to 1000 orders of the book, and the popular ones of its author and category.
MATE = 'lower(author) COLLATE "C" = (SELECT writer FROM this) AND category = (SELECT shelf FROM this)'
CANDIDATES = f"""
    WITH this AS (SELECT id, category AS shelf, lower(author) AS writer FROM books WHERE book_id = :book_id),
    together AS (
        SELECT other.book_id AS id, count(*) AS times
        FROM (SELECT order_id FROM order_items WHERE book_id = (SELECT id FROM this) LIMIT 1000) AS mine
        JOIN orders ON orders.id = mine.order_id AND status <> 'cancelled'
        JOIN order_items AS other ON other.order_id = mine.order_id AND other.book_id <> (SELECT id FROM this)
        GROUP BY other.book_id ORDER BY times DESC, id LIMIT 100
    ),
    candidates AS (
        SELECT id, {MATE} AS is_mate, times, popularity, book_id FROM together JOIN books USING (id)
        UNION ALL
        (SELECT id, TRUE, 0, popularity, book_id FROM books WHERE {MATE} ORDER BY tier DESC LIMIT 200)
        UNION ALL
        (SELECT id, FALSE, 0, popularity, book_id FROM books WHERE category = (SELECT shelf FROM this)
            ORDER BY tier DESC, book_id DESC LIMIT 200)
    ),
    best AS MATERIALIZED (
        SELECT id, bool_or(is_mate) AS is_mate, max(times) AS times, popularity AS sold, book_id AS name
        FROM candidates WHERE id <> (SELECT id FROM this) GROUP BY id, popularity, book_id
        ORDER BY is_mate DESC, times DESC, sold DESC, name LIMIT :most
    )"""  # noqa: S608 - no input in it
SHOWN = f"SELECT {COLUMNS} FROM best JOIN books USING (id) ORDER BY is_mate DESC, times DESC, sold DESC, name"  # noqa: S608
RELATED = f"{CANDIDATES} SELECT EXISTS (SELECT FROM this), ({as_json(SHOWN)})"  # noqa: S608


class PostgresBooks:
    """Reads books, and of orders what was sold."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._counts = Cached(CACHE_S, self._count_categories)
        self._sales = Cached(CACHE_S, self._count_sales)

    def get(self, book_id: str) -> Book | None:
        return next(iter(self.lookup([book_id])), None)

    def lookup(self, book_ids: Sequence[str]) -> Sequence[Book]:
        return from_json(self._database.run(GET, book_ids=list(book_ids))[0][0])

    def page(self, listing: Listing, after: Position | None) -> tuple[Sequence[Book], Position | None]:
        if listing.filters.exact_title is not None and listing.sort is None:
            return ranking.page(self._database, listing, after)
        return listings.page(self._database, listing, after)

    def related(self, book_id: str, limit: int) -> Sequence[Book] | None:
        there, found = self._database.run(RELATED, book_id=book_id, most=limit)[0]
        return from_json(found) if there else None

    def categories(self) -> Sequence[Category]:
        return self._counts()

    def bestsellers(self, limit: int) -> Sequence[Book]:
        return self._sales()[:limit]

    def _count_categories(self) -> list[Category]:
        return [Category(name, count) for name, count in self._database.run(CATEGORIES)]

    def _count_sales(self) -> list[Book]:
        before = clock.now().date() - timedelta(days=BESTSELLER_DAYS)
        return from_json(self._database.run(BESTSELLERS, before=before)[0][0])

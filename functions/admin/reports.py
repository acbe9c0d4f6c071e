"""What was sold and what runs out, counted by PostgreSQL. Cancelled orders count for nothing.

`revenue` is that of books, without tax and shipping.
"""

from typing import Any

from shared.money import cents
from shared.postgres import Database

from admin.model import Period

# From so few copies down, a book is running out.
FEW = 5

Row = dict[str, Any]

SOLD = """orders JOIN order_items ON order_items.order_id = orders.id
    WHERE order_date BETWEEN :first AND :last AND status <> 'cancelled'"""
COUNTS = "count(DISTINCT orders.id) AS orders, sum(quantity) AS copies, sum(price * quantity) AS revenue"
# A book that was renamed has the title it was last sold under.
BOOKS = f"""SELECT public_book_id AS book_id, (array_agg(title ORDER BY orders.order_id DESC))[1] AS title, {COUNTS}
    FROM {SOLD} GROUP BY public_book_id"""  # noqa: S608 - no input in it

# Days without a sale are on it, too.
BY_DAY = f"""SELECT day::date::text, coalesce(orders, 0), coalesce(copies, 0), coalesce(revenue, 0)
    FROM generate_series(:first::date, :last::date, interval '1 day') AS day
    LEFT JOIN (SELECT order_date, {COUNTS} FROM {SOLD} GROUP BY order_date) AS sales ON order_date = day
    ORDER BY day"""  # noqa: S608 - no input in it
BY_CATEGORY = f"""SELECT category, {COUNTS} FROM {SOLD}
    GROUP BY category ORDER BY revenue DESC, category LIMIT :most"""  # noqa: S608 - no input in it
BY_BOOK = f"{BOOKS} ORDER BY revenue DESC, public_book_id LIMIT :most"
BEST_SELLERS = f"{BOOKS} ORDER BY copies DESC, public_book_id LIMIT :most"
# Stock is in no index, since every sale would have to rewrite it: this one reads all books.
LOW_STOCK = f"""SELECT book_id, title, category, stock_quantity FROM books
    WHERE stock_quantity <= {FEW} ORDER BY stock_quantity, book_id LIMIT :most"""  # noqa: S608 - no input in it

FIGURES = ("orders", "copies", "revenue")
SALES = {
    "sales-by-day": (BY_DAY, ("day", *FIGURES)),
    "sales-by-category": (BY_CATEGORY, ("category", *FIGURES)),
    "sales-by-book": (BY_BOOK, ("book_id", "title", *FIGURES)),
    "best-sellers": (BEST_SELLERS, ("book_id", "title", *FIGURES)),
}


class Reports:
    """Rows as the contract names their properties."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sales(self, report: str, period: Period, most: int) -> list[Row]:
        """One of SALES. `most` is how many categories or books; of days there are all."""
        sql, names = SALES[report]
        limit: dict[str, Any] = {"most": most} if ":most" in sql else {}
        found = self._database.run(sql, first=period.first, last=period.last, **limit)
        return [{**dict(zip(names, row, strict=True)), "revenue": cents(row[-1])} for row in found]

    def low_stock(self, most: int) -> list[Row]:
        """Of now, the fewest copies first."""
        found = self._database.run(LOW_STOCK, most=most)
        return [dict(zip(("book_id", "title", "category", "stock_quantity"), row, strict=True)) for row in found]

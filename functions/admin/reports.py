"""What was sold and what runs out, counted by PostgreSQL. Cancelled orders count for nothing.

`revenue` is that of books, without tax and shipping. At most MOST_ROWS books are on a list of books.
"""

from typing import Any

from shared.money import cents
from shared.postgres import Database

from admin.model import Period

MOST_ROWS = 100
# From so few copies down, a book is running out.
FEW = 5

Row = dict[str, Any]

SOLD = """orders JOIN order_items ON order_items.order_id = orders.id
    WHERE order_date BETWEEN :first AND :last AND status <> 'cancelled'"""
COUNTS = "count(DISTINCT orders.id) AS orders, sum(quantity) AS copies, sum(price * quantity) AS revenue"

# Days without a sale are on it, too.
BY_DAY = f"""SELECT day::date::text, coalesce(orders, 0) AS orders, coalesce(copies, 0) AS copies,
        coalesce(revenue, 0) AS revenue
    FROM generate_series(:first::date, :last::date, interval '1 day') AS day
    LEFT JOIN (SELECT order_date, {COUNTS} FROM {SOLD} GROUP BY order_date) AS sales ON order_date = day
    ORDER BY day"""  # noqa: S608 - no input in it
BY_CATEGORY = f"""SELECT category, {COUNTS} FROM {SOLD}
    GROUP BY category ORDER BY revenue DESC, category"""  # noqa: S608 - no input in it
BY_BOOK = f"""SELECT public_book_id AS book_id, max(title) AS title, {COUNTS} FROM {SOLD}
    GROUP BY public_book_id ORDER BY revenue DESC, public_book_id LIMIT {MOST_ROWS}"""  # noqa: S608
BEST_SELLERS = f"""SELECT public_book_id AS book_id, max(title) AS title, {COUNTS} FROM {SOLD}
    GROUP BY public_book_id ORDER BY copies DESC, public_book_id LIMIT {MOST_ROWS}"""  # noqa: S608
# Stock is in no index, since every sale would have to rewrite it: this one reads all books.
LOW_STOCK = f"""SELECT book_id, title, category, stock_quantity FROM books
    WHERE stock_quantity <= {FEW} ORDER BY stock_quantity, book_id LIMIT {MOST_ROWS}"""  # noqa: S608

SALES = {
    "sales-by-day": (BY_DAY, ("day", "orders", "copies", "revenue")),
    "sales-by-category": (BY_CATEGORY, ("category", "orders", "copies", "revenue")),
    "sales-by-book": (BY_BOOK, ("book_id", "title", "orders", "copies", "revenue")),
    "best-sellers": (BEST_SELLERS, ("book_id", "title", "orders", "copies", "revenue")),
}
STOCK = "low-stock"


class Reports:
    """By name, as the contract lists them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def rows(self, report: str, period: Period) -> list[Row]:
        """The lines of a report. That of the stock is of now, whatever the period."""
        if report == STOCK:
            found = self._database.run(LOW_STOCK)
            return [dict(zip(("book_id", "title", "category", "stock_quantity"), row, strict=True)) for row in found]
        sql, names = SALES[report]
        found = self._database.run(sql, first=period.first, last=period.last)
        return [{**dict(zip(names, row, strict=True)), "revenue": cents(row[-1])} for row in found]

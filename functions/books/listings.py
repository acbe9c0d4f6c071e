"""Lists of books kept in an order by an index: a page begins after the last book of the page before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shared.cursor import Position
from shared.postgres import Database

from books.conditions import SAME_TITLE, matching, narrowed
from books.model import Book, Listing
from books.places import amount, moment, not_of_this_list, positions, text
from books.rows import COLUMNS, as_json, from_json


@dataclass(frozen=True)
class Order:
    """An order: an expression and then the id, both rising or both falling, as an index has them."""

    expression: str
    value: str
    falling: bool
    key: Callable[[Book], str]
    read: Callable[[str], Any]


PLAIN = Order("category", ":after", False, lambda book: book.category, text)
ORDERS = {
    "title": Order('lower(title) COLLATE "C"', "lower(:after)", False, lambda book: book.title, text),
    "price": Order("price", ":after", False, lambda book: str(book.price), amount),
    "-price": Order("price", ":after", True, lambda book: str(book.price), amount),
    "newest": Order("books.created_at", ":after", True, lambda book: book.created_at, moment),
}


def page(database: Database, listing: Listing, after: Position | None) -> tuple[list[Book], Position | None]:
    """One page in the order that was asked for, by category and id if none was."""
    order = ORDERS.get(listing.sort or "", PLAIN)
    conditions, values = narrowed(listing.filters)
    if listing.filters.exact_title is not None:
        query, given = matching(listing.filters)
        conditions.append(f"(search @@ {query} OR {SAME_TITLE})")
        values |= given
    if after is not None:
        conditions.append(f"({order.expression}, book_id) {'<' if order.falling else '>'} ({order.value}, :after_id)")
        values |= _place(order, after)
    direction = "DESC" if order.falling else "ASC"
    # The limit is no parameter: without any, the plan of the first page is made once for the connection.
    sql = f"""SELECT {COLUMNS} FROM books {where(conditions)} ORDER BY {order.expression} {direction},
        books.book_id {direction} LIMIT {int(listing.limit) + 1}"""  # noqa: S608 - no input in it but a number
    found = from_json(database.run(as_json(sql), **values)[0][0])
    shown = found[: listing.limit]
    if len(found) <= listing.limit:
        return shown, None
    return shown, (order.key(shown[-1]), shown[-1].book_id)


def where(conditions: list[str]) -> str:
    return f"WHERE {' AND '.join(conditions)}" if conditions else ""


def _place(order: Order, after: Position) -> dict[str, Any]:
    match after:
        case (str(key), str(book_id)):
            return positions(after=(order.read, key), after_id=(text, book_id))
    raise not_of_this_list()

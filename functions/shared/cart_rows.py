"""The books in a cart, as the services beside the carts service see them, in either layout of the table."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Protocol

import msgspec

from shared import settings
from shared.observability import count, logger

UNREADABLE = (LookupError, TypeError, ValueError, ArithmeticError, AttributeError)


class Line(msgspec.Struct, frozen=True):
    """Copies of a book. Category, title, author and price are as last seen by the shopper, for display.

    `revision` is another after each change of the line, and never comes back; lines from before there were revisions
    have none. `place` orders the lines of a cart.
    """

    book_id: str
    category: str
    title: str
    author: str
    price: Decimal
    quantity: int
    image_url: str | None = None
    added_at: str = ""
    revision: str = ""
    place: int = 0


class CartRows(Protocol):
    """Every shopper's cart."""

    def lines(self, user_id: str) -> tuple[Line, ...]:
        """What is in the cart, in the shopper's order; nothing where there is none or it has expired."""
        ...

    def clear(self, user_id: str, bought: Mapping[str, str]) -> None:
        """Takes out what was bought, told as revisions by book id, and leaves lines that changed since.

        Doing it again, however much later, changes nothing. Unavailable when it is not known to be done.
        """
        ...

    def erase(self, user_id: str) -> None:
        """Leaves nothing of the cart. May be repeated, and finishes what an earlier try began."""
        ...


def readable(user_id: str, rows: Iterable[Any], read: Callable[[Any], Line]) -> Iterator[Line]:
    """The lines of a cart but those that no function of the shop wrote: one such row costs nobody the whole cart.

    Each is logged and counted, and stays where it is.
    """
    for row in rows:
        try:
            line = read(row)
            if line.quantity < 1 or line.price < 0:
                raise ValueError("no shopper can have so many, or at that price")
        except UNREADABLE as fault:
            book_id = str(row.get("book_id", "")) if isinstance(row, Mapping) else ""
            logger().error("cart line unreadable", user_id=user_id, book_id=book_id, fault=type(fault).__name__)
            count("CartLinesUnreadable")
        else:
            yield line


def revisions(lines: Iterable[Line]) -> dict[str, str]:
    """What `clear` is told, once these lines are bought."""
    return {line.book_id: line.revision for line in lines}


@cache
def own_rows() -> CartRows:
    """Those of the stack, by the function's environment."""
    from shared.dynamo import Table

    table = Table(settings.table("carts"))
    if settings.cart_layout() == "items":
        from shared.cart_items import ItemRows

        return ItemRows(table)
    from shared.cart_document import DocumentRows

    return DocumentRows(table)

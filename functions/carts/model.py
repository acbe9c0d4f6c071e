"""What a cart is, and the rules it keeps."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from books.model import Book
from shared.bodies import BookId, Input
from shared.money import ZERO
from shared.problems import CartFull

# One order is one transaction of at most 100 actions, three of which are not books.
MOST_BOOKS = 97
MOST_COPIES = 99
MERGES_REMEMBERED = 20

Quantity = Annotated[int, msgspec.Meta(ge=1, le=MOST_COPIES)]


class CartItemInput(Input, frozen=True, forbid_unknown_fields=True):
    quantity: Quantity


class MergeItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    book_id: BookId
    quantity: Quantity


class CartMerge(Input, frozen=True, forbid_unknown_fields=True):
    merge_id: Annotated[str, msgspec.Meta(min_length=8, max_length=64)]
    items: Annotated[list[MergeItem], msgspec.Meta(min_length=1, max_length=MOST_BOOKS)]


class Line(msgspec.Struct, frozen=True):
    """Copies of a book. Category, title, author and price are as last seen by the shopper, for display."""

    book_id: str
    category: str
    title: str
    author: str
    price: Decimal
    quantity: int
    image_url: str | None = None


class Cart(msgspec.Struct, frozen=True):
    """A shopper's cart. `version` counts changes, 0 before the first; `merges` are the latest merge_ids."""

    lines: tuple[Line, ...] = ()
    version: int = 0
    merges: tuple[str, ...] = ()
    created_at: str | None = None
    updated_at: str | None = None

    def with_book(self, book: Book, quantity: int) -> "Cart":
        """The book at this quantity, in its old place if it has one; CartFull for one book too many."""
        line = line_of(book, quantity)
        if any(each.book_id == book.book_id for each in self.lines):
            lines = tuple(line if each.book_id == book.book_id else each for each in self.lines)
        else:
            lines = (*self.lines, line)
        if len(lines) > MOST_BOOKS:
            raise CartFull(f"A cart holds at most {MOST_BOOKS} different books. Take one out, or order these first.")
        return msgspec.structs.replace(self, lines=lines)

    def without(self, book_id: str) -> "Cart":
        return msgspec.structs.replace(self, lines=tuple(each for each in self.lines if each.book_id != book_id))

    def emptied(self) -> "Cart":
        """Without books. What was merged is remembered."""
        return msgspec.structs.replace(self, lines=())

    def merged(self, merge: CartMerge, books: Mapping[str, Book]) -> "Cart":
        """Quantities summed and capped; books that are gone are left out; a known merge_id changes nothing."""
        if merge.merge_id in self.merges:
            return self
        cart = self
        for item in merge.items:
            if (book := books.get(item.book_id)) is not None:
                held = next((each.quantity for each in cart.lines if each.book_id == item.book_id), 0)
                cart = cart.with_book(book, min(MOST_COPIES, held + item.quantity))
        remembered = (*self.merges, merge.merge_id)[-MERGES_REMEMBERED:]
        return msgspec.structs.replace(cart, merges=remembered)


def line_of(book: Book, quantity: int) -> Line:
    return Line(book.book_id, book.category, book.title, book.author, book.price, quantity, book.image_url)


def shown(cart: Cart, books: Mapping[str, Book]) -> dict[str, Any]:
    """The cart as the API shows it, at the prices of `books`, the catalogue as it is now."""
    items = [_item(line, books.get(line.book_id)) for line in cart.lines]
    return {
        "items": items,
        "item_count": sum(line.quantity for line in cart.lines),
        "total_amount": total(item["line_total"] for item in items),
        "updated_at": cart.updated_at,
    }


def total(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)


def _item(line: Line, book: Book | None) -> dict[str, Any]:
    now = line if book is None else line_of(book, line.quantity)
    return {
        "book_id": now.book_id,
        "category": now.category,
        "title": now.title,
        "author": now.author,
        "image_url": now.image_url,
        "price": now.price,
        "quantity": now.quantity,
        "line_total": now.price * now.quantity,
        "available": 0 if book is None else book.stock_quantity,
    }

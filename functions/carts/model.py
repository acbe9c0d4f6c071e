"""What a cart is, and the rules it keeps."""

import secrets
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Annotated, Any

import msgspec
from books.model import Book
from shared import clock
from shared.bodies import BookId, Input
from shared.cart_rows import Line
from shared.money import ZERO
from shared.problems import CartFull

__all__ = ["Cart", "CartItemInput", "CartMerge", "Line", "MergeItem", "line_of", "shown", "total"]

# One order is one transaction of at most 100 actions, three of which are not books.
MOST_BOOKS = 97
MOST_COPIES = 99
MERGES_REMEMBERED = 20
REVISION_BYTES = 9

Quantity = Annotated[int, msgspec.Meta(ge=1, le=MOST_COPIES)]


class CartItemInput(Input, frozen=True, forbid_unknown_fields=True):
    quantity: Quantity


class MergeItem(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    book_id: BookId
    quantity: Quantity


class CartMerge(Input, frozen=True, forbid_unknown_fields=True):
    """With `session`, what is merged is the cart of the cookie's session."""

    merge_id: Annotated[str, msgspec.Meta(min_length=8, max_length=64)]
    items: Annotated[list[MergeItem], msgspec.Meta(min_length=1, max_length=MOST_BOOKS)] | msgspec.UnsetType = (
        msgspec.UNSET
    )
    session: bool | msgspec.UnsetType = msgspec.UNSET

    def faults(self) -> Iterator[str]:
        if self.session is False:
            yield "session: must be true, or left out"
        if (self.items is msgspec.UNSET) is (self.session is msgspec.UNSET):
            yield "body: must have either items or session"


class Cart(msgspec.Struct, frozen=True):
    """A shopper's cart. `version` counts changes, 0 before the first; `merges` are the latest merge_ids.

    `generation` counts how often it was emptied, for the layout that needs it.
    """

    lines: tuple[Line, ...] = ()
    version: int = 0
    merges: tuple[str, ...] = ()
    created_at: str | None = None
    updated_at: str | None = None
    generation: int = 0

    def with_book(self, book: Book, quantity: int) -> "Cart":
        """The book at this quantity, in its old place if it has one; CartFull for one book too many."""
        old = self._line(book.book_id)
        if old is None:
            if len(self.lines) >= MOST_BOOKS:
                raise CartFull(
                    f"A cart holds at most {MOST_BOOKS} different books. Take one out, or order these first."
                )
            place = 1 + max((line.place for line in self.lines), default=-1)
            new = line_of(book, quantity, place=place, added_at=clock.stamp(clock.now()))
            return msgspec.structs.replace(self, lines=(*self.lines, new))
        same = line_of(book, quantity, place=old.place, added_at=old.added_at, revision=old.revision)
        if same == old:
            return self
        line = msgspec.structs.replace(same, revision=_revision())
        lines = tuple(line if each.book_id == book.book_id else each for each in self.lines)
        return msgspec.structs.replace(self, lines=lines)

    def without(self, book_id: str) -> "Cart":
        return msgspec.structs.replace(self, lines=tuple(each for each in self.lines if each.book_id != book_id))

    def emptied(self) -> "Cart":
        """Without books. What was merged is remembered."""
        return msgspec.structs.replace(self, lines=())

    def merged(self, merge_id: str, items: Iterable[MergeItem], books: Mapping[str, Book]) -> "Cart":
        """Quantities summed and capped; books that are gone are left out; a known merge_id changes nothing."""
        if merge_id in self.merges:
            return self
        cart = self
        for item in items:
            if (book := books.get(item.book_id)) is not None:
                held = cart._line(item.book_id)
                cart = cart.with_book(book, min(MOST_COPIES, item.quantity + (held.quantity if held else 0)))
        return msgspec.structs.replace(cart, merges=(*self.merges, merge_id)[-MERGES_REMEMBERED:])

    def as_items(self) -> list[MergeItem]:
        return [MergeItem(line.book_id, line.quantity) for line in self.lines]

    def _line(self, book_id: str) -> Line | None:
        return next((line for line in self.lines if line.book_id == book_id), None)


def line_of(book: Book, quantity: int, *, place: int = 0, added_at: str = "", revision: str | None = None) -> Line:
    """Copies of a book as it is now: a new revision unless told otherwise."""
    return Line(
        book_id=book.book_id,
        category=book.category,
        title=book.title,
        author=book.author,
        price=book.price,
        quantity=quantity,
        image_url=book.image_url,
        added_at=added_at,
        revision=_revision() if revision is None else revision,
        place=place,
    )


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


def _revision() -> str:
    return secrets.token_urlsafe(REVISION_BYTES)

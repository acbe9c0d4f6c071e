"""Writing the catalogue in DynamoDB.

Stock only ever moves by its own updates: replacing a book never writes it, so no sale in between is undone.
"""

from collections.abc import Mapping
from typing import Any

import msgspec
from books.items import REGISTRY, from_item, key, to_item
from books.lookup import BookLookup
from books.model import Book
from shared import clock
from shared.backoff import attempts
from shared.dynamo import ConditionFailed, Item, Table, TransactionCancelled, transact
from shared.problems import BookExists, Conflict, StockMismatch

MOST_ATTEMPTS = 5
PATIENCE_S = 10.0
NEW, THERE = "attribute_not_exists(book_id)", "attribute_exists(book_id)"
OPTIONAL = ("isbn", "image_url")
KEPT = frozenset({"category", "book_id", "stock_quantity", "created_at"})


class DynamoCatalogue:
    """One table; a book's place in it is its category and id."""

    def __init__(self, books: Table) -> None:
        self._books = books
        self._lookup = BookLookup(books)

    def create(self, book: Book) -> Book:
        if self._lookup.find(book.book_id) is not None:
            raise _exists(book)
        self._register(book.category)
        try:
            self._books.put(to_item(book), condition=NEW)
        except ConditionFailed:
            raise _exists(book) from None
        return book

    def put(self, book: Book) -> tuple[Book, bool]:
        for _ in attempts(MOST_ATTEMPTS, clock.monotonic() + PATIENCE_S):
            old = self._lookup.find(book.book_id)
            try:
                if old is None:
                    return self.create(book), True
                if old.category == book.category:
                    return self._replace(book), False
                return self._move(old, book), False
            except (BookExists, ConditionFailed, TransactionCancelled):
                continue
        raise Conflict(f"The book {book.book_id} kept changing meanwhile. Load it and try again.")

    def delete(self, book_id: str) -> None:
        if (book := self._lookup.find(book_id)) is not None:
            self._books.delete(key(book))

    def change_stock(self, book_id: str, delta: int, expected: int | None) -> Book | None:
        book = self._lookup.find(book_id)
        if book is None:
            return None
        conditions = [THERE, "stock_quantity >= :least"]
        values: Item = {":delta": delta, ":least": max(0, -delta), ":now": clock.stamp(clock.now())}
        if expected is not None:
            conditions.append("stock_quantity = :expected")
            values[":expected"] = expected
        change = "SET stock_quantity = stock_quantity + :delta, updated_at = :now"
        try:
            return from_item(self._books.update(key(book), change, condition=" AND ".join(conditions), values=values))
        except ConditionFailed:
            item = self._books.get(key(book))
        if item is None:
            return None
        stock = from_item(item).stock_quantity
        raise StockMismatch(f"There are {stock} copies; the change of {delta} was not made. Look again and retry.")

    def _replace(self, book: Book) -> Book:
        fields = {name: value for name, value in to_item(book).items() if name not in KEPT}
        gone = [name for name in OPTIONAL if getattr(book, name) is None]
        expression = "SET " + ", ".join(f"{name} = :{name}" for name in fields)
        expression += f" REMOVE {', '.join(gone)}" if gone else ""
        values = {f":{name}": value for name, value in fields.items()}
        return from_item(self._books.update(key(book), expression, condition=THERE, values=values))

    def _move(self, old: Book, book: Book) -> Book:
        """To another category, in one transaction. A sale in between fails it, and it is tried again."""
        now = self._books.get(key(old))
        if now is None:
            raise ConditionFailed("moved meanwhile")
        current = from_item(now)
        moved = msgspec.structs.replace(book, stock_quantity=current.stock_quantity, created_at=current.created_at)
        self._register(book.category)
        unsold, stock = "stock_quantity = :stock", {":stock": current.stock_quantity}
        actions: list[Mapping[str, Any]] = [
            {"Delete": self._books.delete_action(key(old), condition=unsold, values=stock)},
            {"Put": self._books.put_action(to_item(moved), condition=NEW)},
        ]
        transact(actions)
        return moved

    def _register(self, category: str) -> None:
        self._books.put({"category": REGISTRY, "book_id": category})


def _exists(book: Book) -> BookExists:
    return BookExists(f"There is a book {book.book_id} already. Change it with PUT, or choose another id.")

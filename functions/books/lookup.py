"""Books by id: the index finds where a book is, the table says how it is now."""

from collections.abc import Iterable, Mapping

from shared.dynamo import Item, Query, Table

from books.items import BOOK_ID_INDEX, REGISTRY, from_item
from books.model import Book


class BookLookup:
    """`find` may be a moment behind; `current` is not, and so is what money is counted by."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, book_id: str) -> Book | None:
        """By the index alone, which is eventually consistent."""
        items = self._table.query(Query(key=("book_id", book_id), index=BOOK_ID_INDEX)).items
        return next((from_item(item) for item in items if item["category"] != REGISTRY), None)

    def current(self, categories: Mapping[str, str]) -> dict[str, Book]:
        """The books there are, read consistently. `categories` tells where each id was last seen."""
        found = self._read({"category": category, "book_id": book_id} for book_id, category in categories.items())
        moved = [self.find(book_id) for book_id in categories if book_id not in found]
        again = [{"category": book.category, "book_id": book.book_id} for book in moved if book is not None]
        return found | self._read(again)

    def _read(self, keys: Iterable[Item]) -> dict[str, Book]:
        return {item["book_id"]: from_item(item) for item in self._table.batch_get(list(keys))}

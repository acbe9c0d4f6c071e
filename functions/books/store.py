"""What the catalogue's store answers, whatever it is made of."""

from collections.abc import Sequence
from typing import Protocol

from shared.cursor import Position

from books.model import Book, Category, Listing


class Books(Protocol):
    """The catalogue, read only."""

    def get(self, book_id: str) -> Book | None: ...

    def lookup(self, book_ids: Sequence[str]) -> Sequence[Book]:
        """The books there are of these ids, in no order."""
        ...

    def page(self, listing: Listing, after: Position | None) -> tuple[Sequence[Book], Position | None]:
        """A page and where the next one starts; NotSupported for an order this store cannot keep."""
        ...

    def related(self, book_id: str, limit: int) -> Sequence[Book] | None:
        """None for no such book."""
        ...

    def categories(self) -> Sequence[Category]: ...

    def bestsellers(self, limit: int) -> Sequence[Book]: ...

"""What the back office's stores do, whatever they are made of."""

from collections.abc import Sequence
from typing import Protocol

from books.model import Book
from orders.model import Order
from shared.cursor import Position

from admin.model import Period


class Catalogue(Protocol):
    """The catalogue, to be written. A book_id is unique over all categories."""

    def create(self, book: Book) -> Book:
        """BookExists when the id is taken."""
        ...

    def put(self, book: Book) -> tuple[Book, bool]:
        """Creates or replaces, and says whether it created. An existing book keeps stock and date of creation."""
        ...

    def delete(self, book_id: str) -> None: ...

    def change_stock(self, book_id: str, delta: int, expected: int | None) -> Book | None:
        """None for no such book; StockMismatch when the stock is not `expected` or would be less than none."""
        ...


class AllOrders(Protocol):
    """Everybody's orders."""

    def page(
        self, period: Period, status: str | None, limit: int, after: Position | None
    ) -> tuple[Sequence[Order], Position | None]:
        """Newest day first."""
        ...

    def get(self, order_id: str) -> Order | None: ...

    def move(self, order_id: str, status: str) -> Order | None:
        """IllegalTransition when the order cannot go there; cancelling returns its copies to stock once."""
        ...

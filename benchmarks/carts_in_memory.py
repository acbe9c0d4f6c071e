"""Carts of this process: where PostgreSQL is measured, DynamoDB is not to be in the way."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from shared.cart_rows import Line


class CartsInMemory:
    """CartRows without a store."""

    def __init__(self) -> None:
        self._lines: dict[str, tuple[Line, ...]] = {}

    def fill(self, user_id: str, lines: Sequence[Line]) -> None:
        self._lines[user_id] = tuple(lines)

    def lines(self, user_id: str) -> tuple[Line, ...]:
        return self._lines.get(user_id, ())

    def clear(self, user_id: str, bought: Mapping[str, str]) -> None:
        left = (line for line in self.lines(user_id) if bought.get(line.book_id) != line.revision)
        self._lines[user_id] = tuple(left)

    def erase(self, user_id: str) -> None:
        self._lines.pop(user_id, None)


def line(book_id: str, quantity: int, revision: str, price: Decimal = Decimal("10.00")) -> Line:
    return Line(book_id, "Shelf", "A book", "Somebody", price, quantity, revision=revision)

"""What shoppers were told they bought, to be held against any store afterwards."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Copies:
    """Copies of one book at the price of one."""

    book_id: str
    quantity: int
    price: Decimal


@dataclass(frozen=True, kw_only=True)
class Sale:
    """An order the shop acknowledged. `cancelled` is None where no answer tells whether it was."""

    order_id: str
    email: str
    key: str
    items: tuple[Copies, ...]
    total: Decimal
    cancelled: bool | None = False


@dataclass(frozen=True, kw_only=True)
class Unclear:
    """A wish to buy that no answer came to: the order is there or it is not."""

    email: str
    key: str
    total: Decimal


class Ledger:
    """Thread-safe."""

    def __init__(self) -> None:
        self._sales: dict[str, Sale] = {}
        self._unclear: list[Unclear] = []
        self._lock = threading.Lock()

    def sold(self, email: str, key: str, order: Mapping[str, Any]) -> Sale:
        """Notes an order as the shop answered it."""
        items = tuple(
            Copies(book_id=item["book_id"], quantity=item["quantity"], price=Decimal(item["price"]))
            for item in order["items"]
        )
        sale = Sale(order_id=order["order_id"], email=email, key=key, items=items, total=Decimal(order["total"]))
        with self._lock:
            self._sales[sale.order_id] = sale
        return sale

    def cancelled(self, order_id: str, known: bool | None) -> None:
        with self._lock:
            self._sales[order_id] = replace(self._sales[order_id], cancelled=known)

    def unclear(self, wish: Unclear) -> None:
        with self._lock:
            self._unclear.append(wish)

    @property
    def sales(self) -> tuple[Sale, ...]:
        with self._lock:
            return tuple(self._sales.values())

    @property
    def open_wishes(self) -> tuple[Unclear, ...]:
        with self._lock:
            return tuple(self._unclear)

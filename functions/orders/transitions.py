"""Moving an order on in DynamoDB, its copies going back into stock when it is cancelled."""

from collections.abc import Mapping
from typing import Any

import msgspec
from books.lookup import BookLookup
from shared import clock
from shared.backoff import attempts
from shared.dynamo import Table, TransactionCancelled, transact
from shared.problems import Unavailable

from orders.items import from_item, key
from orders.model import CANCELLED, SHIPPED, Order
from orders.payment import check_paid
from orders.settlement import Settlement

MOST_ATTEMPTS = 5
PATIENCE_S = 12.0
MOVE = "SET #status = :new, updated_at = :now"
STILL = "#status = :old"
RETURNED = "SET stock_quantity = stock_quantity + :quantity"


class Transitions:
    """Changes the status of orders: only along NEXT, each change once. Payments follow."""

    def __init__(self, orders: Table, books: Table) -> None:
        self._orders, self._books = orders, books
        self._lookup = BookLookup(books)
        self._settlement = Settlement(orders)

    def move(self, user_id: str, order_id: str, status: str) -> Order | None:
        """The order in its new status; moving it where it is changes nothing. IllegalTransition otherwise."""
        for _ in attempts(MOST_ATTEMPTS, clock.monotonic() + PATIENCE_S):
            item = self._orders.get(key(user_id, order_id))
            if item is None or "status" not in item:
                return None
            order = from_item(item)
            if order.status == status:
                return self._settlement.settled(order)
            if status == SHIPPED:
                order = self._settlement.settled(order)
            order.check_move(status)
            check_paid(order, status)
            if (moved := self._try(order, status)) is not None:
                return self._settlement.settled(moved)
        raise Unavailable("The shop is busy. Try again.")

    def _try(self, order: Order, status: str) -> Order | None:
        """None when something changed meanwhile, or when no reply says what became of it."""
        now = clock.stamp(clock.now())
        moving = self._orders.update_action(
            key(order.user_id, order.order_id),
            MOVE,
            condition=STILL,
            values={":new": status, ":old": order.status, ":now": now},
        )
        actions: list[Mapping[str, Any]] = [{"Update": {**moving, "ExpressionAttributeNames": {"#status": "status"}}}]
        if status == CANCELLED:
            actions += self._returns(order)
        try:
            transact(actions)
        except (TransactionCancelled, Unavailable):
            return None
        return msgspec.structs.replace(order, status=status, updated_at=now)

    def _returns(self, order: Order) -> list[Mapping[str, Any]]:
        """Copies go back where the book is now. A book that is gone has no stock to go to."""
        books = self._lookup.current({item.book_id: item.category for item in order.items})
        return [
            {
                "Update": self._books.update_action(
                    {"category": books[item.book_id].category, "book_id": item.book_id},
                    RETURNED,
                    condition="attribute_exists(book_id)",
                    values={":quantity": item.quantity},
                )
            }
            for item in order.items
            if item.book_id in books
        ]

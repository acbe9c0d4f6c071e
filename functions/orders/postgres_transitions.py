"""Moving an order on in PostgreSQL, its copies going back into stock when it is cancelled."""

from collections.abc import Mapping
from typing import Any

import msgspec
from shared import clock
from shared.backoff import attempts
from shared.postgres import Database
from shared.problems import Unavailable
from shared.row_ids import row_id

from orders.model import CANCELLED, SHIPPED, Order
from orders.outbox import Outbox
from orders.payment import check_paid
from orders.rows import COLUMNS, ORDERS, as_json, from_json

MOST_ATTEMPTS = 5
PATIENCE_S = 12.0
GET = as_json(f"SELECT {COLUMNS} FROM {ORDERS} WHERE orders.order_id = :order_id")  # noqa: S608 - no input in it
GET_OWN = as_json(
    f"SELECT {COLUMNS} FROM {ORDERS} WHERE orders.order_id = :order_id AND user_id = :user"  # noqa: S608
)
MOVED = """UPDATE orders SET status = :new, updated_at = :now WHERE id = :id AND status = :old RETURNING id, user_id"""
MOVE = f"WITH moved AS ({MOVED}) SELECT count(*) FROM moved"  # noqa: S608 - no input in it
# Books are locked in the order of their ids, as checkout does. A book that is gone has no stock to go to.
CANCEL = f"""
    WITH moved AS ({MOVED}),
    back AS MATERIALIZED (
        SELECT books.id, order_items.quantity FROM moved
        JOIN order_items ON order_items.order_id = moved.id
        JOIN books ON books.book_id = order_items.public_book_id
        ORDER BY books.id FOR NO KEY UPDATE OF books
    ),
    returned AS (
        UPDATE books SET stock_quantity = stock_quantity + back.quantity,
            popularity = greatest(popularity - back.quantity, 0)
        FROM back WHERE books.id = back.id
    ),
    due AS (
        INSERT INTO outbox (order_id, task, user_id)
        SELECT moved.id, 'void', moved.user_id FROM moved JOIN payments ON payments.order_id = moved.id
    )
    SELECT count(*) FROM moved"""  # noqa: S608 - no input in it


class PostgresTransitions:
    """Changes the status of orders: only along NEXT, each change once. Payments follow."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database, self._outbox = database, outbox

    def get(self, order_id: str, user_id: str | None = None) -> Order | None:
        """Anybody's order, or one of a shopper."""
        if user_id is None:
            found = self._database.run(GET, order_id=order_id)
        else:
            found = self._database.run(GET_OWN, order_id=order_id, user=row_id("users", user_id))
        return next(iter(from_json(found[0][0])), None)

    def move(self, order_id: str, status: str, user_id: str | None = None) -> Order | None:
        """The order in its new status; moving it where it is changes nothing. IllegalTransition otherwise."""
        for _ in attempts(MOST_ATTEMPTS, clock.monotonic() + PATIENCE_S):
            order = self.get(order_id, user_id)
            if order is None:
                return None
            if order.status == status:
                return self._outbox.settled(order)
            if status == SHIPPED:
                order = self._outbox.settled(order)
            order.check_move(status)
            check_paid(order, status)
            if (moved := self._try(order, status)) is not None:
                return self._outbox.settled(moved)
        raise Unavailable("The shop is busy. Try again.")

    def _try(self, order: Order, status: str) -> Order | None:
        """None when something changed meanwhile, or when an earlier try did it and its reply was lost."""
        now = clock.stamp(clock.now())
        values: Mapping[str, Any] = {"id": row_id("orders", order.order_id), "old": order.status, "new": status}
        ((moved,),) = self._database.run(CANCEL if status == CANCELLED else MOVE, now=now, **values)
        return msgspec.structs.replace(order, status=status, updated_at=now) if moved else None

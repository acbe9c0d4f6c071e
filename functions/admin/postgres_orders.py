"""Everybody's orders in PostgreSQL."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from books.places import positions, text
from orders.model import Order
from orders.outbox import Outbox
from orders.postgres_transitions import PostgresTransitions
from orders.rows import COLUMNS, ORDERS, as_json, from_json
from shared.cursor import Position
from shared.postgres import Database

from admin.model import Period

PAGE = as_json(
    f"""SELECT {COLUMNS} FROM {ORDERS}
        WHERE order_date BETWEEN :first AND :last AND (:status::text IS NULL OR orders.status = :status)
            AND (:day::date IS NULL OR (order_date, orders.order_id) < (:day, :after))
        ORDER BY order_date DESC, orders.order_id DESC LIMIT :most"""  # noqa: S608 - no input in it
)


class PostgresAllOrders:
    """Newest first, by the index by day. What concerns carts is left to the function that has them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._transitions = PostgresTransitions(database, Outbox(database))

    def page(
        self, period: Period, status: str | None, limit: int, after: Position | None
    ) -> tuple[Sequence[Order], Position | None]:
        place: dict[str, Any] = {"day": None, "after": None}
        if after is not None:
            day, order_id = (str(part) for part in (*after, "", "")[:2])
            place = positions(day=(date.fromisoformat, day), after=(text, order_id))
        found = from_json(
            self._database.run(PAGE, first=period.first, last=period.last, status=status, most=limit + 1, **place)[0][0]
        )
        shown = found[:limit]
        return shown, (shown[-1].order_date, shown[-1].order_id) if len(found) > limit else None

    def get(self, order_id: str) -> Order | None:
        return self._transitions.get(order_id)

    def move(self, order_id: str, status: str) -> Order | None:
        return self._transitions.move(order_id, status)

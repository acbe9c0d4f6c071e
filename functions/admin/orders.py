"""Everybody's orders in DynamoDB, by the index by day."""

from collections.abc import Sequence

from books.model import days_before
from orders.items import day_of, from_item
from orders.model import Order
from orders.transitions import Transitions
from shared.cursor import Position
from shared.dynamo import Item, Query, Table

from admin.model import Period

INDEX = "OrderDateIndex"


class DynamoAllOrders:
    """An order's id tells its day, and the two are its place in the index."""

    def __init__(self, orders: Table, books: Table) -> None:
        self._orders = orders
        self._transitions = Transitions(orders, books)

    def page(
        self, period: Period, status: str | None, limit: int, after: Position | None
    ) -> tuple[Sequence[Order], Position | None]:
        found: list[Item] = []
        for day in days_before(period.last, (period.last - period.first).days + 1):
            if after is not None and day > str(after[0]):
                continue
            found += self._of_day(day, status, limit + 1 - len(found), after)
            if len(found) > limit:
                break
        shown = found[:limit]
        more = len(found) > limit
        return [from_item(item) for item in shown], _position(shown[-1]) if more else None

    def _of_day(self, day: str, status: str | None, wanted: int, after: Position | None) -> list[Item]:
        found: list[Item] = []
        query = Query(
            key=("order_date", day),
            index=INDEX,
            where="#status = :status" if status else None,
            values={":status": status} if status else {},
            names={"#status": "status"} if status else {},
            start=_start(after) if after is not None and after[0] == day else None,
            forward=False,
        )
        for page in self._orders.all_pages(query):
            found += page.items
            if len(found) >= wanted:
                break
        return found[:wanted]

    def get(self, order_id: str) -> Order | None:
        item = self._find(order_id)
        return None if item is None else from_item(item)

    def move(self, order_id: str, status: str) -> Order | None:
        item = self._find(order_id)
        return None if item is None else self._transitions.move(item["user_id"], order_id, status)

    def _find(self, order_id: str) -> Item | None:
        day = day_of(order_id)
        if day is None:
            return None
        query = Query(key=("order_date", day), index=INDEX, begins_with=("order_id", order_id))
        return next((item for item in self._orders.query(query).items if item["order_id"] == order_id), None)


def _position(item: Item) -> Position:
    return item["order_date"], item["order_id"], item["user_id"]


def _start(position: Position) -> Item:
    day, order_id, user_id = position
    return {"order_date": day, "order_id": order_id, "user_id": user_id}

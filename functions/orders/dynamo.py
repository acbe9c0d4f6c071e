"""Orders in DynamoDB."""

from collections.abc import Sequence

from payments.provider import provider
from shared.cursor import Position
from shared.dynamo import Query, Table

from orders.checkout import Checkout
from orders.items import from_item, key
from orders.model import CANCELLED, ORDER_PREFIX, Order
from orders.placing import Wish, place
from orders.pricing import Charges, Price
from orders.settlement import Settlement
from orders.transitions import Transitions


class DynamoOrders:
    """A shopper's orders are one partition; its idempotency rows begin otherwise and are never listed."""

    def __init__(self, orders: Table, carts: Table, books: Table) -> None:
        self._orders = orders
        self._checkout = Checkout(orders, carts, books)
        self._transitions = Transitions(orders, books)
        self._settlement = Settlement(orders)

    def price(self, user_id: str, charges: Charges) -> Price:
        return self._checkout.price(user_id, charges)

    def place(self, wish: Wish) -> Order:
        return place(self._checkout, provider(), wish)

    def get(self, user_id: str, order_id: str) -> Order | None:
        if not order_id.startswith(ORDER_PREFIX):
            return None
        item = self._orders.get(key(user_id, order_id))
        return None if item is None else self._settlement.settled(from_item(item))

    def page(self, user_id: str, limit: int, after: Position | None) -> tuple[Sequence[Order], Position | None]:
        page = self._orders.query(
            Query(
                key=("user_id", user_id),
                begins_with=("order_id", ORDER_PREFIX),
                start=key(user_id, str(after[0])) if after else None,
                limit=limit + 1,
                forward=False,
                consistent=True,
            )
        )
        shown = self._settlement.all_settled(from_item(item) for item in page.items[:limit])
        return shown, (shown[-1].order_id,) if len(page.items) > limit else None

    def cancel(self, user_id: str, order_id: str) -> Order | None:
        if not order_id.startswith(ORDER_PREFIX):
            return None
        return self._transitions.move(user_id, order_id, CANCELLED)

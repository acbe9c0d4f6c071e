"""An order as a DynamoDB item, and back."""

from typing import Any

import msgspec
from shared.dynamo import Item
from shared.money import cents

from orders.model import ORDER_PREFIX, Order, OrderItem

IDEMPOTENCY_PREFIX = "idempotency#"
DAY_LENGTH = len("YYYY-MM-DD")


def key(user_id: str, order_id: str) -> Item:
    return {"user_id": user_id, "order_id": order_id}


def day_of(order_id: str) -> str | None:
    """The day in an order's id, which is its place in the index by day; None for what is no order's id."""
    day = order_id.removeprefix(ORDER_PREFIX)[:DAY_LENGTH]
    return day if order_id.startswith(ORDER_PREFIX) and len(day) == DAY_LENGTH else None


def to_item(order: Order) -> dict[str, Any]:
    return {**msgspec.structs.asdict(order), "items": [msgspec.structs.asdict(item) for item in order.items]}


def from_item(item: Item) -> Order:
    return Order(
        user_id=item["user_id"],
        order_id=item["order_id"],
        status=item["status"],
        order_date=item["order_date"],
        items=tuple(
            OrderItem(i["book_id"], i["category"], i["title"], cents(i["price"]), int(i["quantity"]))
            for i in item["items"]
        ),
        subtotal=cents(item["subtotal"]),
        tax=cents(item["tax"]),
        shipping=cents(item["shipping"]),
        total=cents(item["total"]),
        shipping_address=item.get("shipping_address"),
        created_at=item["created_at"],
        updated_at=item["updated_at"],
        payment=item.get("payment"),
        authorisation=item.get("authorisation"),
    )

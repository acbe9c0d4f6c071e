"""Carts in DynamoDB: an item for each shopper, with the list of books in it.

DynamoDB removes expired items days late, so every read looks at `expires_at` itself.
"""

from datetime import timedelta
from typing import Any

import msgspec
from shared import clock
from shared.dynamo import ConditionFailed, Item, Table
from shared.money import cents

from carts.model import Cart, Line, total
from carts.store import Stale

CART_ID = "active"


class DynamoCarts:
    """`days` after its last change a cart expires."""

    def __init__(self, table: Table, days: int) -> None:
        self._table, self._days = table, days

    def load(self, user_id: str) -> Cart:
        return from_item(self._table.get(key(user_id)))

    def save(self, user_id: str, cart: Cart) -> Cart:
        now = clock.now()
        saved = msgspec.structs.replace(
            cart,
            version=cart.version + 1,
            created_at=cart.created_at or clock.stamp(now),
            updated_at=clock.stamp(now),
        )
        expires = int((now + timedelta(days=self._days)).timestamp())
        condition, values = _unchanged(cart, int(now.timestamp()))
        try:
            self._table.put(
                {**key(user_id), **_to_item(saved), "expires_at": expires}, condition=condition, values=values
            )
        except ConditionFailed:
            raise Stale(user_id) from None
        return saved


def key(user_id: str) -> Item:
    return {"user_id": user_id, "cart_id": CART_ID}


def from_item(item: Item | None) -> Cart:
    """The cart of an item; an empty one for none and for one that has expired."""
    if item is None or item["expires_at"] <= clock.now().timestamp():
        return Cart()
    return Cart(
        lines=tuple(_line(line) for line in item["items"]),
        version=int(item["version"]),
        merges=tuple(item.get("merges", ())),
        created_at=item["created_at"],
        updated_at=item["updated_at"],
    )


def _unchanged(cart: Cart, now: int) -> tuple[str, Item]:
    """A cart at version 0 is none, or one that has expired and is only not removed yet."""
    if cart.version == 0:
        return "attribute_not_exists(user_id) OR expires_at <= :now", {":now": now}
    return "version = :version", {":version": cart.version}


def _to_item(cart: Cart) -> dict[str, Any]:
    return {
        "items": [msgspec.structs.asdict(line) for line in cart.lines],
        "total_amount": total(line.price * line.quantity for line in cart.lines),
        "item_count": sum(line.quantity for line in cart.lines),
        "version": cart.version,
        "merges": list(cart.merges),
        "created_at": cart.created_at,
        "updated_at": cart.updated_at,
    }


def _line(line: Item) -> Line:
    return Line(
        book_id=line["book_id"],
        category=line["category"],
        title=line["title"],
        author=line.get("author", ""),
        price=cents(line["price"]),
        quantity=int(line["quantity"]),
        image_url=line.get("image_url"),
    )

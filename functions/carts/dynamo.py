"""Carts in DynamoDB: a document for each shopper, with the list of books in it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import msgspec
from shared import clock
from shared.cart_document import contents, is_live, key, lines_of
from shared.dynamo import ConditionFailed, Item, Table

from carts.model import Cart
from carts.store import Change, Stale
from carts.together import all_or_stale

__all__ = ["DynamoCarts", "from_item", "key"]


class DynamoCarts:
    """`days` after its last change a cart expires."""

    def __init__(self, table: Table, days: int) -> None:
        self._table, self._days = table, days

    def load(self, user_id: str) -> Cart:
        return from_item(self._table.get(key(user_id)))

    def save(self, changes: Sequence[Change]) -> Sequence[Cart]:
        saved = [_saved(change) for change in changes]
        puts = [self._put(change, cart) for change, cart in zip(changes, saved, strict=True)]
        if len(puts) > 1:
            all_or_stale([{"Put": self._table.put_action(**put)} for put in puts])
            return saved
        try:
            self._table.put(**puts[0])
        except ConditionFailed:
            raise Stale(changes[0].user_id) from None
        return saved

    def _put(self, change: Change, saved: Cart) -> dict[str, Any]:
        now = clock.now()
        expires = int((now + timedelta(days=self._days)).timestamp())
        if change.ends_at is not None:
            expires = min(expires, change.ends_at)
        condition, values = _unchanged(change.before, int(now.timestamp()))
        item = {**key(change.user_id), **_to_item(saved), "expires_at": expires}
        return {"item": item, "condition": condition, "values": values}


def from_item(item: Item | None) -> Cart:
    """The cart of an item; an empty one for none and for one that has expired."""
    if item is None or not is_live(item):
        return Cart()
    return Cart(
        lines=lines_of(item),
        version=int(item["version"]),
        merges=tuple(item.get("merges", ())),
        created_at=item["created_at"],
        updated_at=item["updated_at"],
    )


def _saved(change: Change) -> Cart:
    now = clock.stamp(clock.now())
    return msgspec.structs.replace(
        change.after,
        version=change.before.version + 1,
        created_at=change.before.created_at or now,
        updated_at=now,
    )


def _unchanged(cart: Cart, now: int) -> tuple[str, Item]:
    """A cart at version 0 is none, or one that has expired and is only not removed yet."""
    if cart.version == 0:
        return "attribute_not_exists(user_id) OR expires_at <= :now", {":now": now}
    return "version = :version", {":version": cart.version}


def _to_item(cart: Cart) -> dict[str, Any]:
    return {
        **contents(cart.lines),
        "version": cart.version,
        "merges": list(cart.merges),
        "created_at": cart.created_at,
        "updated_at": cart.updated_at,
    }

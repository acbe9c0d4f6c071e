"""Carts in DynamoDB: an item for each book in a cart, and one that counts the cart's changes.

Each change is one transaction that holds only if the cart, and every line it touches, is as it was loaded.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

import msgspec
from shared import clock
from shared.cart_items import HEAD, ItemRows, key, outlived, read, to_item, unchanged
from shared.cart_rows import Line
from shared.dynamo import Item, Table
from shared.problems import Unavailable

from carts.model import Cart
from carts.store import Change
from carts.together import all_or_stale

Action = Mapping[str, Item]


class ItemCarts:
    """A shopper's cart stays; a guest's ends with the session."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._rows = ItemRows(table)

    def load(self, user_id: str) -> Cart:
        rows = read(self._table, user_id)
        return Cart(
            lines=rows.lines,
            version=rows.version,
            merges=tuple(rows.head.get("merges", ())),
            created_at=rows.head.get("created_at"),
            updated_at=rows.head.get("updated_at"),
            generation=rows.generation,
        )

    def save(self, changes: Sequence[Change]) -> Sequence[Cart]:
        saved = [_saved(change) for change in changes]
        pairs = list(zip(changes, saved, strict=True))
        all_or_stale([action for change, cart in pairs for action in self._actions(change, cart)])
        for change, cart in pairs:
            if cart.generation > change.before.generation:
                with suppress(Unavailable):
                    self._rows.sweep(change.user_id, cart.generation)
        return saved

    def _actions(self, change: Change, saved: Cart) -> Iterator[Action]:
        yield {"Put": self._head(change, saved)}
        if saved.generation > change.before.generation:
            return
        before = {line.book_id: line for line in change.before.lines}
        for line in saved.lines:
            old = before.pop(line.book_id, None)
            if line != old:
                yield {"Put": self._put(change, saved, line, old)}
        for old in before.values():
            condition, values = unchanged(old.revision)
            at = key(change.user_id, old.book_id)
            yield {"Delete": self._table.delete_action(at, condition=condition, values=values)}

    def _head(self, change: Change, saved: Cart) -> Item:
        item = {
            **key(change.user_id, HEAD),
            "version": saved.version,
            "generation": saved.generation,
            "merges": list(saved.merges),
            "created_at": saved.created_at,
            "updated_at": saved.updated_at,
            **_end(change),
        }
        if change.before.version == 0:
            return self._table.put_action(item, condition="attribute_not_exists(user_id)")
        return self._table.put_action(item, condition="version = :seen", values={":seen": change.before.version})

    def _put(self, change: Change, saved: Cart, line: Line, old: Line | None) -> Item:
        condition, values = outlived(saved.generation) if old is None else unchanged(old.revision)
        now = saved.updated_at or ""
        item = {**to_item(change.user_id, line, saved.generation, now), **_end(change)}
        return self._table.put_action(item, condition=condition, values=values)


def _saved(change: Change) -> Cart:
    now = clock.stamp(clock.now())
    emptied = bool(change.before.lines) and not change.after.lines
    return msgspec.structs.replace(
        change.after,
        version=change.before.version + 1,
        generation=change.before.generation + emptied,
        created_at=change.before.created_at or now,
        updated_at=now,
    )


def _end(change: Change) -> Item:
    return {} if change.ends_at is None else {"expires_at": change.ends_at}

"""A cart as one document: an item for each shopper, with the list of books in it.

DynamoDB removes expired items days late, so every read looks at `expires_at` itself.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from shared import clock
from shared.backoff import attempts
from shared.cart_rows import Line, readable
from shared.dynamo import ConditionFailed, Item, Table
from shared.money import ZERO, cents
from shared.problems import Unavailable

CART_ID = "active"
MOST_ATTEMPTS = 8
PATIENCE_S = 8.0


class DocumentRows:
    """What is in the documents."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def lines(self, user_id: str) -> tuple[Line, ...]:
        return lines_of(self._table.get(key(user_id)))

    def clear(self, user_id: str, bought: Mapping[str, str]) -> None:
        for _ in attempts(MOST_ATTEMPTS, clock.monotonic() + PATIENCE_S):
            item = self._table.get(key(user_id))
            lines = lines_of(item)
            kept = tuple(line for line in lines if bought.get(line.book_id) != line.revision)
            if item is None or kept == lines or self._kept(item, kept):
                return
        raise Unavailable("The cart kept changing meanwhile. Try again in a moment.")

    def erase(self, user_id: str) -> None:
        self._table.delete(key(user_id))

    def _kept(self, item: Item, lines: tuple[Line, ...]) -> bool:
        """Whether nothing else changed the cart meanwhile."""
        version = item["version"]
        changed = {**item, **contents(lines), "version": version + 1, "updated_at": clock.stamp(clock.now())}
        try:
            self._table.put(changed, condition="version = :version", values={":version": version})
        except ConditionFailed:
            return False
        return True


def key(user_id: str) -> Item:
    return {"user_id": user_id, "cart_id": CART_ID}


def is_live(item: Item | None) -> bool:
    return item is not None and item["expires_at"] > clock.now().timestamp()


def lines_of(item: Item | None) -> tuple[Line, ...]:
    if item is None or not is_live(item):
        return ()
    lines = readable(item["user_id"], item["items"], _line)
    return tuple(msgspec.structs.replace(line, place=place) for place, line in enumerate(lines))


def contents(lines: Iterable[Line]) -> dict[str, Any]:
    """The lines as a document has them, with their figures."""
    found = list(lines)
    return {
        "items": [_to_item(line) for line in found],
        "total_amount": sum((line.price * line.quantity for line in found), ZERO),
        "item_count": sum(line.quantity for line in found),
    }


def _to_item(line: Line) -> Item:
    # A document's list is in the shopper's order already.
    return {name: value for name, value in msgspec.structs.asdict(line).items() if name != "place"}


def _line(line: Item) -> Line:
    return Line(
        book_id=line["book_id"],
        category=line["category"],
        title=line["title"],
        author=line.get("author", ""),
        price=cents(line["price"]),
        quantity=int(line["quantity"]),
        image_url=line.get("image_url"),
        added_at=line.get("added_at", ""),
        revision=line.get("revision", ""),
    )

"""Rows as DynamoDB has them, read from its tables as they are now."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from books.items import REGISTRY
from orders.items import IDEMPOTENCY_PREFIX
from shared.cart_document import CART_ID
from shared.dynamo import BATCH_GET_MOST, Item, call, from_wire, to_wire

from migration import items
from migration.items import Found
from migration.row import BOOKS, CARTS, ORDERS, USERS, Row, entity_of
from migration.sides import Key

PAGE = 500


class DynamoRows:
    """`tables` are physical names by entity."""

    def __init__(self, tables: Mapping[str, str]) -> None:
        self.tables = tables

    @property
    def entities(self) -> Sequence[str]:
        return [entity for entity in (BOOKS, USERS, ORDERS, CARTS) if entity in self.tables]

    def find(self, kind: str, keys: Sequence[Key]) -> dict[str, Found]:
        """Read consistently."""
        return self._at(kind, [item_key_of(kind, key) for key, _ in keys])

    def find_rows(self, rows: Sequence[Row]) -> dict[str, Found]:
        return self._at(rows[0].kind, [items.item_key(row) for row in rows]) if rows else {}

    def page(self, entity: str, start: Item | None, slice_: int, of: int) -> tuple[list[Found], Item | None]:
        begin = {} if start is None else {"ExclusiveStartKey": to_wire(start)}
        reply = call(
            "scan",
            TableName=self.tables[entity],
            Segment=slice_,
            TotalSegments=of,
            Limit=PAGE,
            ConsistentRead=True,
            **begin,
        )
        last = reply.get("LastEvaluatedKey")
        found = (items.read(entity, item) for item in reply["Items"])
        return list(found), from_wire(last) if last else None

    def raw_page(self, entity: str, start: Item | None) -> tuple[list[dict[str, Any]], Item | None]:
        """The same in DynamoDB's JSON."""
        begin = {} if start is None else {"ExclusiveStartKey": to_wire(start)}
        reply = call("scan", TableName=self.tables[entity], Limit=PAGE, **begin)
        last = reply.get("LastEvaluatedKey")
        return reply["Items"], from_wire(last) if last else None

    def count(self, entity: str) -> int:
        """As DynamoDB last counted: it does so every six hours."""
        return int(call("describe_table", TableName=self.tables[entity])["Table"]["ItemCount"])

    def orders_of_users(self, without: set[str]) -> Counter[str]:
        found: Counter[str] = Counter()
        start: Item | None = None
        while True:
            keys, start = self._order_keys(start)
            found.update(user for user, order in keys if f"{user}/{order}" not in without)
            if start is None:
                return found

    def strays(self, currency: str, mine: Callable[[str], bool]) -> Mapping[str, Sequence[str]]:  # noqa: ARG002
        """Categories that no registry lists: nobody finds their books."""
        listed: set[str] = set()
        used: set[str] = set()
        start: Item | None = None
        while True:
            found, start = self.raw_page(BOOKS, start)
            listed |= {each["book_id"]["S"] for each in found if each["category"]["S"] == REGISTRY}
            rows = (items.read(BOOKS, each) for each in found)
            used |= {row.values["category"] for row in rows if isinstance(row, Row)}
            if start is None:
                return {"categories_not_listed": sorted(used - listed)}

    def _order_keys(self, start: Item | None) -> tuple[list[tuple[str, str]], Item | None]:
        begin = {} if start is None else {"ExclusiveStartKey": to_wire(start)}
        named = {"ProjectionExpression": "user_id, order_id", "ConsistentRead": True}
        reply = call("scan", TableName=self.tables[ORDERS], **named, **begin)
        keys = [(item["user_id"]["S"], item["order_id"]["S"]) for item in reply["Items"]]
        last = reply.get("LastEvaluatedKey")
        found = [(u, o) for u, o in keys if not (items.left_behind(ORDERS, u) or o.startswith(IDEMPOTENCY_PREFIX))]
        return found, from_wire(last) if last else None

    def _at(self, kind: str, keys: Sequence[Item]) -> dict[str, Found]:
        entity = entity_of(kind)
        found = (items.read(entity, item) for item in self._batch(self.tables[entity], keys))
        return {each.key: each for each in found}

    def _batch(self, table: str, keys: Sequence[Item]) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        for first in range(0, len(keys), BATCH_GET_MOST):
            wanted: Any = [to_wire(key) for key in keys[first : first + BATCH_GET_MOST]]
            while wanted:
                reply = call("batch_get_item", RequestItems={table: {"Keys": wanted, "ConsistentRead": True}})
                found += reply["Responses"].get(table, [])
                wanted = reply["UnprocessedKeys"].get(table, {}).get("Keys", [])
        return found


def item_key_of(kind: str, key: str) -> Item:
    """Where a row of this key is."""
    first, _, second = key.rpartition("/") if kind == BOOKS else key.partition("/")
    match kind:
        case "books":
            return {"category": first, "book_id": second}
        case "users":
            return {"user_id": key}
        case "carts":
            return {"user_id": key, "cart_id": CART_ID}
        case _:
            return {"user_id": first, "order_id": second}

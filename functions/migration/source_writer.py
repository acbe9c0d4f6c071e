"""Rows of the target into the source's tables, as phase1's own stores write them. What is the same is not written."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from books.items import BOOK_ID_INDEX, REGISTRY
from books.items import to_item as book_item
from botocore.exceptions import ClientError
from shared import clock
from shared.cart_document import contents
from shared.cart_document import key as cart_key
from shared.dynamo import ConditionFailed, Item, Query, Table, TransactionCancelled, call, to_wire, transact
from shared.outages import error_code

from migration import items
from migration.cart_lines import to_line
from migration.items import document, to_item
from migration.row import BOOKS, CARTS, ORDERS, Bad, Row, entity_of
from migration.sides import BookChange
from migration.source import DynamoRows

IN_A_CALL = 25
KEPT = frozenset({"category", "book_id", "stock_quantity"})
OPTIONAL = ("isbn", "image_url")
CART_DAYS = 30
ABSENT = "attribute_not_exists(user_id)"
# What is larger than an item may be, or has a key that may not be.
REFUSED = "ValidationException"


class DynamoWriter:
    """Whoever owns a row is the only one who writes it, so a row that differs is simply put."""

    def __init__(self, source: DynamoRows) -> None:
        self._source = source
        self._tables = {entity: Table(name) for entity, name in source.tables.items()}

    def rows(self, rows: Sequence[Row]) -> tuple[int, list[Bad]]:
        there = self._source.find_rows(rows)
        changed = [row for row in rows if not _is(there.get(row.key), row)]
        return self._put([(row, to_item(row)) for row in changed])

    def new_order(self, order: Row, tie: Row | None) -> bool:
        if not self._put_new(to_item(order)):
            return False
        if tie is not None:
            self._put_new(to_item(tie))
        return True

    def books(self, changes: Sequence[BookChange]) -> tuple[int, list[Bad]]:
        return sum(self._book(each.book_id, each.row, each.categories) for each in changes), []

    def _book(self, book_id: str, row: Row | None, categories: Sequence[str]) -> bool:
        table = self._tables[BOOKS]
        places = self._places(book_id, categories)
        if row is None:
            for category in places:
                table.delete({"category": category, "book_id": book_id})
            return bool(places)
        category = row.values["category"]
        changed = self._moved(row, places) if category not in places and places else False
        for other in places.keys() - {category}:
            table.delete({"category": other, "book_id": book_id})
        return self._described(row, places.get(category)) or changed or len(places.keys() - {category}) > 0

    def cart(self, row: Row) -> bool:
        """It expires as one that was changed now."""
        table = self._tables[CARTS]
        at = cart_key(row.key)
        there = table.get(at)
        found = None if there is None else items.read(CARTS, to_wire(there))
        if _is(found, row):
            return False
        now = clock.now()
        values = row.values
        version = 0 if there is None else int(there.get("version", 0))
        lines = [to_line(place, line) for place, line in enumerate(values["items"])]
        document = {
            **at,
            **contents(lines),
            "version": version + 1,
            "merges": list(values["merges"]),
            "created_at": values["created_at"] or clock.stamp(now),
            "updated_at": values["updated_at"] or clock.stamp(now),
            "expires_at": int((_moment(values["updated_at"], now) + timedelta(days=CART_DAYS)).timestamp()),
        }
        table.put(document)
        return True

    def forget_cart(self, user_id: str) -> None:
        self._tables[CARTS].delete(cart_key(user_id))

    def _put(self, wanted: Sequence[tuple[Row, Item]]) -> tuple[int, list[Bad]]:
        """All at once, or one by one when DynamoDB refuses one of them."""
        try:
            for first in range(0, len(wanted), IN_A_CALL):
                self._batch(wanted[first : first + IN_A_CALL])
        except ClientError as error:
            if error_code(error) != REFUSED:
                raise
            if len(wanted) == 1:
                row = wanted[0][0]
                return 0, [Bad(row.kind, row.key, f"DynamoDB refuses it: {REFUSED}", document(row.values))]
            done = [self._put([each]) for each in wanted]
            return sum(count for count, _ in done), [bad for _, refused in done for bad in refused]
        return len(wanted), []

    def _batch(self, wanted: Sequence[tuple[Row, Item]]) -> None:
        table = self._tables[entity_of(wanted[0][0].kind)].name
        left: Any = [{"PutRequest": {"Item": to_wire(item)}} for _, item in wanted]
        while left:
            left = call("batch_write_item", RequestItems={table: left})["UnprocessedItems"].get(table, [])

    def _put_new(self, item: Item) -> bool:
        try:
            self._tables[ORDERS].put(item, condition=ABSENT)
        except ConditionFailed:
            return False
        return True

    def _places(self, book_id: str, categories: Sequence[str]) -> dict[str, Item]:
        """Where the source has the book. The index may be behind; the categories it was last seen in are looked at."""
        table = self._tables[BOOKS]
        indexed = table.query(Query(key=("book_id", book_id), index=BOOK_ID_INDEX)).items
        named = {item["category"] for item in indexed} | set(categories)
        keys = [{"category": each, "book_id": book_id} for each in sorted(named) if not each.startswith("#")]
        return {item["category"]: item for item in table.batch_get(keys)}

    def _moved(self, row: Row, places: Mapping[str, Item]) -> bool:
        """Copies go with the book into its new category, in one transaction."""
        table = self._tables[BOOKS]
        table.put({"category": REGISTRY, "book_id": row.values["category"]})
        old, item = next(iter(places.items()))
        copies = int(item["stock_quantity"])
        moved = book_item(items.book({**row.values, "stock_quantity": copies}))
        at = {"category": old, "book_id": item["book_id"]}
        try:
            transact(
                [
                    {"Delete": table.delete_action(at, condition="stock_quantity = :n", values={":n": copies})},
                    {"Put": table.put_action(moved, condition="attribute_not_exists(book_id)")},
                ]
            )
        except TransactionCancelled:
            return self._moved(row, {old: table.get(at) or item})
        return True

    def _described(self, row: Row, there: Item | None) -> bool:
        copies = 0 if there is None else int(there["stock_quantity"])
        wanted = book_item(items.book({**row.values, "stock_quantity": copies}))
        if there == wanted:
            return False
        table = self._tables[BOOKS]
        if there is None:
            table.put({"category": REGISTRY, "book_id": row.values["category"]})
        facts = {name: value for name, value in wanted.items() if name not in KEPT}
        gone = [name for name in OPTIONAL if name not in wanted]
        expression = "SET stock_quantity = if_not_exists(stock_quantity, :none), " + ", ".join(
            f"{name} = :{name}" for name in facts
        )
        if gone:
            expression += f" REMOVE {', '.join(gone)}"
        values = {f":{name}": value for name, value in facts.items()} | {":none": 0}
        at = {"category": row.values["category"], "book_id": row.values["book_id"]}
        table.update(at, expression, values=values)
        return True


def _is(found: Any, row: Row) -> bool:
    return isinstance(found, Row) and not found.astray and found.digest == row.digest


def _moment(stamp: str | None, now: datetime) -> datetime:
    return max(datetime.fromisoformat(stamp), now) if stamp else now

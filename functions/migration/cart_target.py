"""Carts of the target, an item for each book, written from what the source has."""

from collections.abc import Iterator, Mapping, Sequence

from shared.cart_items import HEAD, key, parsed, to_item
from shared.dynamo import Item, Query, Table, call, from_wire, to_wire, transact
from shared.postgres import Session

from migration import rejects
from migration.cart_lines import to_line, to_values
from migration.items import GUEST
from migration.merging import Outcome
from migration.row import CARTS, Bad, Row

HEAD_HAS = frozenset({"user_id", "book_id", "generation", "version", "merges", "created_at", "updated_at"})
LINE_MAY_LACK = frozenset({"book_image_url"})
LINE_HAS = frozenset(
    {
        *("user_id", "book_id", "quantity", "book_title", "book_price", "book_author", "category", "place"),
        *("revision", "generation", "added_at", "updated_at", *LINE_MAY_LACK),
    }
)
MOST_ACTIONS = 100
PAGE = 200


class CartTarget:
    """A cart the source owns is written here by the mover alone."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def write_all(self, session: Session, rows: Sequence[Row], bad: Sequence[Bad]) -> Outcome:
        """Part of the transaction that holds these carts; what it writes twice is the same."""
        written = sum(self.write(row) for row in rows)
        rejects.clear(session, [(row.kind, row.key) for row in rows])
        rejects.note(session, bad)
        return Outcome(written, len(rows) - written, list(bad))

    def write(self, row: Row) -> bool:
        """Whether anything had to be changed."""
        there = self._items(row.key)
        head = there.get(HEAD, {})
        wanted = _items_of(row, int(head.get("generation", 0)))
        changed = [item for name, item in wanted.items() if _facts(there.get(name)) != _facts(item)]
        gone = [name for name in there if name not in wanted]
        if not changed and not gone:
            return False
        wanted[HEAD]["version"] = int(head.get("version", 0)) + 1
        lines = [{"Put": self._table.put_action(item)} for item in changed if item["book_id"] != HEAD]
        deletes = [{"Delete": self._table.delete_action(key(row.key, name))} for name in gone]
        self._transact([*deletes, *lines, {"Put": self._table.put_action(wanted[HEAD])}])
        return True

    def remove(self, user_id: str) -> bool:
        there = self._items(user_id)
        self._transact([{"Delete": self._table.delete_action(key(user_id, name))} for name in there])
        return bool(there)

    def find(self, user_ids: Sequence[str]) -> dict[str, Row]:
        found = ((user_id, self._cart(user_id)) for user_id in user_ids)
        return {user_id: row for user_id, row in found if row is not None}

    def owners(self, start: Item | None, slice_: int = 0, of: int = 1) -> tuple[list[str], Item | None]:
        """Some of the shoppers who have a cart, and where to go on. Guests' carts go with their sessions."""
        begin = {} if start is None else {"ExclusiveStartKey": to_wire(start)}
        reply = call(
            "scan",
            TableName=self._table.name,
            ProjectionExpression="user_id",
            FilterExpression="book_id = :head AND NOT begins_with(user_id, :guest)",
            ExpressionAttributeValues=to_wire({":head": HEAD, ":guest": GUEST}),
            Segment=slice_,
            TotalSegments=of,
            Limit=PAGE,
            ConsistentRead=True,
            **begin,
        )
        last = reply.get("LastEvaluatedKey")
        return [item["user_id"]["S"] for item in reply["Items"]], from_wire(last) if last else None

    def _cart(self, user_id: str) -> Row | None:
        found = self._items(user_id)
        rows = parsed(user_id, found.values())
        if not rows.head and not rows.lines:
            return None
        values = {
            "user_id": user_id,
            "items": [to_values(line) for line in rows.lines],
            "merges": list(rows.head.get("merges", ())),
            "created_at": rows.head.get("created_at"),
            "updated_at": rows.head.get("updated_at"),
        }
        return Row(CARTS, user_id, values, tuple(_astray(found)))

    def _items(self, user_id: str) -> dict[str, Item]:
        pages = self._table.all_pages(Query(key=("user_id", user_id), consistent=True))
        return {item["book_id"]: item for page in pages for item in page.items}

    def _transact(self, actions: list[dict[str, Item]]) -> None:
        for part in _parts(actions):
            transact(part)


def _parts(actions: list[dict[str, Item]]) -> Iterator[list[dict[str, Item]]]:
    for first in range(0, len(actions), MOST_ACTIONS):
        yield actions[first : first + MOST_ACTIONS]


def _items_of(row: Row, generation: int) -> dict[str, Item]:
    values = row.values
    lines = (to_line(place, line) for place, line in enumerate(values["items"]))
    items = {line.book_id: to_item(row.key, line, generation, values["updated_at"]) for line in lines}
    head = {
        **key(row.key, HEAD),
        "generation": generation,
        "merges": values["merges"],
        "created_at": values["created_at"],
        "updated_at": values["updated_at"],
    }
    return {**items, HEAD: head}


def _astray(found: Mapping[str, Item]) -> Iterator[str]:
    """A shopper's cart is made of these attributes alone, and its lines are of its generation or of one before."""
    head = found.get(HEAD, {})
    for name, item in found.items():
        known, may_lack = (HEAD_HAS, frozenset()) if name == HEAD else (LINE_HAS, LINE_MAY_LACK)
        yield from sorted(f"{name}.{each}" for each in (item.keys() ^ known) - may_lack)
        if name != HEAD and item.get("generation", 0) > head.get("generation", 0):
            yield f"{name}.generation"


def _facts(item: Item | None) -> Item | None:
    """What says whether two items are the same; `version` only counts, and lines have the cart's own time."""
    if item is None:
        return None
    without = {"version"} if item["book_id"] == HEAD else {"updated_at"}
    return {name: value for name, value in item.items() if name not in without}

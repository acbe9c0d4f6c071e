"""What a move would come upon, found by reading the source, before anything is moved."""

from collections import Counter
from typing import Any

from migration import items
from migration.deadline import Deadline
from migration.items import MAPPINGS, Expired, Left
from migration.row import BOOKS, ORDERS, USERS, Bad, Row
from migration.source import DynamoRows

SHOWN = 100


def plan(source: DynamoRows, most: int, deadline: Deadline) -> dict[str, Any]:
    """Of each table at most so many rows are looked at."""
    entities: dict[str, Any] = {}
    unmapped: dict[tuple[str, str], str] = {}
    expected: list[dict[str, str]] = []
    for entity in source.entities:
        seen = _Seen()
        start = None
        while True:
            page, start = source.raw_page(entity, start)
            for item in page:
                _look(entity, item, seen, unmapped, expected)
            if start is None or seen.rows >= most or deadline.is_over:
                break
        entities[entity] = {
            "rows": seen.rows if start is None else max(seen.rows, source.count(entity)),
            "examined": seen.rows,
            "rejected": seen.rejected,
            "expired": seen.expired,
            "others": dict(seen.others),
            "whole": start is None,
        }
        expected += seen.twice(entity)
    return {
        "entities": entities,
        "unmapped": [{"entity": e, "attribute": name, "key": key} for (e, name), key in sorted(unmapped.items())],
        "expected_rejects": expected[:SHOWN],
        "rejects": len(expected),
        "ready": not unmapped,
    }


class _Seen:
    """Of one table: rows, items of kinds that do not move, and what has to be there once."""

    def __init__(self) -> None:
        self.rows = self.expired = self.rejected = 0
        self.others: Counter[str] = Counter()
        self._holders: dict[str, dict[str, list[str]]] = {}

    def note(self, row: Row) -> None:
        once = {BOOKS: ("book_id", "isbn"), USERS: ("email",), ORDERS: ("order_id", "authorisation")}
        for name in once.get(row.kind, ()):
            if (value := row.values[name]) is not None:
                self._holders.setdefault(name, {}).setdefault(value, []).append(row.key)

    def twice(self, entity: str) -> list[dict[str, str]]:
        return [
            {"entity": entity, "key": key, "reason": f"{name}: is that of {keys[0]}, too"}
            for name, holders in self._holders.items()
            for keys in holders.values()
            for key in keys[1:]
        ]


def _look(
    entity: str,
    item: dict[str, Any],
    seen: _Seen,
    unmapped: dict[tuple[str, str], str],
    expected: list[dict[str, str]],
) -> None:
    found = items.read(entity, item)
    if isinstance(found, Left):
        seen.others[found.what] += 1
        return
    seen.rows += 1
    seen.expired += isinstance(found, Expired)
    seen.rejected += isinstance(found, Bad)
    if isinstance(found, Bad):
        expected.append({"entity": entity, "key": found.key, "reason": found.reason})
        for name in MAPPINGS[found.kind].unmapped(item):
            unmapped.setdefault((entity, name), found.key)
    elif isinstance(found, Row):
        seen.note(found)

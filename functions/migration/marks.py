"""Marks that are written into the source's tables to see them come back in their streams.

A stream keeps an order for each partition of its table alone. So there are many marks, under keys that spread over all
partitions: when each has come back, everything written before them has.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.dynamo import call, to_wire
from shared.postgres import Session

from migration.items import HASH, MARK_PREFIX, MARKS

IN_A_CALL = 25
# Never less than before, whatever counted then.
NEXT = """SELECT greatest(nextval('migration.rounds'), 1 + coalesce(max(greatest(written, seen)), 0))
    FROM migration.marks"""
NOTE = """INSERT INTO migration.marks (entity, mark, written, written_at)
    SELECT entity, mark, :written, now()
    FROM unnest(:entities::text[]) AS entity, unnest(:marks::text[]) AS mark
    ON CONFLICT (entity, mark) DO UPDATE SET written = excluded.written, written_at = excluded.written_at"""
SEE = """UPDATE migration.marks SET seen = given.written
    FROM unnest(:marks::text[], :written::bigint[]) AS given(mark, written)
    WHERE entity = :entity AND marks.mark = given.mark COLLATE "C" AND seen < given.written"""
WAITING = """SELECT count(*), coalesce(extract(epoch FROM now() - min(written_at)), 0)
    FROM migration.marks WHERE seen < written"""


@dataclass(frozen=True)
class Marked:
    """A table that is marked, and the second part of its key if it has one."""

    table: str
    second: str | None


def note(session: Session, entities: Sequence[str]) -> int:
    """That all marks are written anew, in a moment; the answer is their number then, more than each before."""
    ((written,),) = session.run(NEXT)
    session.run(NOTE, entities=list(entities), marks=[str(each) for each in range(MARKS)], written=written)
    return int(written)


def put(tables: Mapping[str, Marked], written: int) -> None:
    for entity, marked in tables.items():
        items = [{**_key(entity, marked, each), "written": written} for each in range(MARKS)]
        _write(marked.table, [{"PutRequest": {"Item": to_wire(item)}} for item in items])


def delete(tables: Mapping[str, Marked]) -> None:
    for entity, marked in tables.items():
        keys = [_key(entity, marked, each) for each in range(MARKS)]
        _write(marked.table, [{"DeleteRequest": {"Key": to_wire(key)}} for key in keys])


def see(session: Session, entity: str, seen: Mapping[str, int]) -> None:
    if seen:
        session.run(SEE, entity=entity, marks=list(seen), written=list(seen.values()))


def waiting(session: Session) -> tuple[int, float]:
    """How many marks have not come back, and for how many seconds the oldest."""
    ((count, seconds),) = session.run(WAITING)
    return count, float(seconds)


def _key(entity: str, marked: Marked, mark: int) -> dict[str, Any]:
    key = {HASH[entity]: f"{MARK_PREFIX}{mark}"}
    return key if marked.second is None else {**key, marked.second: "#mark"}


def _write(table: str, requests: list[dict[str, Any]]) -> None:
    for first in range(0, len(requests), IN_A_CALL):
        left = requests[first : first + IN_A_CALL]
        while left:
            left = call("batch_write_item", RequestItems={table: left})["UnprocessedItems"].get(table, [])

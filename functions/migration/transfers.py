"""Copies of books on their way from one side to the other: for a while on neither, never on both.

Each transfer leaves a marker in the source's books table, in the transaction that gives or takes there. So whoever
comes upon an unfinished one, however often, knows how far it is.

    to the target: planned here -> given and marked there -> added here, done
    to the source: taken here -> marked and added there -> done here
    not to be had: marked there as void -> void here, and what was taken here is back
"""

import uuid
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any, Protocol
from uuid import UUID

import msgspec
from shared.dynamo import ConditionFailed, Item, Table, TransactionCancelled, transact
from shared.postgres import Database, Session, Violation

from migration import state
from migration.deadline import Deadline
from migration.items import TRANSFERS
from migration.row import BOOKS, Row
from migration.sharing import wanted_here
from migration.sides import Source
from migration.target import PostgresRows

TARGET, SOURCE = "target", "source"
AT_ONCE = 40
MOST_PASSES = 10
ABSENT = "attribute_not_exists(book_id)"
OPEN = """SELECT id, book_id, category, quantity, towards FROM migration.transfers
    WHERE state IN ('planned', 'taken') ORDER BY id"""
PLAN = """INSERT INTO migration.transfers (id, book_id, category, quantity, towards, state)
    SELECT *, 'target', 'planned'
    FROM unnest(:ids::uuid[], :books::text[], :categories::text[], :quantities::integer[])"""
TAKE = """WITH held AS MATERIALIZED (
        SELECT books.id, books.book_id, given.id AS transfer, least(given.quantity, stock_quantity) AS copies
        FROM books JOIN unnest(:ids::uuid[], :books::text[], :quantities::integer[]) AS given(id, book_id, quantity)
            ON books.book_id = given.book_id COLLATE "C"
        WHERE stock_quantity > 0 ORDER BY books.id FOR NO KEY UPDATE OF books
    ),
    taken AS (
        UPDATE books SET stock_quantity = stock_quantity - held.copies FROM held WHERE books.id = held.id
    )
    INSERT INTO migration.transfers (id, book_id, category, quantity, towards, state)
    SELECT transfer, held.book_id, books.category, copies, 'source', 'taken'
    FROM held JOIN books ON books.id = held.id WHERE copies > 0"""
# Copies come here when they were given there, and when they could not be brought there.
CLOSE = """WITH closed AS (
        UPDATE migration.transfers SET state = :state, changed_at = now()
        WHERE id = ANY(:ids) AND state IN ('planned', 'taken') RETURNING book_id, quantity, towards
    ),
    held AS MATERIALIZED (
        SELECT books.id, closed.quantity FROM books JOIN closed USING (book_id)
        WHERE (towards = 'target') = (:state = 'done') ORDER BY books.id FOR NO KEY UPDATE OF books
    )
    UPDATE books SET stock_quantity = stock_quantity + held.quantity FROM held WHERE books.id = held.id"""
CLOSED = "SELECT id FROM migration.transfers WHERE state IN ('done', 'void')"
FORGET = "DELETE FROM migration.transfers WHERE id = ANY(:ids)"
IN_TRANSIT = "SELECT coalesce(sum(quantity), 0) FROM migration.transfers WHERE state IN ('planned', 'taken')"


class Transfer(msgspec.Struct, frozen=True):
    """Copies that are to come to `towards`."""

    id: UUID
    book_id: str
    category: str
    quantity: int
    towards: str


class Shelves(Protocol):
    """The source's copies, and the markers among them."""

    def carry(self, part: Sequence[Transfer]) -> bool:
        """Whether all of these were given or taken and marked, together. False when nothing was done."""
        ...

    def went(self, transfer: Transfer) -> bool:
        """Whether the source has done its part. If not it never will: the marker says so first."""
        ...

    def forget(self, ids: Sequence[UUID]) -> None: ...


class Rebalancer:
    """Brings copies to where the shoppers are."""

    def __init__(self, target: Database, source: Source, shelves: Shelves) -> None:
        self._target, self._source, self._shelves = target, source, shelves
        self._rows = PostgresRows(target)

    def rebalance(self, deadline: Deadline) -> dict[str, Any]:
        """Finishes what is under way, then moves until each side has its share."""
        moved, done = self._finish(), False
        for _ in range(MOST_PASSES):
            if not self._begin():
                done = True
                break
            moved += self._finish()
            if deadline.is_over:
                break
        return {"moved": moved, "in_transit": int(self._target.run(IN_TRANSIT)[0][0]), "done": done}

    def forget(self, which: str) -> None:
        """Markers of transfers that are closed, and the transfers with them, once nobody rebalances any more."""
        ids = [each for (each,) in self._target.run(which)]
        if ids:
            self._shelves.forget(ids)
            self._target.run(FORGET, ids=ids)

    def _begin(self) -> int:
        """How many transfers were begun."""
        now = self._target.transaction(state.read)
        if not now.escrow:
            return 0
        begun = 0
        for rows in self._rows.pages(BOOKS):
            start = partial(_start, transfers=self._shares(rows, now.weight))
            try:
                begun += self._target.transaction(start)
            except Violation:
                # Another is at one of these books; what it moves is finished with the others'.
                begun += 1
        return begun

    def _shares(self, rows: Sequence[Row], weight: int) -> list[Transfer]:
        found: list[Transfer] = []
        there = self._source.find_rows(rows)
        for row in rows:
            if not isinstance(source := there.get(row.key), Row):
                continue
            here, whole = row.values["stock_quantity"], row.values["stock_quantity"] + source.values["stock_quantity"]
            change = wanted_here(here, whole, weight) - here
            if change:
                towards = TARGET if change > 0 else SOURCE
                book_id, category = row.values["book_id"], row.values["category"]
                found.append(Transfer(uuid.uuid4(), book_id, category, abs(change), towards))
        return found

    def _finish(self) -> int:
        """Carries everything that is under way to its end; the answer is how many copies came through."""
        found = [Transfer(*row) for row in self._target.run(OPEN)]
        return sum(self._carried(part) for part in _parts(found))

    def _carried(self, part: Sequence[Transfer]) -> int:
        """All in one transaction, or each by itself when one of them does not go."""
        if not self._shelves.carry(part):
            if len(part) > 1:
                return sum(self._carried([each]) for each in part)
            if not self._shelves.went(part[0]):
                self._target.run(CLOSE, ids=[part[0].id], state="void")
                return 0
        self._target.run(CLOSE, ids=[each.id for each in part], state="done")
        return sum(each.quantity for each in part)


class DynamoShelves:
    """The books table of a source in DynamoDB."""

    def __init__(self, books: Table) -> None:
        self._books = books

    def carry(self, part: Sequence[Transfer]) -> bool:
        try:
            transact([action for each in part for action in self._actions(each)])
        except TransactionCancelled:
            return False
        return True

    def went(self, transfer: Transfer) -> bool:
        try:
            self._books.put({**_marker(transfer), "void": True}, condition=ABSENT)
        except ConditionFailed:
            marker = self._books.get(_marker_key(transfer.id)) or {}
            return not marker.get("void", False)
        return False

    def forget(self, ids: Sequence[UUID]) -> None:
        for each in ids:
            self._books.delete(_marker_key(each))

    def _actions(self, transfer: Transfer) -> Iterator[Item]:
        yield {"Put": self._books.put_action(_marker(transfer), condition=ABSENT)}
        comes = transfer.towards == TARGET
        change = self._books.update_action(
            {"category": transfer.category, "book_id": transfer.book_id},
            f"SET stock_quantity = stock_quantity {'-' if comes else '+'} :n",
            condition="stock_quantity >= :n" if comes else "attribute_exists(book_id)",
            values={":n": transfer.quantity},
        )
        yield {"Update": change}


def columns(transfers: Sequence[Transfer]) -> dict[str, list[Any]]:
    """As statements unnest them."""
    return {
        "ids": [each.id for each in transfers],
        "books": [each.book_id for each in transfers],
        "quantities": [each.quantity for each in transfers],
    }


def _start(session: Session, transfers: Sequence[Transfer]) -> int:
    if not state.held(session).escrow:
        return 0
    coming = [each for each in transfers if each.towards == TARGET]
    going = [each for each in transfers if each.towards == SOURCE]
    if coming:
        session.run(PLAN, **columns(coming), categories=[each.category for each in coming])
    if going:
        session.run(TAKE, **columns(going))
    return len(transfers)


def _parts(found: Sequence[Transfer]) -> Iterator[Sequence[Transfer]]:
    for first in range(0, len(found), AT_ONCE):
        yield found[first : first + AT_ONCE]


def _marker_key(id_: UUID) -> Item:
    return {"category": TRANSFERS, "book_id": str(id_)}


def _marker(transfer: Transfer) -> Item:
    return {**_marker_key(transfer.id), "copies": transfer.quantity, "towards": transfer.towards}

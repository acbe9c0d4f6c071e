"""What services changed in the target, written back into the source: of each key the row as it is now.

The source's shoppers are the source's to write. Only an order it does not know is brought to it all the same.
"""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.dynamo import Item
from shared.postgres import Database, Session

from migration import locks, rejects, state
from migration.buckets import BUCKETS, is_targets
from migration.cart_target import CartTarget
from migration.deadline import Deadline
from migration.row import BOOKS, CARTS, KEYS, ORDERS, USERS, Bad, Row
from migration.sides import BookChange, Writer
from migration.target import PostgresRows

AT_ONCE, BUSY_S = 100, 0.1
# Of what was refused before so many are tried again with what changes now: who swaps something comes right in one set.
TOGETHER = 1000
NEXT = """SELECT entity, key, array_agg(id), array_remove(array_agg(DISTINCT category), NULL)
    FROM (SELECT * FROM migration.changes ORDER BY id LIMIT :most) AS first GROUP BY entity, key ORDER BY min(id)"""
DONE = "DELETE FROM migration.changes WHERE id = ANY(:ids)"
LATEST = "SELECT coalesce(max(id), 0) FROM migration.changes"
# All of them, and those there were at first: services go on noting meanwhile.
LEFT = "SELECT count(*), count(*) FILTER (WHERE id <= :newest) FROM migration.changes"
# Lines that were sold and are in the cart only until somebody takes them out.
SOLD = """SELECT users.user_id, lines FROM outbox JOIN users ON users.id = outbox.user_id
    WHERE task = 'settle' AND users.user_id = ANY(:users)"""


@dataclass
class Batch:
    """What a transaction read and did."""

    applied: int = 0
    taken: int = 0
    busy: bool = False


class Replayer:
    def __init__(self, target: Database, carts: CartTarget, writer: Writer) -> None:
        self._target, self._carts, self._writer = target, carts, writer
        self._rows = PostgresRows(target)

    def replay(self, deadline: Deadline) -> dict[str, Any]:
        """Until nothing is left of what there was, or it is time. One at a time: the second waits for the first, which
        may be a function whose terminal is gone."""
        applied, newest = 0, self._target.run(LATEST)[0][0]
        while True:
            batch = self._target.transaction(self._batch)
            if batch.busy and not deadline.is_over:
                time.sleep(BUSY_S)
                continue
            applied += batch.applied
            if not batch.taken or deadline.is_over:
                break
        ((left, of_before),) = self._target.run(LEFT, newest=newest)
        return {"applied": applied, "left": left, "done": of_before == 0}

    def replay_carts(self, start: Item | None, deadline: Deadline) -> dict[str, Any]:
        """Carts of the target's shoppers, all of them; `after` is where to go on."""
        weight = self._target.transaction(state.read).weight
        applied = 0
        while True:
            owners, start = self._carts.owners(start)
            applied += self.bring_carts([owner for owner in owners if is_targets(owner, weight)])
            if start is None or deadline.is_over:
                return {"carts": applied, "after": start}

    def bring_carts(self, owners: Sequence[str]) -> int:
        """Carts of shoppers the target has; how many had to be changed."""
        return sum(self._writer.cart(row) for row in self.unsold(self._carts.find(owners)).values())

    def unsold(self, carts: Mapping[str, Row]) -> dict[str, Row]:
        """The carts without what was sold and is in them only until somebody takes it out."""
        sold = self._sold(list(carts))
        return {owner: _without(row, sold.get(owner, {})) for owner, row in carts.items()}

    def _batch(self, session: Session) -> Batch:
        if not locks.only_one(session, locks.REPLAY):
            return Batch(busy=True)
        weight = state.held(session).weight
        changes = session.run(NEXT, most=AT_ONCE)
        batch = Batch(taken=len(changes))
        by_entity: dict[str, list[Any]] = {}
        for entity, key, _, categories in changes:
            by_entity.setdefault(entity, []).append((key, categories))
        # A shopper's account and orders come before nothing else that needs them, and books before what sells them.
        if weight == BUCKETS:
            batch.applied += self._books(session, by_entity.get(BOOKS, []))
        batch.applied += self._users(session, [key for key, _ in by_entity.get(USERS, [])], weight)
        batch.applied += self._orders(session, [key for key, _ in by_entity.get(ORDERS, [])], weight)
        session.run(DONE, ids=[each for _, _, ids, _ in changes for each in ids])
        return batch

    def _books(self, session: Session, changes: Sequence[tuple[str, list[str]]]) -> int:
        if not changes:
            return 0
        found = self._rows.find(BOOKS, [key for key, _ in changes], session)
        wanted = {book_id: BookChange(book_id, found.get(book_id), tuple(named)) for book_id, named in changes}
        # What was in the way of these may have gone out of it now.
        refused = {key.rpartition("/")[2]: key for key in rejects.retryable(session, BOOKS, TOGETHER)}
        again = self._rows.find(BOOKS, [each for each in refused if each not in wanted], session)
        changed = [*wanted.values(), *(BookChange(book_id, row, ()) for book_id, row in again.items())]
        written, bad = self._writer.books(changed)
        self._note(session, [each.row for each in changed if each.row is not None], bad)
        return written

    def _users(self, session: Session, keys: Sequence[str], weight: int) -> int:
        mine = [key for key in keys if is_targets(key, weight)]
        if mine:
            again = rejects.retryable(session, USERS, TOGETHER)
            mine = sorted({*mine, *(key for key in again if is_targets(key, weight))})
        rows = list(self._rows.find(USERS, mine, session).values()) if mine else []
        for row in rows:
            if row.values["account_status"] == "erased":
                self._writer.forget_cart(row.key)
        return self._put(session, rows)

    def _orders(self, session: Session, keys: Sequence[str], weight: int) -> int:
        if not keys:
            return 0
        orders, ties = self._rows.find(ORDERS, keys, session), self._rows.find(KEYS, keys, session)
        mine = {order_id for order_id, row in orders.items() if is_targets(row.values["user_id"], weight)}
        applied = self._put(session, [row for order_id, row in orders.items() if order_id in mine])
        applied += self._put(session, [row for order_id, row in ties.items() if order_id in mine])
        others = ((row, ties.get(order_id)) for order_id, row in orders.items() if order_id not in mine)
        return applied + sum(self._writer.new_order(row, tie) for row, tie in others)

    def _put(self, session: Session, rows: Sequence[Row]) -> int:
        written, bad = self._writer.rows(rows)
        self._note(session, rows, bad)
        return written

    def _note(self, session: Session, rows: Sequence[Row], bad: Sequence[Bad]) -> None:
        refused = {each.key for each in bad}
        rejects.clear(session, [(row.kind, row.key) for row in rows if row.key not in refused])
        rejects.note(session, bad)

    def _sold(self, users: Sequence[str]) -> dict[str, Mapping[str, str]]:
        """Revisions by book, by shopper."""
        found: dict[str, dict[str, str]] = {}
        for user, lines in self._target.run(SOLD, users=list(users)) if users else []:
            found.setdefault(user, {}).update(lines)
        return dict(found)


def _without(cart: Row, sold: Mapping[str, str]) -> Row:
    lines = [line for line in cart.values["items"] if sold.get(line["book_id"]) != line["revision"]]
    return Row(CARTS, cart.key, {**cart.values, "items": lines}, cart.astray)

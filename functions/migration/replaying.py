"""What services changed in the target, written back into the source: of each key the row as it is now.

The source's shoppers are the source's to write. Only an order it does not know is brought to it all the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError
from shared.dynamo import Item
from shared.observability import logger
from shared.outages import error_code
from shared.postgres import Database, Session

from migration import locks, rejects, state
from migration.buckets import BUCKETS, is_targets
from migration.cart_target import CartTarget
from migration.deadline import Deadline
from migration.items import document, to_item
from migration.row import BOOKS, CARTS, KEYS, ORDERS, USERS, Bad, Row
from migration.source import DynamoRows
from migration.source_writer import SourceWriter
from migration.target import PostgresRows

AT_ONCE = 100
NEXT = """SELECT entity, key, array_agg(id), array_remove(array_agg(DISTINCT category), NULL)
    FROM (SELECT * FROM migration.changes ORDER BY id LIMIT :most) AS first GROUP BY entity, key ORDER BY min(id)"""
DONE = "DELETE FROM migration.changes WHERE id = ANY(:ids)"
LEFT = "SELECT count(*) FROM migration.changes"
# Lines that were sold and are in the cart only until somebody takes them out.
SOLD = """SELECT users.user_id, lines FROM outbox JOIN users ON users.id = outbox.user_id
    WHERE task = 'settle' AND users.user_id = ANY(:users)"""
TOO_LARGE = "ValidationException"


@dataclass
class Batch:
    """What a transaction read and did."""

    applied: int = 0
    taken: int = 0


class Replayer:
    def __init__(self, target: Database, source: DynamoRows, carts: CartTarget) -> None:
        self._target, self._carts = target, carts
        self._rows, self._writer = PostgresRows(target), SourceWriter(source)

    def replay(self, deadline: Deadline) -> dict[str, Any]:
        """Until nothing is left, or it is time. One at a time: the second finds nothing to do."""
        applied = 0
        while not deadline.is_over:
            batch = self._target.transaction(self._batch)
            applied += batch.applied
            if not batch.taken:
                break
        left = int(self._target.run(LEFT)[0][0])
        return {"applied": applied, "left": left, "done": left == 0}

    def replay_carts(self, start: Item | None, deadline: Deadline) -> dict[str, Any]:
        """Carts of the target's shoppers, all of them; `after` is where to go on."""
        weight = self._target.transaction(state.read).weight
        applied = 0
        while True:
            owners, start = self._carts.owners(start)
            mine = [owner for owner in owners if is_targets(owner, weight)]
            sold = self._sold(mine)
            for row in self._carts.find(mine).values():
                applied += self._writer.cart(_without(row, sold.get(row.key, {})))
            if start is None or deadline.is_over:
                return {"carts": applied, "after": start}

    def _batch(self, session: Session) -> Batch:
        if not locks.only_one(session, locks.REPLAY):
            return Batch()
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
        found = self._rows.find(BOOKS, [key for key, _ in changes], session) if changes else {}
        applied = 0
        for book_id, categories in changes:
            row = found.get(book_id)
            try:
                applied += self._writer.book(book_id, row, categories)
            except ClientError as error:
                self._refused(session, error, row or Row(BOOKS, f"{categories[0]}/{book_id}", {}))
        return applied

    def _users(self, session: Session, keys: Sequence[str], weight: int) -> int:
        mine = [key for key in keys if is_targets(key, weight)]
        rows = list(self._rows.find(USERS, mine, session).values()) if mine else []
        changed = self._writer.differing(rows)
        for row in changed:
            if row.values["account_status"] == "erased":
                self._writer.forget_cart(row.key)
        return self._put(session, USERS, [(row, to_item(row)) for row in changed])

    def _orders(self, session: Session, keys: Sequence[str], weight: int) -> int:
        if not keys:
            return 0
        orders = self._rows.find(ORDERS, keys, session)
        ties = self._rows.find(KEYS, keys, session)
        times = {order_id: row.values["created_at"] for order_id, row in orders.items()}
        mine = [row for row in orders.values() if is_targets(row.values["user_id"], weight)]
        changed = [(row, to_item(row)) for row in self._writer.differing(mine)]
        own_ties = [row for row in ties.values() if is_targets(row.values["user_id"], weight)]
        tied = self._writer.differing(own_ties)
        changed += [(row, to_item(row, times[row.values["placed_order_id"]])) for row in tied]
        applied = self._put(session, ORDERS, changed)
        for order_id, row in orders.items():
            if not is_targets(row.values["user_id"], weight) and self._writer.put_new(ORDERS, to_item(row)):
                applied += 1
                if order_id in ties:
                    self._writer.put_new(ORDERS, to_item(ties[order_id], times[order_id]))
        return applied

    def _put(self, session: Session, entity: str, wanted: Sequence[tuple[Row, Item]]) -> int:
        """All at once, or one by one when DynamoDB refuses one of them."""
        try:
            self._writer.put(entity, [item for _, item in wanted])
        except ClientError as error:
            if len(wanted) == 1:
                self._refused(session, error, wanted[0][0])
                return 0
            return sum(self._put(session, entity, [each]) for each in wanted)
        rejects.clear(session, [(row.kind, row.key) for row, _ in wanted])
        return len(wanted)

    def _refused(self, session: Session, error: ClientError, row: Row) -> None:
        if error_code(error) != TOO_LARGE:
            raise error
        logger().warning("not replayed", entity=row.kind)
        rejects.note(
            session, [Bad(row.kind, row.key, f"DynamoDB refuses it: {error_code(error)}", document(row.values))]
        )

    def _sold(self, users: Sequence[str]) -> dict[str, Mapping[str, str]]:
        """Revisions by book, by shopper."""
        found: dict[str, dict[str, str]] = {}
        for user, lines in self._target.run(SOLD, users=list(users)) if users else []:
            found.setdefault(user, {}).update(lines)
        return dict(found)


def _without(cart: Row, sold: Mapping[str, str]) -> Row:
    lines = [line for line in cart.values["items"] if sold.get(line["book_id"]) != line["revision"]]
    return Row(CARTS, cart.key, {**cart.values, "items": lines})

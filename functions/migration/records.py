"""Records of DynamoDB Streams into the target: of each key the newest counts, in whatever order and however often.

What is no row any more becomes a reject and keeps nothing else from going on; a batch that could not be written for
another reason is given again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from shared.dynamo import Item
from shared.observability import logger
from shared.postgres import Database, Session

from migration import items, marks, rejects, shifting, state
from migration.applying import apply
from migration.buckets import is_targets
from migration.cart_target import CartTarget
from migration.deadline import Deadline
from migration.faults import Refused
from migration.items import Expired
from migration.kinds import Wire
from migration.locks import own
from migration.merging import Outcome, Terms
from migration.row import BOOKS, CARTS, KEYS, ORDERS, Bad, Row
from migration.sides import Source, own_of
from migration.state import State
from migration.target import PostgresRows, own_key

RETRIED = 20
NEWEST = """INSERT INTO migration.sequences AS known (entity, key, sequence, deleted)
    SELECT :entity, given.key, given.sequence, given.deleted
    FROM unnest(:keys::text[], :sequences::numeric[], :deleted::boolean[]) AS given(key, sequence, deleted)
    ORDER BY given.key
    ON CONFLICT (entity, key) DO UPDATE SET sequence = excluded.sequence, deleted = excluded.deleted
    WHERE known.sequence < excluded.sequence
    RETURNING key"""


@dataclass(frozen=True)
class Change:
    """The newest that a batch says of a key; no image when it is gone."""

    kind: str
    key: str
    sequence: Decimal
    image: Wire | None


class Records:
    """Brings batches in."""

    def __init__(
        self, target: Database, source: Source, carts: CartTarget, tables: Mapping[str, str], currency: str
    ) -> None:
        self._target, self._source, self._carts, self._currency = target, source, carts, currency
        self._entities = {name: entity for entity, name in tables.items()}
        self._rows = PostgresRows(target)

    def apply(
        self, event: Mapping[str, Any], carts: Callable[[Sequence[Mapping[str, Any]]], Outcome] | None = None
    ) -> dict[str, Any]:
        """As Lambda asks for it: the first record of a batch to be given again, if it is. Of a source whose carts
        alone are in DynamoDB all records go to `carts`."""
        told = {"written": 0, "same": 0, "rejected": 0}
        for entity, records in self._by_entity(event["Records"]).items():
            try:
                outcome = self._entity(entity, records) if carts is None else carts(records)
            except Exception:
                logger().exception("batch not applied", entity=entity, records=len(records))
                first = min(records, key=lambda record: Decimal(record["dynamodb"]["SequenceNumber"]))
                return {"batchItemFailures": [{"itemIdentifier": first["dynamodb"]["SequenceNumber"]}], **told}
            told["written"] += outcome.written
            told["same"] += outcome.same
            told["rejected"] += len(outcome.bad)
        return {"batchItemFailures": [], **told}

    def follow(self, work: Callable[[Session], Outcome | None], entity: str) -> Outcome:
        """A transaction that brings something in, and what it makes possible."""
        outcome = self._target.transaction(work)
        # What says nothing new may be a batch that was in, and what it made possible not yet.
        # What is refused may be the last that others were waiting for.
        if entity != CARTS and (outcome is None or outcome.written or outcome.bad):
            self.retry(entity)
        return outcome or Outcome()

    def retry(self, entity: str, most: int = RETRIED) -> Outcome:
        """What another row was in the way of, once more, as it is at the source now."""
        return self._target.transaction(lambda session: self._retry(session, entity, most))

    def refresh(self, entity: str, start: Item | None, deadline: Deadline) -> dict[str, Any]:
        """What the source's table has now, page by page."""
        told: dict[str, Any] = {"written": 0, "same": 0, "rejected": 0}
        while True:
            found, start = self._source.page(entity, start, 0, 1)
            keys = [(each.kind, each.key) for each in found if isinstance(each, Row)]
            outcome = self._target.transaction(partial(self._refresh, entity=entity, keys=keys))
            told["written"] += outcome.written
            told["same"] += outcome.same
            told["rejected"] += len(outcome.bad)
            if start is None or deadline.is_over:
                return {**told, "after": start, "done": start is None}

    def _refresh(self, session: Session, entity: str, keys: Sequence[tuple[str, str]]) -> Outcome:
        now = state.held(session)
        if now.weight:
            raise Refused("Shoppers are on the target, and what they did there would be undone.")
        own(session, entity)
        found = self._source.find(entity, [(key, own_of(kind, key)) for kind, key in keys]) if keys else {}
        rows = [each for each in found.values() if isinstance(each, Row)]
        if entity == CARTS:
            return self._carts.write_all(session, rows, [])
        return apply(session, rows, {}, [], Terms(self._currency, now.escrow))

    def _entity(self, entity: str, records: Sequence[Mapping[str, Any]]) -> Outcome:
        changes, seen = _newest(entity, records)
        return self.follow(lambda session: self._changes(session, entity, changes, seen), entity)

    def _changes(
        self, session: Session, entity: str, changes: Sequence[Change], seen: Mapping[str, int]
    ) -> Outcome | None:
        """None when nothing is new."""
        now = state.held(session)
        own(session, entity)
        marks.see(session, entity, seen)
        fresh = {
            key
            for (key,) in session.run(
                NEWEST,
                entity=entity,
                keys=[change.key for change in changes],
                sequences=[change.sequence for change in changes],
                deleted=[change.image is None for change in changes],
            )
        }
        newer = [change for change in changes if change.key in fresh]
        return self._write(session, now, entity, newer) if newer else None

    def _write(self, session: Session, now: State, entity: str, changes: Sequence[Change]) -> Outcome:
        found = [items.read(entity, change.image) for change in changes if change.image is not None]
        rows = [each for each in found if isinstance(each, Row)]
        bad = [each for each in found if isinstance(each, Bad)]
        gone = [(c.kind, c.key) for c in changes if c.image is None]
        gone += [(each.kind, each.key) for each in found if isinstance(each, Expired)]
        rows, gone = self.sources_own(session, now, entity, rows, gone)
        if entity == CARTS:
            outcome = self._carts.write_all(session, rows, bad)
            outcome.written += sum(self._carts.remove(key) for _, key in gone)
            rejects.clear(session, gone)
            return outcome
        removed: dict[str, list[str]] = {}
        for kind, key in gone:
            removed.setdefault(kind, []).append(key)
        outcome = apply(session, rows, removed, bad, Terms(self._currency, now.escrow))
        late = [row for row in rows if row.kind == ORDERS and is_targets(row.values["user_id"], now.weight)]
        shifting.take_debts_of(session, [own_key(row) for row in late])
        return outcome

    def sources_own(
        self, session: Session, now: State, entity: str, rows: list[Row], gone: list[tuple[str, str]]
    ) -> tuple[list[Row], list[tuple[str, str]]]:
        """What the source has a say in. Of shoppers the target has by now an order it does not know is still let in:
        it was placed before they came over."""
        if not now.weight:
            return rows, gone
        if entity == BOOKS:
            return ([], []) if now.weight == 100 else (rows, gone)
        sources = [row for row in rows if not is_targets(row.values["user_id"], now.weight)]
        moved = [row for row in rows if is_targets(row.values["user_id"], now.weight)]
        orders = [row for row in moved if row.kind == ORDERS]
        known = self._rows.find(ORDERS, [own_key(row) for row in orders], session) if orders else {}
        late = [row for row in orders if own_key(row) not in known] + [row for row in moved if row.kind == KEYS]
        return sources + late, [each for each in gone if not is_targets(_shopper(*each), now.weight)]

    def _retry(self, session: Session, entity: str, most: int) -> Outcome:
        now = state.held(session)
        own(session, entity)
        keys = sorted({*rejects.retryable(session, entity, most), *rejects.giving_way(session, entity)})
        if not keys:
            return Outcome()
        found = self._source.find(entity, [(key, own_of(entity, key)) for key in keys])
        rows = [each for each in found.values() if isinstance(each, Row)]
        bad = [each for each in found.values() if isinstance(each, Bad)]
        rows, _ = self.sources_own(session, now, entity, rows, [])
        outcome = apply(session, rows, {}, bad, Terms(self._currency, now.escrow))
        rejects.clear(session, [(entity, key) for key in keys if key not in found])
        return outcome

    def _by_entity(self, records: Iterable[Mapping[str, Any]]) -> dict[str, list[Mapping[str, Any]]]:
        found: dict[str, list[Mapping[str, Any]]] = {}
        for record in records:
            table = record["eventSourceARN"].partition(":table/")[2].partition("/")[0]
            found.setdefault(self._entities[table], []).append(record)
        return found


def _newest(entity: str, records: Sequence[Mapping[str, Any]]) -> tuple[list[Change], dict[str, int]]:
    """The last change of each key, and the marks that came back."""
    newest: dict[str, Change] = {}
    seen: dict[str, int] = {}
    for record in records:
        told = record["dynamodb"]
        first = told["Keys"][items.HASH[entity]]["S"]
        second = told["Keys"].get(items.RANGE.get(entity, ""), {"S": ""})["S"]
        image = told.get("NewImage")
        if (mark := items.mark_of(first)) is not None:
            if image is not None:
                seen[mark] = max(seen.get(mark, 0), int(image["written"]["N"]))
            continue
        if items.left_behind(entity, first) is not None:
            continue
        kind = items.kind_of(entity, second)
        change = Change(kind, items.key_of(kind, first, second), Decimal(told["SequenceNumber"]), image)
        if change.key not in newest or newest[change.key].sequence < change.sequence:
            newest[change.key] = change
    return list(newest.values()), seen


def _shopper(kind: str, key: str) -> str:
    return key.partition("/")[0] if kind in (ORDERS, KEYS) else key

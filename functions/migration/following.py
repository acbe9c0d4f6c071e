"""What services change in a source in PostgreSQL, into the target: of each key the row as it is now."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from shared.postgres import Session

from migration import marks, state
from migration.applying import apply
from migration.buckets import BUCKETS, is_targets
from migration.cart_target import CartTarget
from migration.deadline import Deadline
from migration.items import left_behind, mark_of
from migration.locks import own
from migration.merging import Outcome, Terms
from migration.postgres_source import PostgresSource
from migration.records import NEWEST, Records
from migration.replaying import DONE, LATEST, LEFT, NEXT
from migration.row import BOOKS, CARTS, KEYS, ORDERS, Row
from migration.target import PostgresRows, own_key

AT_ONCE = 500


class Follower:
    """Drains the changes the source noted. By two at once nothing happens that is not the same by one."""

    def __init__(self, records: Records, source: PostgresSource, carts: CartTarget, currency: str) -> None:
        self._records, self._source, self._currency = records, source, currency
        self._target_carts = carts
        self._rows = PostgresRows(source.database)

    def sync(self, deadline: Deadline) -> dict[str, Any]:
        told: dict[str, Any] = {"written": 0, "same": 0, "rejected": 0}
        newest = self._source.database.run(LATEST)[0][0]
        while True:
            changes = self._source.database.run(NEXT, most=AT_ONCE)
            if not changes:
                break
            for entity in (BOOKS, "users", ORDERS):
                of_entity = [(key, ids, categories) for each, key, ids, categories in changes if each == entity]
                if of_entity:
                    self._count(
                        told, self._records.follow(partial(self._apply, entity=entity, changes=of_entity), entity)
                    )
            self._source.database.run(DONE, ids=[each for _, _, ids, _ in changes for each in ids])
            if deadline.is_over:
                break
        ((left, of_before),) = self._source.database.run(LEFT, newest=newest)
        return {**told, "left": left, "done": of_before == 0}

    def carts(self, records: Sequence[Mapping[str, Any]]) -> Outcome:
        """Of each cart the records touch, the whole of it as it is now."""
        newest: dict[str, Decimal] = {}
        seen: dict[str, int] = {}
        for record in records:
            told = record["dynamodb"]
            user_id = told["Keys"]["user_id"]["S"]
            if (mark := mark_of(user_id)) is not None:
                if "NewImage" in told:
                    seen[mark] = max(seen.get(mark, 0), int(told["NewImage"]["written"]["N"]))
            elif left_behind(CARTS, user_id) is None:
                newest[user_id] = max(newest.get(user_id, Decimal(0)), Decimal(told["SequenceNumber"]))
        return self._records.follow(lambda session: self._carts(session, newest, seen), CARTS)

    def _carts(self, session: Session, newest: Mapping[str, Decimal], seen: Mapping[str, int]) -> Outcome:
        now = state.held(session)
        own(session, CARTS)
        marks.see(session, CARTS, seen)
        mine = [user_id for user_id in newest if not is_targets(user_id, now.weight)]
        values = {"keys": mine, "sequences": [newest[each] for each in mine], "deleted": [False for _ in mine]}
        fresh = [key for (key,) in session.run(NEWEST, entity=CARTS, **values)]
        found = self._source.carts.find(fresh)
        written = sum(self._target_carts.write(row) for row in found.values())
        removed = sum(self._target_carts.remove(key) for key in fresh if key not in found)
        return Outcome(written + removed, len(found) - written)

    def _apply(self, session: Session, entity: str, changes: Sequence[tuple[str, list[int], list[str]]]) -> Outcome:
        now = state.held(session)
        own(session, entity)
        rows = list(self._rows.find(entity, [key for key, _, _ in changes]).values())
        if entity == ORDERS:
            rows += self._rows.find(KEYS, [key for key, _, _ in changes]).values()
        there = {own_key(row) for row in rows}
        gone = [(BOOKS, f"{category}/{key}") for key, _, named in changes if entity == BOOKS for category in named]
        if now.weight == BUCKETS and entity == BOOKS:
            return Outcome()
        removed = {BOOKS: [key for _, key in gone if key.rpartition("/")[2] not in there]}
        leaving = [key for _, key in gone if key not in {row.key for row in rows}]
        self._touch(session, entity, rows, leaving, max(each for _, ids, _ in changes for each in ids))
        rows, _ = self._records.sources_own(session, now, entity, rows, [])
        return apply(session, rows, removed, [], Terms(self._currency, now.escrow), leaving)

    def _touch(self, session: Session, entity: str, rows: Sequence[Row], gone: Sequence[str], newest: int) -> None:
        """So that no load brings back what was before."""
        keys = {row.key: False for row in rows} | dict.fromkeys(gone, True)
        session.run(
            NEWEST,
            entity=entity,
            keys=list(keys),
            sequences=[Decimal(newest) for _ in keys],
            deleted=list(keys.values()),
        )

    def _count(self, told: dict[str, Any], outcome: Outcome) -> None:
        told["written"] += outcome.written
        told["same"] += outcome.same
        told["rejected"] += len(outcome.bad)

"""Export files into the target: batches of lines, each with the checkpoint that says so.

A file may be begun by two and by one again; whoever moves its checkpoint on has written the rows.
"""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from shared.postgres import Database, Session

from migration import items, merge_keys, state
from migration.applying import apply
from migration.cart_target import CartTarget
from migration.deadline import Deadline
from migration.exports import Exports, item_of
from migration.faults import Refused
from migration.items import Expired, Left, document
from migration.locks import share
from migration.merging import Outcome, Terms
from migration.row import CARTS, KEYS, ORDERS, Bad, Row

LINES = 2000
# Of carts each is a few calls of DynamoDB.
CARTS_AT_ONCE = 50
BEGIN = "INSERT INTO migration.checkpoints (file, entity) VALUES (:file, :entity) ON CONFLICT DO NOTHING"
PROGRESS = "SELECT lines, done, loader, after FROM migration.checkpoints WHERE file = :file"
LOCK = f"{PROGRESS} FOR UPDATE SKIP LOCKED"
ADVANCE = """UPDATE migration.checkpoints SET lines = :lines, after = :after, written = written + :written,
    same = same + :same, rejected = rejected + :rejected, expired = expired + :expired, others = others + :others,
    keys = keys + :keys,
    loader = :loader, updated_at = now() WHERE file = :file"""
FINISH = "UPDATE migration.checkpoints SET done = true, updated_at = now() WHERE file = :file"
# The stream has told of these since.
NEWER = "SELECT key FROM migration.sequences WHERE entity = :entity AND key = ANY(:keys)"


class Overtaken(Exception):
    """Another loader has the file."""


@dataclass
class Loaded:
    """What a call did; `busy` when another loader has the file."""

    read: int = 0
    written: int = 0
    same: int = 0
    rejected: int = 0
    expired: int = 0
    others: int = 0
    done: bool = False
    busy: bool = False


@dataclass(frozen=True)
class Batch:
    """So many lines or rows, what they are, and the key of the last where they are in the order of their keys."""

    count: int
    found: Sequence[items.Found]
    after: str = ""


class Reader(Protocol):
    def batches(self, entity: str, key: str, begun: int, after: str) -> Iterator[Batch]:
        """What comes after that many lines, or after that key."""
        ...


class Lines:
    """Batches of export files."""

    def __init__(self, exports: Exports) -> None:
        self._exports = exports

    def batches(self, entity: str, key: str, begun: int, after: str) -> Iterator[Batch]:  # noqa: ARG002
        lines = islice(self._exports.lines(key), begun, None)
        at = begun
        while batch := list(islice(lines, CARTS_AT_ONCE if entity == CARTS else LINES)):
            yield Batch(len(batch), list(_read(entity, batch, key, at)))
            at += len(batch)


class Loader:
    """One call's work on a file, or another part of the source."""

    def __init__(self, target: Database, carts: CartTarget, reader: Reader, currency: str) -> None:
        self._target, self._carts, self._reader, self._currency = target, carts, reader, currency
        self._id = uuid.uuid4()

    def load(self, entity: str, key: str, deadline: Deadline) -> Loaded:
        """As far as the deadline allows, from where the checkpoint is."""
        loaded = Loaded()
        self._target.run(BEGIN, file=key, entity=entity)
        ((at, done, _, after),) = self._target.run(PROGRESS, file=key)
        if done:
            return Loaded(done=True)
        try:
            for batch in self._reader.batches(entity, key, at, after):
                self._batch(entity, key, at, batch, loaded)
                at += batch.count
                if deadline.is_over:
                    return loaded
            self._target.transaction(lambda session: self._finish(session, entity, key))
        except Overtaken:
            loaded.busy = True
            return loaded
        loaded.done = True
        return loaded

    def _batch(self, entity: str, file: str, at: int, batch: Batch, loaded: Loaded) -> None:
        outcome = self._target.transaction(lambda session: self._apply(session, entity, file, at, batch))
        loaded.read += batch.count
        if outcome is not None:
            loaded.written += outcome.written
            loaded.same += outcome.same
            loaded.rejected += len(outcome.bad)
            loaded.expired += sum(isinstance(each, Expired) for each in batch.found)
            loaded.others += sum(isinstance(each, Left) for each in batch.found)

    def _apply(self, session: Session, entity: str, file: str, at: int, batch: Batch) -> Outcome | None:
        """None when an earlier try of this loader's did it and its answer was lost."""
        progress = session.run(LOCK, file=file)
        if not progress:
            raise Overtaken(file)
        ((lines, _, loader, _),) = progress
        if lines != at:
            if loader == self._id and lines == at + batch.count:
                return None
            raise Overtaken(file)
        now = state.held(session)
        if now.weight:
            raise Refused("Shoppers are on the target already; an export is of before. Take the weight back to 0.")
        share(session, entity)
        fresh = _not_newer(session, entity, batch.found)
        rows = [each for each in fresh if isinstance(each, Row)]
        bad = [each for each in fresh if isinstance(each, Bad)]
        if entity == CARTS:
            outcome = self._carts.write_all(session, rows, bad)
        else:
            outcome = apply(session, rows, {}, bad, Terms(self._currency, now.escrow))
        # What the stream has told of since is there as it is by now, or rejected.
        outcome.same += sum(isinstance(each, Row | Bad) for each in batch.found) - len(rows) - len(bad)
        session.run(
            ADVANCE,
            file=file,
            lines=at + batch.count,
            after=batch.after,
            written=outcome.written,
            same=outcome.same,
            rejected=len(outcome.bad),
            expired=sum(isinstance(each, Expired) for each in batch.found),
            others=sum(isinstance(each, Left) for each in batch.found),
            keys=sum(each.kind == KEYS for each in batch.found),
            loader=self._id,
        )
        return outcome

    def _finish(self, session: Session, entity: str, file: str) -> None:
        if entity == ORDERS:
            merge_keys.reconcile(session)
        session.run(FINISH, file=file)


def _read(entity: str, lines: Sequence[bytes], file: str, at: int) -> Iterator[items.Found]:
    for number, line in enumerate(lines, at + 1):
        item = item_of(line)
        if item is None:
            yield Bad(entity, f"{file}:{number}", "is no item in DynamoDB's JSON", document({"line": repr(line)}))
        else:
            yield items.read(entity, item)


def _not_newer(session: Session, entity: str, found: Sequence[items.Found]) -> list[items.Found]:
    newer = {key for (key,) in session.run(NEWER, entity=entity, keys=[each.key for each in found])}
    return [each for each in found if each.key not in newer]

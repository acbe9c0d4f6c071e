"""Every row of one side looked up on the other, both ways, by the SHA-256 of its canonical form.

Shoppers go on meanwhile: what differs is looked at again for a while before it counts.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared import clock
from shared.backoff import attempts
from shared.postgres import Database

from migration import rejects, state
from migration.buckets import is_targets
from migration.cart_target import CartTarget
from migration.comparing import (
    DIFFERENT,
    ONLY_SOURCE,
    ONLY_TARGET,
    WHOLE_ROW,
    Differences,
    Totals,
    comparable,
    fields,
    same,
)
from migration.deadline import Deadline
from migration.items import Expired, Found, Left
from migration.replaying import Replayer
from migration.row import CARTS, KEYS, ORDERS, Bad, Row, digest, entity_of
from migration.sides import Source
from migration.target import PostgresRows, own_key

SHOWN = 100
LOOKS, PATIENCE_S = 12, 5.0
# So many are looked at again within a call, and so many told to be looked at again by a later one.
MOST_AGAIN, MOST_TOLD = 200, 2000
KINDS = {ORDERS: (ORDERS, KEYS)}
RECORD = """INSERT INTO migration.verifications (entity, slice, slices, compared, differences, shift, begun_at)
    VALUES (:entity, :slice, :slices, :compared, :differences, :shift, now())
    ON CONFLICT (entity, slice) DO UPDATE SET slices = excluded.slices, compared = excluded.compared,
        differences = excluded.differences, shift = excluded.shift, begun_at = excluded.begun_at"""
FORGET_OTHERS = "DELETE FROM migration.verifications WHERE entity = :entity AND slices <> :slices"


@dataclass
class Pair:
    """A key that was not the same on both sides, and how. `own` is what the target finds it by.

    `sources` and `targets` are what was found there at each look. A side that now has what the other had before is on
    its way, and differs in nothing else: whoever changes a row all the time would never be found the same.
    """

    kind: str
    key: str
    own: str
    what: str = DIFFERENT
    sources: list[str] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)

    def is_moving(self, source: Row | None, target: Row | None, escrow: bool) -> bool:
        """Whether the one has what the other had at an earlier look; notes what they have now."""
        there, here = _mark(source, escrow), _mark(target, escrow)
        moving = here in self.sources or there in self.targets
        self.sources.append(there)
        self.targets.append(here)
        astray = any(row is not None and row.astray for row in (source, target))
        return moving and not astray

    def told(self) -> list[Any]:
        return [self.kind, self.key, self.own, self.what, self.sources[-LOOKS:], self.targets[-LOOKS:]]


@dataclass
class Part:
    """What has been seen of a kind: an entity's rows, or the keys that orders were placed with."""

    source: Totals = field(default_factory=Totals)
    target: Totals = field(default_factory=Totals)
    compared: int = 0

    def shown(self, found: Differences) -> dict[str, Any]:
        return {
            "compared": self.compared,
            "different": found.different[:SHOWN],
            "only_source": found.only_source[:SHOWN],
            "only_target": found.only_target[:SHOWN],
            "differences": found.count,
            "totals": {"source": self.source.shown(), "target": self.target.shown()},
        }


@dataclass
class Pass:
    """What one call has seen."""

    escrow: bool
    weight: int
    parts: dict[str, Part]
    suspects: dict[tuple[str, str], Pair] = field(default_factory=dict)
    # Of the source: all there is, and what of it is compared, rejected, or of a kind that does not move.
    items: Counter[str] = field(default_factory=Counter)


class Verifier:
    """`replayer` brings carts over: no trigger tells of those that live on the target, so each is before it counts."""

    def __init__(self, target: Database, source: Source, carts: CartTarget, replayer: Replayer) -> None:
        self._target, self._source, self._carts, self._replayer = target, source, carts, replayer
        self._rows = PostgresRows(target)

    def verify(self, entity: str, slice_: int, of: int, after: Mapping[str, Any], deadline: Deadline) -> dict[str, Any]:
        """A part of an entity, from where an earlier call's `after` says."""
        shift = after["shift"] if "shift" in after else self.shift()
        kinds = KINDS.get(entity, (entity,))
        seen = self._pass(kinds)
        at: dict[str, Any] | None = dict(after.get("at") or {"side": "source", "kind": entity, "start": None})
        while at is not None:
            at = self._page(entity, slice_, of, at, seen)
            if deadline.is_over:
                break
        found, left = self._looked_again(seen)
        compared = sum(part.compared for part in seen.parts.values())
        differences = sum(each.count for each in found.values())
        counted = {
            "compared": after.get("compared", 0) + compared,
            "differences": after.get("differences", 0) + differences,
        }
        if at is None:
            self.record(entity, slice_, of, shift, **counted)
        return {
            "compared": compared,
            "differences": differences,
            "kinds": {kind: part.shown(found[kind]) for kind, part in seen.parts.items()},
            "source_items": dict(seen.items),
            "suspects": [pair.told() for pair in left[:MOST_TOLD]],
            "done": at is None,
            "after": None if at is None else {"at": at, "shift": shift, **counted},
            "counted": {"shift": shift, **counted},
        }

    def verify_again(
        self, entity: str, slice_: int, of: int, suspects: Sequence[Sequence[Any]], counted: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What differed when the whole part was compared, which `counted` tells of, and whether it still does."""
        kinds = KINDS.get(entity, (entity,))
        pairs = [Pair(*each) for each in suspects]
        seen = self._pass(kinds)
        seen.suspects = {(pair.kind, pair.key): pair for pair in pairs}
        found, left = self._looked_again(seen)
        differences = sum(each.count for each in found.values())
        healed = len(pairs) - differences
        now = {**counted, "differences": int(counted["differences"]) - healed}
        self.record(entity, slice_, of, now["shift"], now["compared"], now["differences"])
        return {
            "differences": differences,
            "kinds": {kind: part.shown(found[kind]) for kind, part in seen.parts.items()},
            "suspects": [pair.told() for pair in left],
            "counted": now,
        }

    def _pass(self, kinds: Sequence[str]) -> Pass:
        now = self._target.transaction(state.read)
        return Pass(now.escrow, now.weight, {kind: Part() for kind in kinds})

    def shift(self) -> int:
        """After which shift it is now."""
        return self._target.transaction(state.read).shifts

    def record(self, entity: str, slice_: int, of: int, shift: int, compared: int, differences: int) -> None:
        """What is known of this part from now on, found by who began after this shift."""
        self._target.run(FORGET_OTHERS, entity=entity, slices=of)
        counted: dict[str, Any] = {"compared": compared, "differences": differences}
        self._target.run(RECORD, entity=entity, slice=slice_, slices=of, shift=shift, **counted)

    def _page(self, entity: str, slice_: int, of: int, at: dict[str, Any], seen: Pass) -> dict[str, Any] | None:
        """Compares a page, and says where the next one is."""
        kinds = KINDS.get(entity, (entity,))
        if at["side"] == "source":
            found, last = self._source.page(entity, at["start"], slice_, of)
            self._from_source(found, seen)
            if last is not None:
                return {**at, "start": last}
            return {"side": "target", "kind": kinds[0], "start": None}
        rows, start = self._target_page(at["kind"], at["start"], slice_, of)
        self._from_target(rows, seen)
        if start is not None:
            return {**at, "start": start}
        later = kinds[kinds.index(at["kind"]) + 1 :]
        return {"side": "target", "kind": later[0], "start": None} if later else None

    def _target_page(self, kind: str, start: Any, slice_: int, of: int) -> tuple[list[Row], Any]:
        if kind == CARTS:
            owners, last = self._carts.owners(start, slice_, of)
            return list(self._carts.find(owners).values()), last
        rows = self._rows.page(kind, start or "", slice_, of)
        return rows, own_key(rows[-1]) if rows else None

    def _from_source(self, found: Sequence[Found], seen: Pass) -> None:
        seen.items["items"] += len(found)
        others = [each for each in found if isinstance(each, Expired | Left)]
        seen.items.update("expired cart" if isinstance(each, Expired) else each.what for each in others)
        found = [each for each in found if not isinstance(each, Expired | Left)]
        rejected = self._rejected(found)
        seen.items["rejected"] += sum(each.key in rejected for each in found)
        seen.items["compared"] += sum(each.key not in rejected for each in found)
        for each in found:
            if isinstance(each, Bad) and each.key not in rejected:
                seen.parts[each.kind].compared += 1
                seen.suspects[(each.kind, each.key)] = Pair(each.kind, each.key, "")
        rows = [each for each in found if isinstance(each, Row) and each.key not in rejected]
        for kind in {row.kind for row in rows}:
            of_kind, part = [row for row in rows if row.kind == kind], seen.parts[kind]
            there = self._on_target(kind, of_kind)
            for row in of_kind:
                part.compared += 1
                part.source.add(row, seen.escrow)
                if not same(row, there.get(row.key), seen.escrow):
                    what = DIFFERENT if row.key in there else ONLY_SOURCE
                    pair = seen.suspects[(kind, row.key)] = Pair(kind, row.key, own_key(row), what)
                    pair.is_moving(row, there.get(row.key), seen.escrow)

    def _from_target(self, rows: Sequence[Row], seen: Pass) -> None:
        there = self._source.find_rows(rows)
        rejected = self._rejected(rows)
        for row in rows:
            if row.key in rejected:
                continue
            part = seen.parts[row.kind]
            part.target.add(row, seen.escrow)
            source = there.get(row.key)
            if not same(source if isinstance(source, Row) else None, row, seen.escrow):
                part.compared += not isinstance(source, Row)
                what = DIFFERENT if isinstance(source, Row) else ONLY_TARGET
                if (row.kind, row.key) not in seen.suspects:
                    pair = seen.suspects[(row.kind, row.key)] = Pair(row.kind, row.key, own_key(row), what)
                    pair.is_moving(source if isinstance(source, Row) else None, row, seen.escrow)

    def _on_target(self, kind: str, rows: Sequence[Row]) -> dict[str, Row]:
        """By row key. What was given up has no row, and is there when all of it is known."""
        if kind == CARTS:
            return self._carts.find([row.key for row in rows])
        found = {row.key: row for row in self._rows.find(kind, [own_key(row) for row in rows]).values()}
        if kind == KEYS:
            released = [row for row in rows if row.values["released"]]
            known = self._rows.given_up([name for row in released for name in row.values["released"]])
            found |= {row.key: row for row in released if known.issuperset(row.values["released"])}
        return found

    def _rejected(self, found: Sequence[Found]) -> set[str]:
        if not found:
            return set()
        keys = [each.key for each in found]
        return self._target.transaction(lambda session: rejects.among(session, entity_of(found[0].kind), keys))

    def _looked_again(self, seen: Pass) -> tuple[dict[str, Differences], list[Pair]]:
        """What stays different for a while, each of it read again from both sides: by kind, and all of it."""
        suspects = list(seen.suspects.values())
        left, rest = suspects[:MOST_AGAIN], suspects[MOST_AGAIN:]
        found = {kind: Differences() for kind in seen.parts}
        for _ in attempts(LOOKS, clock.monotonic() + PATIENCE_S):
            found = {kind: Differences() for kind in seen.parts}
            left = [pair for pair in left if self._differs(pair, seen, found[pair.kind])]
            if not left:
                break
        for pair in rest:
            found[pair.kind].add(pair.key, pair.what)
        return found, [*left, *rest]

    def _differs(self, pair: Pair, seen: Pass, found: Differences) -> bool:
        escrow = seen.escrow
        if pair.kind == CARTS and is_targets(pair.key, seen.weight):
            self._replayer.bring_carts([pair.key])
        there = self._source.find(pair.kind, [(pair.key, pair.own)]).get(pair.key)
        source = there if isinstance(there, Row) else None
        own = own_key(source) if source is not None else pair.own
        target = self._one(pair.kind, own, source, seen)
        if source is None and target is not None and target.key != pair.key:
            target = None  # a book that is in another category by now
        if isinstance(there, Bad):
            if self._rejected([there]):
                return False
            found.different.append({"key": pair.key, "field": WHOLE_ROW, "source": there.reason, "target": None})
        elif same(source, target, escrow) or pair.is_moving(source, target, escrow):
            return False
        elif source is None and target is not None:
            found.only_target.append(pair.key)
        elif target is None:
            found.only_source.append(pair.key)
        elif source is not None:
            found.different += fields(source, target, escrow)
        return True

    def _one(self, kind: str, own: str, source: Row | None, seen: Pass) -> Row | None:
        if kind == CARTS:
            whole = self._carts.find([own]) if own else {}
            return (self._replayer.unsold(whole) if is_targets(own, seen.weight) else whole).get(own)
        if source is not None:
            return self._on_target(kind, [source]).get(source.key)
        return self._rows.find(kind, [own]).get(own)


def _mark(row: Row | None, escrow: bool) -> str:
    return "" if row is None else digest(comparable(row, escrow))

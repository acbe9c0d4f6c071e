"""plan: what there is to move, and what has no place on the other side."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cloudshelf.migrate.context import Tools
from cloudshelf.migrate.interfaces import IN_TABLE, MigrationError
from cloudshelf.migrate.journal import NEW, PLANNED, State
from cloudshelf.migrate.syncing import Lag, lag


@dataclass(frozen=True, kw_only=True)
class Plan:
    """`rows` by entity, and `others`: those of kinds that do not move, by kind. `unmapped` and `rejects` are as the
    function names them. Unless `ready`, something comes first.
    """

    rows: Mapping[str, int]
    others: Mapping[str, Mapping[str, int]]
    unmapped: tuple[Mapping[str, Any], ...]
    rejects: tuple[Mapping[str, Any], ...]
    ready: bool

    def as_dict(self) -> dict[str, Any]:
        return {"rows": dict(self.rows), "others": {entity: dict(kinds) for entity, kinds in self.others.items()},
                "unmapped": list(self.unmapped), "expected_rejects": list(self.rejects),
                "ready": self.ready}  # fmt: skip

    def as_text(self) -> Iterator[str]:
        counts = (f"{rows:,} {IN_TABLE.get(entity, entity)}" for entity, rows in self.rows.items())
        yield f"To be moved: {', '.join(counts)}"
        for entity, kinds in self.others.items():
            for kind, count in kinds.items():
                yield f"  {entity}: {count:,} of the kind {kind} do not move"
        for each in self.unmapped:
            yield f"  {each['entity']}/{each['key']}: the mapping has no place for the attribute {each['attribute']}"
        for each in self.rejects:
            yield f"  {each['entity']}/{each['key']} would be rejected: {each['reason']}"
        yield "Ready." if self.ready else "Not ready: every attribute needs a place first."


def plan(tools: Tools) -> Plan:
    answer = tools.steps.invoke("plan", {})
    found = Plan(
        rows={entity: int(told["rows"]) for entity, told in answer["entities"].items()},
        others={entity: told["others"] for entity, told in answer["entities"].items() if told.get("others")},
        unmapped=tuple(answer["unmapped"]),
        rejects=tuple(answer["expected_rejects"]),
        ready=bool(answer["ready"]),
    )
    state = tools.journal.read()
    if state.step == NEW and found.ready:
        tools.journal.change(state, step=PLANNED)
    return found


COUNTED = ("lines", "keys", "written", "same", "rejected")


@dataclass(frozen=True, kw_only=True)
class Status:
    """`loaded` counts lines of export files by entity, `keys` those that are an order's idempotency key.

    `router` is None where nobody can ask it.
    """

    state: State
    lag: Lag
    loaded: Mapping[str, Mapping[str, int]]
    rejects: int
    unsigned: int
    router: Mapping[str, str] | None

    def as_dict(self) -> dict[str, Any]:
        state = self.state
        return {
            "step": state.step,
            "source": state.source,
            "target": state.target,
            "exported_at": state.t0,
            "weight": state.weight,
            "hold": [state.hold_from, state.hold_to],
            "back_office": state.back_office,
            "escrow": state.escrow,
            "moving": state.moving,
            "verified": state.details.get("verified"),
            "lag": {"seconds": self.lag.seconds, "forward": self.lag.forward, "reverse": self.lag.reverse},
            "loaded": {entity: dict(counts) for entity, counts in self.loaded.items()},
            "rejects": {"count": self.rejects, "unsigned": self.unsigned},
            "router": self.router,
        }

    def as_text(self) -> Iterator[str]:
        state = self.state
        yield f"{state.source or '?'} to {state.target or '?'}: {state.step}"
        if state.t0:
            yield f"Exported at {state.t0}"
        for entity, counts in self.loaded.items():
            told = ", ".join(f"{counts[name]:,} {name}" for name in COUNTED[2:])
            keys = f" ({counts['lines'] - counts['keys']:,} orders, {counts['keys']:,} idempotency keys)"
            yield f"  {entity:<8}{counts['lines']:>10,} rows read{keys if counts['keys'] else ''}: {told}"
        yield f"Shoppers on the new side: {state.weight} %"
        if state.moving:
            yield (
                f"Moving from {state.moving['from']} to {state.moving['to']} % by {state.moving['by']}; "
                f"writes of buckets {state.hold_from} to {state.hold_to} are held"
            )
        yield f"Back office: {state.back_office}; copies {'on one side each' if state.escrow else 'on the old side'}"
        yield (
            f"Behind by {self.lag.seconds:.1f} s; {self.lag.forward:,} marks wait to come over, "
            f"{self.lag.reverse:,} changes to go back"
        )
        yield f"Rejects: {self.rejects:,}, {self.unsigned:,} unsigned"
        if verified := state.details.get("verified"):
            differences, rows = verified["differences"], verified["compared"]
            yield f"Compared at {verified['at']}: {differences:,} differences in {rows:,} rows"
        if self.router is not None and self.router.get("weight") != str(state.weight):
            yield f"The router still reads {self.router.get('weight')} %: an unfinished shift. Repeat it, or roll back"


def status(tools: Tools) -> Status:
    answer = tools.steps.invoke("state", {})
    try:
        router: Mapping[str, str] | None = tools.router.read()
    except MigrationError:
        router = None
    return Status(
        state=State.of(answer),
        lag=lag(tools),
        loaded=_loaded(tools),
        rejects=int(answer["rejects"]),
        unsigned=int(answer["unsigned"]),
        router=router,
    )


def _loaded(tools: Tools) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for file in tools.steps.invoke("progress", {})["files"]:
        counts = found.setdefault(file["entity"], dict.fromkeys(COUNTED, 0))
        for name in COUNTED:
            counts[name] += int(file[name])
    return found

"""rejects: what could not be moved, with the reason; somebody has to answer for it before the migration is finished."""

import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from cloudshelf.migrate.context import Tools, until_done
from cloudshelf.migrate.interfaces import ENTITIES, KEYS, KINDS, Refused, Steps
from cloudshelf.migrate.journal import LOADED, SYNCED, VERIFIED, State
from cloudshelf.migrate.progress import Progress
from cloudshelf.migrate.syncing import drain, rebalance, replay


def rejected(steps: Steps) -> Iterator[Mapping[str, Any]]:
    """All of them, by entity and key."""
    after: Any = None
    while True:
        page = steps.invoke("rejects", {} if after is None else {"after": after})
        yield from page["rejects"]
        after = page.get("after")
        if after is None:
            return


def sign(steps: Steps, by: str, keys: Sequence[str]) -> int:
    """`keys` as `entity/key`; none are all. How many are unsigned still."""
    return int(steps.invoke("sign", {"by": by, "keys": list(keys) or "all"})["unsigned"])


SHOWN, LOOKS = 100, 12
# Looks in a row that find the same: what is found does not change any more.
SURE = 3
RELATIONS = "relations"
# As the function names them.
NAMES = {"keys": KEYS}
SUMMED = ("rows", "cents", "copies")


@dataclass(kw_only=True)
class Compared:
    """One of KINDS, on both sides. `totals` are by side: rows, cents, copies."""

    kind: str
    compared: int = 0
    differences: int = 0
    different: list[Mapping[str, Any]] = field(default_factory=list)
    only_source: list[str] = field(default_factory=list)
    only_target: list[str] = field(default_factory=list)
    totals: dict[str, dict[str, int]] = field(
        default_factory=lambda: {side: dict.fromkeys(SUMMED, 0) for side in ("source", "target")}
    )

    def differ(self, answer: Mapping[str, Any]) -> None:
        self.differences += int(answer["differences"])
        self.different += answer["different"]
        self.only_source += answer["only_source"]
        self.only_target += answer["only_target"]

    def count(self, answer: Mapping[str, Any]) -> None:
        self.compared += int(answer["compared"])
        for side, totals in self.totals.items():
            for name in SUMMED:
                totals[name] += int(answer["totals"][side][name])

    def as_dict(self) -> dict[str, Any]:
        return {
            "compared": self.compared,
            "differences": self.differences,
            "different": self.different[:SHOWN],
            "only_source": self.only_source[:SHOWN],
            "only_target": self.only_target[:SHOWN],
            "totals": self.totals,
        }


@dataclass(frozen=True)
class Slice:
    """The answers for a part of an entity, and the last one of those that looked again at what differed."""

    passes: Sequence[Mapping[str, Any]]
    again: Mapping[str, Any] | None


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What verify found. `relations` as the function tells them; `items` of the source, by entity and what became of
    them: compared, rejected, or a kind that does not move.
    """

    source: str
    target: str
    at: str
    weight: int
    escrow: bool
    kinds: tuple[Compared, ...]
    relations: Mapping[str, Any]
    items: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def differences(self) -> int:
        return sum(each.differences for each in self.kinds) + int(self.relations["differences"])

    @property
    def compared(self) -> int:
        return sum(each.compared for each in self.kinds)

    def as_dict(self) -> dict[str, Any]:
        return {
            "source": self.source,
            "target": self.target,
            "at": self.at,
            "weight": self.weight,
            "escrow": self.escrow,
            "compared": self.compared,
            "differences": self.differences,
            "kinds": {each.kind: each.as_dict() for each in self.kinds},
            "relations": dict(self.relations),
            "items": {entity: dict(counts) for entity, counts in self.items.items()},
        }


def verify(tools: Tools) -> Verdict:
    """Compares while shoppers go on: what changes meanwhile is brought over, and looked at again."""
    state = tools.journal.read()
    if not state.begun:
        raise Refused("There is nothing to compare yet: export and load come first.")
    drain(tools)
    with _keeping_up(tools):
        found, items = _entities(tools)
        relations = _relations(tools)
    verdict = Verdict(
        source=tools.source,
        target=tools.target,
        at=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        weight=state.weight,
        escrow=state.escrow,
        kinds=tuple(found),
        relations=relations,
        items=items,
    )
    _note(tools, verdict)
    return verdict


def _entities(tools: Tools) -> tuple[list[Compared], dict[str, Counter[str]]]:
    expected = sum(int(file["lines"]) for file in tools.steps.invoke("progress", {})["files"])
    with tools.told.bar("verify", expected) as bar, ThreadPoolExecutor(tools.workers) as pool:
        futures = [
            (entity, pool.submit(_slice, tools, entity, number, bar))
            for entity in ENTITIES
            for number in range(tools.slices)
        ]
        items: dict[str, Counter[str]] = {}
        found = {kind: Compared(kind=kind) for kind in KINDS}
        try:
            for entity, future in futures:
                part = future.result()
                for answer in part.passes:
                    items.setdefault(entity, Counter()).update(answer["source_items"])
                    for kind, told in answer["kinds"].items():
                        found[NAMES.get(kind, kind)].count(told)
                for answer in part.passes if part.again is None else [part.again]:
                    for kind, told in answer["kinds"].items():
                        found[NAMES.get(kind, kind)].differ(told)
        except BaseException:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    return list(found.values()), items


def _slice(tools: Tools, entity: str, number: int, bar: Progress) -> Slice:
    """What differs is looked at again, with all brought over in between: it may be what a shopper does just now."""
    passes = _compared(tools, entity, number, bar)
    last = passes[-1]
    again = None
    suspects = [each for answer in passes for each in answer["suspects"]]
    if sum(int(answer["differences"]) for answer in passes) > len(suspects):
        return Slice(passes, None)  # more than time would heal
    for _ in range(LOOKS):
        if not suspects:
            break
        drain(tools)
        part = {"entity": entity, "slice": number, "of": tools.slices}
        again = tools.steps.invoke("verify", {**part, "suspects": suspects, "counted": last["counted"]})
        last, suspects = again, again["suspects"]
    return Slice(passes, again)


def _compared(tools: Tools, entity: str, number: int, bar: Progress) -> list[Mapping[str, Any]]:
    answers: list[Mapping[str, Any]] = []
    for answer in until_done(tools.steps, "verify", entity=entity, slice=number, of=tools.slices):
        bar.add(sum(int(part["totals"]["source"]["rows"]) for part in answer["kinds"].values()))
        answers.append(answer)
    return answers


def _relations(tools: Tools) -> Mapping[str, Any]:
    """Both sides are not read in one moment: what counts is wrong however often it is looked at."""
    found = tools.steps.invoke("verify", {"entity": RELATIONS})
    alike = 1
    for _ in range(LOOKS):
        if not found["differences"] or alike == SURE:
            break
        drain(tools)
        replay(tools)
        if found["stock"].get("in_transit"):
            rebalance(tools)
        seen = tools.steps.invoke("verify", {"entity": RELATIONS, "before": found})
        alike = alike + 1 if seen["differences"] == found["differences"] else 1
        found = seen
    return found


@contextmanager
def _keeping_up(tools: Tools) -> Iterator[None]:
    """What shoppers write on the target meanwhile is brought to the source."""
    stop = threading.Event()
    failed: list[BaseException] = []

    def run() -> None:
        try:
            while not stop.is_set():
                for _ in until_done(tools.steps, "replay"):
                    pass
                stop.wait(tools.poll_s)
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run, name="replay", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()
    if failed:
        raise failed[0]


def _note(tools: Tools, verdict: Verdict) -> None:
    state: State = tools.journal.read()
    step = VERIFIED if state.step in (LOADED, SYNCED) and not verdict.differences else state.step
    told = {"at": verdict.at, "compared": verdict.compared, "differences": verdict.differences}
    state = tools.journal.change(state, step=step) if step != state.step else state
    tools.journal.note(state, verified=told)

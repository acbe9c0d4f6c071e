"""A shop on two sides with shoppers who never rest, behind the ports of the driver.

After every call of the driver each shopper wishes to buy, the router decides, and what it let in lands fifteen calls
later unless somebody waits for it. Rows travel as the engine's do: a side ignores what comes from the other about
shoppers it owns.
"""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from cloudshelf.migrate.context import Tools
from cloudshelf.migrate.interfaces import ENTITIES, Answer, Conflict, ExportJob, Refused

SOURCE, TARGET = "source", "target"
BUCKETS = (0, 4, 5, 24, 25, 49, 50, 99)
COPIES = 100_000
LATE = 15


class Crash(BaseException):
    """The terminal is gone, as after Ctrl-C or a power cut."""


@dataclass(frozen=True)
class Order:
    number: int
    bucket: int


@dataclass
class FakeShop:
    """`crash_at` is the number of the call that ends the process, `after` it was done or before."""

    crash_at: int = -1
    after: bool = False
    calls: int = 0
    state: dict[str, Any] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    orders: dict[str, set[Order]] = field(default_factory=lambda: {SOURCE: set(), TARGET: set()})
    copies: dict[str, int] = field(default_factory=lambda: {SOURCE: COPIES, TARGET: 0})
    acknowledged: set[Order] = field(default_factory=set)
    rejects: list[dict[str, Any]] = field(default_factory=list)
    under_way: list[tuple[int, Order, str]] = field(default_factory=list)
    forward: list[Order] = field(default_factory=list)
    reverse: list[Order] = field(default_factory=list)
    mark: int = -1
    jobs: dict[str, str] = field(default_factory=dict)
    loaded: set[str] = field(default_factory=set)
    # Of the lines of each file of orders.
    keys: int = 0
    wrong: int = 0
    refreshed: int = 0
    unequal: list[list[str]] = field(default_factory=list)
    _numbers: int = 0
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def __post_init__(self) -> None:
        self.values = {"weight": "0", "hold_from": "0", "hold_to": "0", "back_office": "open"}
        self.state = {
            "source": "",
            "target": "",
            "step": "new",
            "weight": 0,
            "hold_from": 0,
            "hold_to": 0,
            "back_office": "open",
            "escrow": False,
            "exports": {},
            "details": {},
            "version": 1,
            "t0": None,
        }

    def sold(self) -> int:
        return COPIES - sum(self.copies.values())

    @contextmanager
    def _call(self) -> Iterator[None]:
        with self._lock:
            self.calls += 1
            if self.calls == self.crash_at and not self.after:
                raise Crash
            self._shop()
            yield
            if self.calls == self.crash_at:
                raise Crash

    def _shop(self) -> None:
        landing = [each for each in self.under_way if each[0] <= self.calls - LATE]
        self._land(landing)
        first, last = int(self.values["hold_from"]), int(self.values["hold_to"])
        for bucket in BUCKETS:
            if not first <= bucket < last:
                self._numbers += 1
                side = TARGET if bucket < int(self.values["weight"]) else SOURCE
                self.under_way.append((self.calls, Order(self._numbers, bucket), side))

    def _land(self, landing: list[tuple[int, Order, str]]) -> None:
        gone = set(landing)
        self.under_way = [each for each in self.under_way if each not in gone]
        for _, order, side in landing:
            if self.copies[side]:
                self.copies[side] -= 1
                self.orders[side].add(order)
                self.acknowledged.add(order)
                (self.forward if side == SOURCE else self.reverse).append(order)

    # The migration function.

    def invoke(self, step: str, event: Mapping[str, Any]) -> Answer:
        with self._call():
            return dict(getattr(self, f"_{step}")(event))

    def _state(self, _: Mapping[str, Any]) -> Answer:
        return {**self.state, "rejects": len(self.rejects), "unsigned": self._unsigned()}

    def _set_state(self, event: Mapping[str, Any]) -> Answer:
        if event["version"] != self.state["version"]:
            raise Conflict("somebody else changed it")
        changed = {**self.state, **event["changes"]}
        assert changed["escrow"] or not changed["weight"]
        self.state = {**changed, "version": self.state["version"] + 1}
        return self.state

    def _withhold(self, event: Mapping[str, Any]) -> Answer:
        assert (str(event["first"]), str(event["last"])) == (self.values["hold_from"], self.values["hold_to"])
        return {}

    def _copies(self, _: Mapping[str, Any]) -> Answer:
        return {"unknown": 0}

    def _plan(self, _: Mapping[str, Any]) -> Answer:
        entities = {entity: {"rows": 10} for entity in ENTITIES}
        return {"entities": entities, "unmapped": [], "expected_rejects": [], "ready": True}

    def _begin(self, event: Mapping[str, Any]) -> Answer:
        self.state = {**self.state, **event, "step": "loading", "version": self.state["version"] + 1}
        return self.state

    def _files(self, _: Mapping[str, Any]) -> Answer:
        return {"files": [{"entity": e, "key": f"{e}/{n}", "rows": 5, "bytes": 50} for e in ENTITIES for n in range(2)]}

    def _load(self, event: Mapping[str, Any]) -> Answer:
        fresh = event["key"] not in self.loaded
        self.loaded.add(event["key"])
        if event["key"] == "orders/1":
            self.orders[TARGET] |= {order for order in self.orders[SOURCE] if order not in self.forward}
        return {"read": 5 * fresh, "written": 5 * fresh, "same": 0, "rejected": 0, "done": True}

    def _progress(self, _: Mapping[str, Any]) -> Answer:
        counts = {"lines": 5, "written": 5, "same": 0, "rejected": 0, "expired": 0, "others": 0, "done": True}
        files = [{"key": key, "entity": key.partition("/")[0], **counts} for key in sorted(self.loaded)]
        return {"files": [{**file, "keys": self.keys if file["entity"] == "orders" else 0} for file in files]}

    def _lag(self, event: Mapping[str, Any]) -> Answer:
        if event.get("mark"):
            self.mark = self._numbers
        self._stream(12)
        waiting = sum(order.number <= self.mark for order in self.forward)
        return {
            "seconds": 0.0,
            "marks_waiting": waiting,
            "forward_waiting": waiting,
            "reverse_waiting": len(self.reverse),
        }

    def _stream(self, most: int) -> None:
        for order in self.forward[:most]:
            if order.bucket >= self.state["weight"]:
                self.orders[TARGET].add(order)
        del self.forward[:most]

    def _sync(self, _: Mapping[str, Any]) -> Answer:
        self._stream(12)
        return {"done": True}

    def _replay(self, _: Mapping[str, Any]) -> Answer:
        batch, self.reverse = self.reverse[:40], self.reverse[40:]
        for order in batch:
            if order.bucket < self.state["weight"]:
                self.orders[SOURCE].add(order)
        return {"applied": len(batch), "left": len(self.reverse), "done": not self.reverse}

    def _refresh(self, _: Mapping[str, Any]) -> Answer:
        assert self.state["weight"] == 0
        self.refreshed += 1
        return {"written": 5, "same": 0, "rejected": 0, "after": None, "done": True}

    def _rebalance(self, _: Mapping[str, Any]) -> Answer:
        if not self.state["escrow"]:
            return {"moved": 0, "in_transit": 0, "done": True}
        whole = sum(self.copies.values())
        target = whole * self.state["weight"] // 100
        moved = abs(target - self.copies[TARGET])
        self.copies = {SOURCE: whole - target, TARGET: target}
        return {"moved": moved, "in_transit": 0, "done": True}

    def _verify(self, event: Mapping[str, Any]) -> Answer:
        if event["entity"] == "relations":
            unequal = [{"key": key} for key in (self.unequal.pop(0) if self.unequal else [])]
            before = event.get("before")
            if before is not None:
                unequal = [each for each in unequal if each in before["stock"]["different"]]
            return {"orphans": {"items_without_their_book": self.wrong}, "stock": {"different": unequal},
                    "orders_of_users": {"different": []}, "differences": self.wrong + len(unequal),
                    "done": True}  # fmt: skip
        side = {"rows": 10, "cents": 100, "copies": 5, "checksum": "0"}
        part = {"compared": 10, "differences": 0, "different": [], "only_source": [], "only_target": [],
                "totals": {"source": side, "target": side}}  # fmt: skip
        kinds = ("orders", "keys") if event["entity"] == "orders" else (event["entity"],)
        return {"compared": 10 * len(kinds), "differences": 0, "kinds": dict.fromkeys(kinds, part), "done": True,
                "source_items": {}, "suspects": [], "counted": {}, "after": None}  # fmt: skip

    def _rejects(self, _: Mapping[str, Any]) -> Answer:
        return {"rejects": self.rejects, "after": None}

    def _sign(self, event: Mapping[str, Any]) -> Answer:
        for each in self.rejects:
            if event["keys"] == "all" or f"{each['entity']}/{each['key']}" in event["keys"]:
                each["signed_by"] = event["by"]
        return {"unsigned": self._unsigned()}

    def _unsigned(self) -> int:
        return sum(not each["signed_by"] for each in self.rejects)

    def _finish(self, _: Mapping[str, Any]) -> Answer:
        if self._unsigned():
            raise Refused("unsigned rejects")
        self.state = {**self.state, "step": "finished", "version": self.state["version"] + 1}
        return self.state

    def _end_capture(self, _: Mapping[str, Any]) -> Answer:
        return {"done": True}

    # The router.

    def read(self) -> dict[str, str]:
        with self._call():
            return dict(self.values)

    def put(self, values: Mapping[str, str]) -> None:
        with self._call():
            self.values.update(values)

    def spread(self) -> None:
        with self._call():
            pass

    def settle(self) -> None:
        with self._call():
            self._land(list(self.under_way))

    # The exports.

    def tables(self) -> Mapping[str, str]:
        return {entity: f"source-{entity}" for entity in ENTITIES}

    def start(self, _entity: str, table: str, token: str) -> ExportJob:
        with self._call():
            arn = self.jobs.setdefault(token, f"arn:{table}/export/{len(self.jobs)}")
            return ExportJob(arn=arn, done=False)

    def look(self, arn: str) -> ExportJob:
        with self._call():
            return ExportJob(arn=arn, done=True, prefix=f"exports/{arn[-1]}", items=5)


class Silent:
    """Nobody is told, but what was said is kept."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, line: str) -> None:
        self.lines.append(line)

    @contextmanager
    def bar(self, _label: str, _total: int) -> Iterator["Silent"]:
        yield self

    def add(self, _count: int) -> None: ...

    def reach(self, _done: int, _total: int) -> None: ...


def tools(shop: FakeShop) -> Tools:
    return Tools(
        source="phase1",
        target="phase2",
        steps=shop,
        router=shop,
        exports=shop,
        told=Silent(),
        workers=1,
        slices=1,
        pause=lambda _: None,
        poll_s=0.001,
    )

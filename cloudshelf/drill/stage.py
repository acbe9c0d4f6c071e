"""Where a drill takes place: a local cloud of its own, shoppers, and a list of what has to hold."""

import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from cloudshelf.catalog.credentials import Account
from cloudshelf.drill.report import Check, Report
from cloudshelf.drill.witness import NotSeen, Witness, answers
from cloudshelf.load import Event, Load, Outcome, audit
from cloudshelf.local.cloud import LocalCloud
from cloudshelf.local.databases import Database
from cloudshelf.local.lambdas.function import Function
from cloudshelf.local.metrics import alarms


@dataclass(kw_only=True)
class Stage:
    """`shoppers` is how many a drill sends. `say` takes a line for the terminal."""

    cloud: LocalCloud
    report: Report
    shoppers: int
    say: Callable[[str], None]
    closing: ExitStack = field(default_factory=ExitStack)

    def __post_init__(self) -> None:
        self.began = time.time()
        known = self.cloud.accounts["admin"]
        self.admin = Account(known.email, known.password)

    @property
    def prefix(self) -> str:
        return f"cloudshelf-{self.cloud.stack}"

    @property
    def database(self) -> Database:
        (only,) = self.cloud.world.databases.instances.values()
        return only

    def function(self, service: str) -> Function:
        return self.cloud.world.functions.deployed[f"{self.prefix}-{service}"]

    def step(self, what: str) -> float:
        """The moment it began."""
        self.report.steps.append(what)
        self.say(f"- {what}")
        return time.time()

    def expect(self, what: str, held: bool, detail: str = "") -> None:
        self.report.checks.append(Check(what=what, held=held, detail=detail))
        self.say(f"  {'ok  ' if held else 'FAIL'} {what}{f': {detail}' if detail else ''}")

    def send(self, witness: Witness, **options: Any) -> Load:
        """Shoppers on their way; they stop when the drill ends, if they were not stopped before."""
        load = Load(self.cloud.url, self.shoppers, admin=self.admin, on_event=witness, **options)
        load.start()
        self.closing.callback(load.stop)
        return load

    def expect_orders(self, what: str, seen: Witness, count: int, *, since: float) -> None:
        """That so many more orders are acknowledged; NotSeen, which ends the drill, if they are not."""
        try:
            seen.wait_for_orders(count, since=since)
        except NotSeen as reason:
            self.expect(what, False, str(reason))
            raise
        self.expect(what, True, answers(seen.between(since)))

    def expect_answers(self, who: str, events: list[Event], allowed: Callable[[Event], bool]) -> None:
        """That nothing else was seen than what is allowed."""
        others = [event for event in events if not allowed(event)]
        self.expect(who, not others, answers(others or events))

    def expect_nothing_lost(self, *outcomes: Outcome) -> None:
        """Every order a shopper was told of is there, once, as it was told; every copy is accounted for."""
        for outcome in outcomes:
            found = audit(self.cloud.url, outcome, self.admin)
            self.expect(
                "nothing is lost, doubled or changed",
                not found.findings and found.compared > 0,
                "; ".join(found.findings[:3]) or f"{found.compared} acknowledged orders compared, every copy counted",
            )
            self.expect("no shopper was left without an answer", not outcome.unclear and not outcome.faults,
                        "; ".join(outcome.faults[:3]) or f"{len(outcome.unclear)} wishes without one")  # fmt: skip
            self.report.figures = outcome.as_dict()

    def expect_alarms(self, named: Iterable[str], *, faster: float = 1.0, silent: Iterable[str] = ()) -> None:
        """That the declared alarms of these names went off since the drill began, and some others did not."""
        self.report.faster = faster
        found = alarms.fired(
            alarms.declared(self.cloud.graph), self.cloud.world.metrics, self.began, time.time(), faster=faster
        )
        self.report.alarms = {each.alarm.name.removeprefix(f"{self.prefix}-"): each.after_s for each in found}
        rules = {each.alarm.name.removeprefix(f"{self.prefix}-"): each.alarm.rule for each in found}
        for name in named:
            self.expect(f"the alarm {name} goes off", name in rules, rules.get(name, "it did not"))
        for name in silent:
            self.expect(f"the alarm {name} stays silent", name not in rules, rules.get(name, ""))

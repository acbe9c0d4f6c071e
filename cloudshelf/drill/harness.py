"""A local stack with shoppers who buy, what they saw, and a drill's report."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from typing import Any

from cloudshelf.client import ShopClient
from cloudshelf.load import Event, Load, Outcome, audit, raw
from cloudshelf.load.inventory import newcomers
from cloudshelf.local.cloud import LocalCloud
from cloudshelf.local.databases import Database
from cloudshelf.local.lambdas.function import Function
from cloudshelf.local.metrics import alarms
from cloudshelf.local.postgres.server import PostgresServer
from cloudshelf.terminal import Account
from cloudshelf.validate.caller import Caller, told

__all__ = ["Person", "told"]


class Person(Caller):
    """Signed up and signed in."""

    def __init__(self, url: str) -> None:
        account = newcomers(url)(0)
        with ShopClient(url) as client:
            client.sign_in(account.email, account.password)
            super().__init__(url, client.id_token() or "")
            self.user_id = str(client.call("getMe").body["user_id"])


OWN = "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"


def name_of(database: Database) -> str:
    """The shop's database on its server: the only one that is not PostgreSQL's own."""
    connection = database.server.connect()
    try:
        ((name,),) = connection.run(OWN)
        return str(name)
    finally:
        connection.close()


def run(database: Database, sql: str, server: PostgresServer | None = None, **values: Any) -> list[list[Any]]:
    """The rows. `server` is asked in place of the database's own: another with the same database."""
    connection = (server or database.server).connect(database=name_of(database))
    try:
        return connection.run(sql, **values) or []
    finally:
        connection.close()


Wanted = Callable[[Event], bool]
PATIENCE_S = 120.0
BOUGHT = ("createOrder", 201)


class NotSeen(Exception):
    """Nobody saw it in time; the text says what."""


class Witness:
    """Give it to a Load as `on_event`."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._news = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._news:
            self._events.append(event)
            self._news.notify_all()

    def wait(self, what: str, count: int, wanted: Wanted, *, since: float = 0.0, within_s: float = PATIENCE_S) -> None:
        """Until so many events after a moment are what is wanted."""

        def enough() -> bool:
            return sum(wanted(event) for event in self._events if event.at >= since) >= count

        with self._news:
            if not self._news.wait_for(enough, timeout=within_s):
                raise NotSeen(f"within {within_s:.0f} s no {count} times: {what}")

    def wait_for_orders(self, count: int, *, since: float = 0.0) -> None:
        self.wait("an order was acknowledged", count, bought, since=since)

    def between(self, start: float, end: float | None = None) -> list[Event]:
        until = time.time() if end is None else end
        with self._news:
            return [event for event in self._events if start <= event.at <= until]


def bought(event: Event) -> bool:
    return (event.operation, event.status) == BOUGHT


def answers(events: list[Event]) -> str:
    """In words: 503 unavailable x12, 200 x40."""
    counted = Counter(f"{event.status or 'no answer'} {event.code}".strip() for event in events)
    return ", ".join(f"{answer} x{count}" for answer, count in sorted(counted.items())) or "nothing"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that had to hold. `detail` is what was seen."""

    what: str
    held: bool
    detail: str = ""


@dataclass(kw_only=True)
class Report:
    """`alarms` are the declared alarms that went off, with the seconds after the beginning; `faster` is how many times
    their periods were shortened. `figures` are what the shoppers counted.
    """

    drill: str
    stack: str
    faster: float = 1.0
    steps: list[str] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    alarms: dict[str, float] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return bool(self.checks) and all(check.held for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        return {
            "drill": self.drill,
            "stack": self.stack,
            "passed": self.passed,
            "steps": self.steps,
            "checks": [vars(check) for check in self.checks],
            "alarms": self.alarms,
            "alarm_periods_shortened": self.faster,
            "load": self.figures,
        }

    def summary(self) -> Iterator[str]:
        fired = ", ".join(f"{name} after {seconds:.0f} s" for name, seconds in self.alarms.items()) or "none"
        scaled = f" (their periods {self.faster:g} times shorter)" if self.faster != 1 else ""
        yield f"alarms that went off{scaled}: {fired}"
        held = sum(check.held for check in self.checks)
        yield f"{self.drill} on {self.stack}: {held} of {len(self.checks)} checks held"


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
        self.expect_stored(*outcomes)

    def expect_stored(self, *outcomes: Outcome) -> None:
        """The same of the store itself, without the shop's code: it has the orders of all these shoppers."""
        together = replace(
            outcomes[0],
            sales=tuple(sale for each in outcomes for sale in each.sales),
            unclear=tuple(wish for each in outcomes for wish in each.unclear),
            accounts=tuple(account for each in outcomes for account in each.accounts),
            shelf={book: copies for each in outcomes for book, copies in each.shelf.items()},
        )
        store = raw.read(self.cloud)
        found = raw.audit_raw(store, together, raw.shoppers(self.cloud.url, together), raw.in_all(store))
        self.expect("the store itself has lost, doubled or changed nothing", not found.findings,
                    "; ".join(found.findings[:3]) or f"{found.compared} orders read from it")  # fmt: skip

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

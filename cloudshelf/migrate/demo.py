"""The whole story on this machine: two stacks, shoppers who never stop, and nothing lost between them."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cloudshelf.client import ShopClient
from cloudshelf.load import Audit, Load, Outcome, audit, raw
from cloudshelf.load.inventory import newcomers
from cloudshelf.local import demo as local_demo
from cloudshelf.migrate.backends import local_tools
from cloudshelf.migrate.context import Tools
from cloudshelf.migrate.exports import export
from cloudshelf.migrate.interfaces import MigrationError, Refused
from cloudshelf.migrate.loading import load
from cloudshelf.migrate.pair import Pair
from cloudshelf.migrate.progress import Told
from cloudshelf.migrate.report import Report, differences, headline
from cloudshelf.migrate.shift import finish, shift
from cloudshelf.migrate.status import plan
from cloudshelf.migrate.syncing import replay, sync
from cloudshelf.migrate.verifying import Verdict, rejected, verify
from cloudshelf.terminal import Account

WEIGHTS = (5, 25, 50, 100)
# What a load of its own sends must not be throttled away.
GENEROUS = {"cloudshelf:throttleRate": "10000", "cloudshelf:throttleBurst": "5000"}
BOOKS, COPIES, THINK_S = 60, 200, 1.0
FIRST_ORDERS, MORE_ORDERS, PATIENCE_S, LOOK_S = 15, 8, 60.0, 0.2


@dataclass(frozen=True, kw_only=True)
class Result:
    """`old` and `new` are the ledger held against each side's store, `shown` against what shoppers see of theirs."""

    verdict: Verdict
    outcome: Outcome
    old: Audit
    new: Audit
    shown: Audit
    page: Path
    seconds: float

    @property
    def is_good(self) -> bool:
        return not (self.verdict.differences or findings(self))

    def as_dict(self) -> dict[str, Any]:
        return {
            "good": self.is_good,
            "seconds": round(self.seconds, 1),
            "differences": self.verdict.differences,
            "orders": len(self.outcome.sales),
            "findings": list(findings(self)),
            "report": str(self.page),
        }


@dataclass(kw_only=True)
class Demo:
    """`shoppers` buy from before the export until after the last shift."""

    source: str
    target: str
    port: int
    shoppers: int
    root: Path
    reports: Path
    told: Told
    story: list[str] = field(default_factory=list)

    def run(self) -> Result:
        self._started = time.monotonic()
        with Pair(source=self.source, target=self.target, port=self.port, root=self.root, overrides=GENEROUS) as pair:
            self._tell(f"The old shop, {self.source}, is open on {pair.url}")
            self._tell(local_demo.import_catalogue(pair.url, pair.old.accounts["admin"], threading.Event()))
            with self._load(pair) as shoppers:
                self._tell(f"{self.shoppers} shoppers sign up and buy, and go on until the last one has moved")
                self._wait_for_orders(shoppers, FIRST_ORDERS)
                pair.open_new()
                self._tell(f"The new shop, {self.target}, is there, and nobody buys in it: {pair.new.url}")
                tools = local_tools(pair.endpoints, self.told)
                self._move(tools, shoppers)
            outcome = shoppers.so_far()
            return self._end(pair, tools, outcome)

    def _move(self, tools: Tools, shoppers: Load) -> None:
        for line in plan(tools).as_text():
            self._tell(line)
        self._tell(f"Exported; the changes since {export(tools).t0} come by the streams")
        done = load(tools)
        rows = f"{done['read']:,} rows read, {done['keys']:,} of them idempotency keys of orders"
        self._tell(f"Loaded: {rows}; {done['written']:,} written, {done['rejected']:,} rejected")
        self._tell(f"Synced: {sync(tools).as_line()}")
        verdict = verify(tools)
        self._tell(f"Verified while they buy: {headline(verdict)}")
        for line in differences(verdict):
            self.told.say(line)
        for weight in WEIGHTS:
            begun = time.monotonic()
            shift(tools, weight)
            seconds = time.monotonic() - begun
            self._tell(f"{weight} % of the shoppers are on {self.target}, after {seconds:.1f} s")
            self._wait_for_orders(shoppers, len(shoppers.so_far().sales) + MORE_ORDERS)

    def _end(self, pair: Pair, tools: Tools, outcome: Outcome) -> Result:
        self._tell(f"{len(outcome.sales)} orders were acknowledged; {held(outcome)} answers asked to try again")
        replay(tools, carts=True)
        verdict = verify(tools)
        self._tell(f"Verified: {headline(verdict)}")
        shown = audit(pair.url, outcome, _admin(pair))
        old, new = audit_both(pair, outcome)
        self._tell(f"Finished: {_finished(tools)}")
        seconds = time.monotonic() - self._started
        self._tell(f"All of it took {seconds:.0f} s")
        report = Report(
            verdict=verdict,
            rejects=list(rejected(tools.steps)),
            story=self.story,
            sales=sales(outcome, {self.source: old, self.target: new}),
        )
        page, _ = report.write(self.reports)
        return Result(verdict=verdict, outcome=outcome, old=old, new=new, shown=shown, page=page, seconds=seconds)

    def _load(self, pair: Pair) -> Load:
        return Load(
            pair.url,
            self.shoppers,
            seed=1,
            admin=_admin(pair),
            accounts=known_by_name(pair.url),
            books=BOOKS,
            copies=COPIES,
            think_s=THINK_S,
        )

    def _wait_for_orders(self, shoppers: Load, orders: int) -> None:
        until = time.monotonic() + PATIENCE_S
        while len(shoppers.so_far().sales) < orders:
            if time.monotonic() > until:
                faults = shoppers.so_far().faults
                raise MigrationError(f"the shoppers have stopped buying: {faults[0] if faults else 'nobody says why'}")
            time.sleep(LOOK_S)

    def _tell(self, line: str) -> None:
        stamped = f"{time.monotonic() - self._started:5.1f} s  {line}"
        self.story.append(stamped)
        self.told.say(stamped)


def known_by_name(url: str) -> Callable[[int], Account]:
    """Newcomers who say who they are, so that there are people to move."""
    sign_up = newcomers(url)

    def account(number: int) -> Account:
        made = sign_up(number)
        with ShopClient(url) as client:
            client.sign_in(made.email, made.password)
            client.call("updateMe", body={"first_name": f"Shopper {number}", "phone": "+1 555 0100"})
        return made

    return account


def _admin(pair: Pair) -> Account:
    account = pair.old.accounts["admin"]
    return Account(account.email, account.password)


def audit_both(pair: Pair, outcome: Outcome) -> tuple[Audit, Audit]:
    """The ledger against both stores as they are, without the shop's code or the router between."""
    old, new = raw.read(pair.old), raw.read(pair.new)
    emails, copies = raw.shoppers(pair.url, outcome), raw.in_all(old, new)
    return (raw.audit_raw(old, outcome, emails, copies), raw.audit_raw(new, outcome, emails, copies))


def held(outcome: Outcome) -> int:
    """Answers that asked a shopper to come again: writes held while their range moved."""
    return outcome.statuses.get(503, 0)


def sales(outcome: Outcome, sides: Mapping[str, Audit]) -> dict[str, Any]:
    """What became of the orders that shoppers were told of."""
    found: dict[str, Any] = {"Orders acknowledged": len(outcome.sales), "Without an answer": len(outcome.unclear)}
    for side, compared in sides.items():
        found[f"Lost on {side}"] = len(compared.lost)
        found[f"Doubled on {side}"] = len(compared.doubled)
        found[f"Changed on {side}"] = len(compared.changed)
    found["Books sold more often than there were"] = sum(len(each.copies) for each in sides.values())
    return found


def findings(result: Result) -> Sequence[str]:
    return (*result.old.findings, *result.new.findings, *result.shown.findings, *result.outcome.faults)


def _finished(tools: Tools) -> str:
    try:
        return f"the step is {finish(tools).step}"
    except Refused as reason:
        return f"not yet: {reason}"

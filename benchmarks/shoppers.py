"""The shop of phase2 on this machine under ten shoppers and a hundred: how fast, how reliable, what gives way first."""

import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.local_start import Copies, free_port, started, until_a_book
from benchmarks.measuring import Taken, taken
from benchmarks.results import TIMES, Figure, Findings, at_most
from cloudshelf.load import Audit, Load, Outcome, audit
from cloudshelf.terminal import Account, local_admin

STACK = "phase2"
SEED = 1
# Enough copies that nothing is sold out however long it takes.
COPIES = 100_000
MB = 1024 * 1024
FIRST = (
    "The local cloud is one Python process, which is gateway, sign-in and DynamoDB: it runs on one processor at a "
    "time, and requests wait for it. AWS has neither limit; there the 429 come first, which are the stage's "
    "throttleRate."
)
# New processes and caches fill in the beginning.
SETTLING = 0.2


@dataclass(frozen=True)
class Rush:
    """What came of so many shoppers. `memory` are megabytes, evenly spaced in time."""

    shoppers: int
    outcome: Outcome
    compared: Audit
    cpu_s: Counter[str]
    memory: Sequence[float]

    @property
    def wrong(self) -> int:
        return self.outcome.failures + len(self.outcome.faults) + len(self.compared.findings)


def run(*, quick: bool) -> Findings:
    seconds = {10: 10, 100: 10} if quick else {10: 600, 100: 120}
    with tempfile.TemporaryDirectory(prefix="cloudshelf-bench-") as folder:
        copy, port = Copies(Path(folder)).fresh(STACK), free_port()
        url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "cloudshelf", "local", STACK, "--port", str(port)]
        with started([command], copy) as (since, (shop,)):
            until_a_book(f"{url}/api/v1/books?limit=1", since)
            admin = local_admin(url, copy / ".local" / "credentials.json")
            rushes = [_rush(url, shop, admin, shoppers, length) for shoppers, length in seconds.items()]
    figures = [figure for rush in rushes for figure in _figures(rush, of_memory=seconds[rush.shoppers] >= 600)]
    return Findings(figures, [note for rush in rushes for note in _notes(rush)])


def _rush(url: str, shop: "subprocess.Popen[bytes]", admin: Account | None, shoppers: int, seconds: float) -> Rush:
    load = Load(url, shoppers, SEED, admin, copies=COPIES)
    before = taken(shop.pid)
    load.start()
    memory = list(_memory(shop, seconds))
    outcome, after = load.stop(), taken(shop.pid)
    return Rush(shoppers, outcome, audit(url, outcome, admin), _since(before, after), memory)


def _since(before: Taken, after: Taken) -> Counter[str]:
    spent = Counter(after.cpu_s)
    spent.subtract(before.cpu_s)
    return spent


def _memory(shop: "subprocess.Popen[bytes]", seconds: float, looks: int = 60) -> Iterator[float]:
    until = time.monotonic() + seconds
    for left in range(looks, 0, -1):
        time.sleep(max(0.0, (until - time.monotonic()) / left))
        yield taken(shop.pid).memory / MB


def _figures(rush: Rush, *, of_memory: bool) -> Iterator[Figure]:
    outcome = rush.outcome
    yield Figure(
        name=f"{rush.shoppers} shoppers: errors but 429, and orders lost, doubled or changed",
        value=rush.wrong,
        unit="",
        target=at_most(0),
        measured=f"{outcome.requests:,} requests in {outcome.seconds:.0f} s, {outcome.throttled:,} of them 429; "
        f"{len(outcome.sales):,} orders",
    )
    if of_memory:
        settled = rush.memory[int(len(rush.memory) * SETTLING) :]
        tenth = max(1, len(settled) // 10)
        first, last = sum(settled[:tenth]) / tenth, sum(settled[-tenth:]) / tenth
        yield Figure(
            name=f"{rush.shoppers} shoppers for {outcome.seconds / 60:.0f} minutes: memory, end beside beginning",
            value=last / first,
            unit=TIMES,
            target=at_most(1.1),
            measured=f"{last:.0f} MB",
            reference=f"{first:.0f} MB, once settled",
        )


def _notes(rush: Rush) -> Iterator[str]:
    whole = sum(rush.cpu_s.values()) or 1
    shares = ", ".join(f"{kind} {spent / whole:.0%}" for kind, spent in rush.cpu_s.most_common())
    yield f"{rush.shoppers} shoppers: of {whole:.0f} s of processor time {shares}; the shoppers' own is not in it."
    yield f"{rush.shoppers} shoppers: what gives way first is {rush.cpu_s.most_common(1)[0][0]}. {FIRST}"
    for name, each in rush.outcome.operations.items():
        yield (
            f"{rush.shoppers} shoppers, `{name}`: {each.count:,} times, p50 {each.p50:.0f}, p95 {each.p95:.0f}, "
            f"p99 {each.p99:.0f} ms"
        )

"""Checkout of three books by eight buyers at once, beside pgbench running the same statement, and the usual way."""

import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from benchmarks import contention, pgbench
from benchmarks.buyers import Buyers, Place, Run
from benchmarks.database import NAME, ShopDatabase, shop_database, stock
from benchmarks.figures import Figure, Target, at_least, at_most, beside
from benchmarks.findings import Findings
from benchmarks.pairs import Ratio, Samples, Side, interleaved

BUYERS = 8
MANY, FEW = 5000, 20
# So popular that no sale of this run moves a book into another tier, which would rewrite its indexes.
COPIES, SOLD_BEFORE = 100_000_000, 20_000
SETTINGS = {"shared_buffers": "512MB", "max_wal_size": "4GB"}
USUAL = (
    "among few books orders wait for one another's commit in either way; what the single statement saves are the trips "
    "in between, which on one machine take next to no time."
)
WAYS = {"uniform": ("sale", "usual", "whole"), "hot": ("sale", "usual")}
SPREADS = {"uniform": MANY, "hot": FEW}


def run(*, quick: bool) -> Findings:
    seconds, rounds = (1, 3) if quick else (5, 7)
    with shop_database(SETTINGS, durable=True) as database, tempfile.TemporaryDirectory() as folder:
        books = stock(database, MANY, COPIES, SOLD_BEFORE)
        samples, cpu_s = _measure(database, books, pgbench.script(Path(folder)), seconds, rounds)
        deadlocks = database.run("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")[0][0]
    race = contention.run(1000 if quick else 10_000, in_memory=True, quiet=True)
    wrong = race.oversold + race.lost + race.doubled + race.left_behind
    notes = () if pgbench.binary() else ("pgbench is not installed (Debian: postgresql-15); its ratios are left out.",)
    return Findings(
        [
            *_figures(samples, _reason(cpu_s)),
            Figure(name="deadlocks, this and the race", value=deadlocks + race.deadlocks, unit="", target=at_most(0)),
            Figure(
                name="copies oversold, orders lost or doubled in a sell-out race with every tenth key replayed",
                value=wrong,
                unit="",
                target=at_most(0),
                measured=f"{race.orders} orders, {contention.BOOKS} books, {contention.SHOPPERS} buyers",
            ),
        ],
        notes,
    )


def _measure(
    database: ShopDatabase, books: Sequence[str], script: Path, seconds: int, rounds: int
) -> tuple[Samples, float]:
    login = database.login("orders")
    place = Place(login.host, login.port, NAME, login.password())
    with Buyers(place, BUYERS) as buyers:
        sides: dict[str, Side] = {}
        for spread, count in SPREADS.items():
            for way in WAYS[spread]:
                sides[f"{way}, {spread}"] = partial(buyers.orders_a_second, Run(way, books[:count], seconds))
            if pgbench.binary() is not None:
                sides[f"pgbench, {spread}"] = partial(
                    pgbench.orders_a_second, database, script, books=count, clients=BUYERS, seconds=seconds
                )
        return interleaved(sides, rounds), buyers.cpu_s["sale"]


def _figures(samples: Samples, reason: str) -> Iterator[Figure]:
    has_pgbench = pgbench.binary() is not None
    for spread, count in SPREADS.items() if has_pgbench else ():
        name = f"the sale among {count:,} books"
        yield _figure(samples, name, f"sale, {spread}", f"pgbench, {spread}", at_least(0.85), reason)
    waiting = _waiting(samples) if has_pgbench else ""
    yield _figure(samples, "the sale, hot beside uniform", "sale, hot", "sale, uniform", at_least(0.5), waiting)
    for spread in SPREADS:
        name = f"the sale beside the usual transaction, {spread}"
        yield _figure(samples, name, f"sale, {spread}", f"usual, {spread}", at_least(1.8), USUAL)
    yield _figure(samples, "a whole checkout (look, sale, settlement)", "whole, uniform", "sale, uniform", None)


def _waiting(samples: Samples) -> str:
    ratio = samples.ratio("pgbench, hot", "pgbench, uniform")
    return (
        f"pgbench's own ratio in this run is {ratio.median:.2f}: with {FEW} books nearly every order waits for one "
        "before it, until that is committed."
    )


def _figure(samples: Samples, name: str, side: str, reference: str, target: Target | None, reason: str = "") -> Figure:
    ratio: Ratio = samples.ratio(side, reference)
    return beside(
        ratio,
        name=name,
        target=target,
        measured=f"{side}: {samples.median(side):,.0f} orders/s",
        reference=f"{reference}: {samples.median(reference):,.0f} orders/s",
        reason=reason,
    )


def _reason(cpu_s: float) -> str:
    return (
        f"a buyer in Python takes {cpu_s * 1_000_000:.0f} µs of a processor for an order, pgbench next to none, and "
        "server and buyers share this machine's cores; on AWS a function's processor is its own."
    )

"""PostgreSQL's own load generator, running the sale's statement."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from orders.checkout_sql import SELL

from benchmarks import contention
from benchmarks.buyers import Buyers, Place, Run
from benchmarks.database import NAME, ShopDatabase, shop_database, stock
from benchmarks.measuring import Ratio, Samples, Side, interleaved
from benchmarks.results import Figure, Findings, Target, at_least, at_most, beside
from cloudshelf.local.postgres.binaries import folders

THREADS = 2
# What the program makes of a cart, made by pgbench and the server instead: three books, an order, its keys.
ITEM = (
    '{{"place":{place},"id":"%s","book_id":"book-%s","category":"Shelf","title":"A book","price":"10.00",'
    '"quantity":1,"cart_line":"%s"}}'
)
DRAWN = """\\set b1 random(1, :books)
\\set b2 1 + (:b1 + random(0, :books / 3 - 1)) % :books
\\set b3 1 + (:b1 + :books / 3 + random(0, :books / 3)) % :books
\\set n random(1, 9000000000000000)
"""
VALUES = {
    "id": "gen_random_uuid()",
    "order_id": "('order-2026-01-01-' || :n)",
    "user": "(lpad(to_hex(:n::bigint), 32, '0'))",
    "user_id": "('shopper-' || :n)",
    "status": "'confirmed'",
    "day": "'2026-01-01'",
    "subtotal": "30.00",
    "tax": "0",
    "shipping": "0",
    "total": "30.00",
    "currency": "'USD'",
    "address": """'{"street":"1 Main St","city":"Anytown","postal_code":"12345","country":"US"}'""",
    "now": "now()",
    "key": "('key-' || :n)",
    "fingerprint": "md5('a wish')",
    "authorisation": "('auth-' || :n)",
    "payment": "'authorised'",
    "lines": "'{}'",
}
SPEED = re.compile(r"^tps = ([0-9.]+)", re.MULTILINE)
FAILED = re.compile(r"^number of failed transactions: ([0-9]+)", re.MULTILINE)


def pgbench_binary() -> str | None:
    """Its path; None where it is not installed."""
    return shutil.which("pgbench", path=folders())


def orders_a_second(database: ShopDatabase, script: Path, *, books: int, clients: int, seconds: int) -> float:
    """Of all clients together, each with one connection."""
    login = database.login("orders")
    command = [
        str(pgbench_binary()),
        *("--no-vacuum", "--protocol=prepared", f"--file={script}", f"--define=books={books}"),
        *(f"--client={clients}", f"--jobs={THREADS}", f"--time={seconds}"),
        *(f"--host={login.host}", f"--port={login.port}", f"--username={login.user}", NAME),
    ]
    environment = {"PATH": os.defpath, "PGPASSWORD": login.password(), "LC_ALL": "C"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    if (failed := FAILED.search(done.stdout)) and int(failed[1]):
        raise AssertionError(f"pgbench: {failed[1]} transactions failed")
    speed = SPEED.search(done.stdout)
    if speed is None:
        raise AssertionError(f"pgbench says {done.stdout}")
    return float(speed[1])


def pgbench_script(folder: Path) -> Path:
    """The sale's statement with pgbench's variables for its values."""
    items = ",".join(ITEM.format(place=place) for place in (1, 2, 3))
    given = ", ".join(
        f"gen_random_uuid(), lpad(:b{place}::text, 7, '0'), :n || '/' || :b{place}" for place in (1, 2, 3)
    )
    values = {**VALUES, "items": f"format('[{items}]', {given})"}
    statement = re.sub(r"(?<!:):([a-z_]+)", lambda found: values[found[1]], SELL)
    path = folder / "sale.sql"
    path.write_text(DRAWN + " ".join(statement.split()) + ";\n")
    return path


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
        samples, cpu_s = _measure(database, books, pgbench_script(Path(folder)), seconds, rounds)
        deadlocks = database.run("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")[0][0]
    race = contention.run(1000 if quick else 10_000, in_memory=True, quiet=True)
    wrong = race.oversold + race.lost + race.doubled + race.left_behind
    notes = () if pgbench_binary() else ("pgbench is not installed (Debian: postgresql-15); its ratios are left out.",)
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
            if pgbench_binary() is not None:
                sides[f"pgbench, {spread}"] = partial(
                    orders_a_second, database, script, books=count, clients=BUYERS, seconds=seconds
                )
        return interleaved(sides, rounds), buyers.cpu_s["sale"]


def _figures(samples: Samples, reason: str) -> Iterator[Figure]:
    has_pgbench = pgbench_binary() is not None
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

"""PostgreSQL's own load generator, running the sale's statement."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from orders.checkout_sql import SELL

from benchmarks.database import NAME, ShopDatabase
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


def binary() -> str | None:
    """Its path; None where it is not installed."""
    return shutil.which("pgbench", path=folders())


def orders_a_second(database: ShopDatabase, script: Path, *, books: int, clients: int, seconds: int) -> float:
    """Of all clients together, each with one connection."""
    login = database.login("orders")
    command = [
        str(binary()),
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


def script(folder: Path) -> Path:
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

"""Shoppers in a rush for a few books, over two stores: how fast, and whether anything was lost, doubled or oversold.

    python -m benchmarks.contention [CHECKOUTS] [memory]

PostgreSQL is real (without fsync, which would measure this machine's disk). Carts are in moto over HTTP, which lets in
one call at a time; with `memory` they are in this process, so that the shoppers meet in PostgreSQL alone. A cart has
three books in no order, so that carts overlap and cross; every tenth wish is sent twice, every tenth order cancelled.
"""

import os
import random
import statistics
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

SHOPPERS, BOOKS, IN_A_CART = 8, 20, 3
PRICE = Decimal("10.00")


@dataclass
class Rush:
    """What one shopper did. `told` are order ids by Idempotency-Key, `refused` the codes of problems."""

    user: str
    told: dict[str, str] = field(default_factory=dict)
    differing: int = 0
    cancelled: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Findings:
    """All but `orders` are to be 0. `left_behind` are debts and lines of carts that were sold and are still there."""

    orders: int
    deadlocks: int
    oversold: int
    lost: int
    doubled: int
    left_behind: int


def rush(orders: Any, fill: Callable[[str, Sequence[tuple[str, int]]], None], books: Sequence[str], most: int) -> Rush:
    """One shopper places `most` orders, or is refused. `fill` makes a cart of books and quantities."""
    from orders.model import OrderInput
    from orders.placing import Wish
    from orders.pricing import Charges
    from shared.address import Address
    from shared.money import ZERO, Total
    from shared.problems import Problem

    chance, done = random.Random(), Rush(f"shopper-{uuid.uuid4().hex}")  # noqa: S311 - not for secrets
    charges, address = Charges(ZERO, ZERO, "USD"), Address("1 Main St", "Anytown", "12345", "US")
    for number in range(most):
        key, wanted = f"k{number}", [(book, chance.randint(1, 2)) for book in chance.sample(books, IN_A_CART)]
        fill(done.user, wanted)
        wish = Wish(done.user, key, OrderInput(Total(PRICE * sum(count for _, count in wanted)), address), charges)
        started = time.perf_counter()
        try:
            order = orders.place(wish)
        except Problem as problem:
            done.refused[problem.code] += 1
            continue
        done.seconds.append(time.perf_counter() - started)
        done.told[key] = order.order_id
        if number % 10 == 3:
            done.differing += orders.place(wish).order_id != order.order_id
        if number % 10 == 7:
            orders.cancel(done.user, order.order_id)
            done.cancelled += 1
    return done


def all_at_once(one: Callable[[int], Rush], checkouts: int) -> list[Rush]:
    with ThreadPoolExecutor(SHOPPERS) as pool:
        return list(pool.map(one, [checkouts // SHOPPERS + (n < checkouts % SHOPPERS) for n in range(SHOPPERS)]))


def findings(database: Any, rushes: Sequence[Rush], books: Sequence[str], given: int, carts: "Carts") -> Findings:
    """`given` copies of each book there were."""
    told = [order for each in rushes for order in each.told.values()]
    found = database.run(
        """SELECT order_id FROM orders JOIN users ON users.id = orders.user_id WHERE users.user_id = ANY(:shoppers)""",
        shoppers=[each.user for each in rushes],
    )
    stored = [order for (order,) in found]
    ((deadlocks,),) = database.run("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    ((wrong,),) = database.run(
        """SELECT count(*) FROM books LEFT JOIN (SELECT public_book_id, sum(quantity) AS sold
                FROM order_items JOIN orders ON orders.id = order_items.order_id
                WHERE status <> 'cancelled' GROUP BY public_book_id) AS sales ON public_book_id = book_id
            WHERE book_id = ANY(:books)
                AND (stock_quantity < 0 OR stock_quantity + coalesce(sold, 0) <> :given
                    OR popularity <> coalesce(sold, 0))""",
        books=list(books),
        given=given,
    )
    ((owed,),) = database.run("SELECT count(*) FROM outbox")
    cart_lines = {line for (line,) in database.run("SELECT cart_line FROM order_items")}
    return Findings(
        orders=len(stored),
        deadlocks=int(deadlocks),
        oversold=int(wrong),
        lost=len(set(told) - set(stored)),
        doubled=len(stored) - len(set(told)) + sum(each.differing for each in rushes),
        left_behind=int(owed) + carts.sold_and_left([each.user for each in rushes], cart_lines),
    )


class Carts:
    """In DynamoDB, an item for each book, or in this process. `fill` replaces what is in a cart."""

    def __init__(self, table: Any | None) -> None:
        from shared.cart_items import ItemRows

        self.rows: Any = self if table is None else ItemRows(table)
        self._table = table
        self._kept: dict[str, tuple[Any, ...]] = {}

    def fill(self, user: str, wanted: Sequence[tuple[str, int]]) -> None:
        from shared.cart_items import to_item
        from shared.cart_rows import Line, revisions
        from shared.dynamo import transact

        lines = [
            Line(book, "Test", "A book", "Somebody", PRICE, count, revision=uuid.uuid4().hex) for book, count in wanted
        ]
        if self._table is None:
            self._kept[user] = tuple(lines)
            return
        self.rows.clear(user, revisions(self.rows.lines(user)))
        now = "2026-01-01T00:00:00Z"
        transact([{"Put": self._table.put_action(to_item(user, line, 0, now))} for line in lines])

    def lines(self, user_id: str) -> tuple[Any, ...]:
        return self._kept.get(user_id, ())

    def clear(self, user_id: str, bought: Mapping[str, str]) -> None:
        lines = self._kept.get(user_id, ())
        self._kept[user_id] = tuple(line for line in lines if bought.get(line.book_id) != line.revision)

    def sold_and_left(self, users: Sequence[str], cart_lines: Container[str]) -> int:
        """Lines still in carts that are among those of orders."""
        lines = ((user, line) for user in users for line in self.rows.lines(user))
        return sum(f"{user}/{line.book_id}/{line.revision}" in cart_lines for user, line in lines)


def shelves(database: Any, copies: int) -> list[str]:
    """The hot books, put into the database."""
    from shared.row_ids import row_id

    books = [f"hot-{uuid.uuid4().hex[:16]}" for _ in range(BOOKS)]
    for book in books:
        database.run(
            """INSERT INTO books (id, book_id, title, author, price, category, stock_quantity)
                VALUES (:id, :book, 'A book', 'Somebody', :price, 'Test', :copies)""",
            id=row_id("books", book),
            book=book,
            price=PRICE,
            copies=copies,
        )
    return books


def run(checkouts: int, *, in_memory: bool, quiet: bool = False) -> Findings:
    """A rush for so many orders, three quarters of whose books there are; prints its figures unless `quiet`."""
    from schema.files import migrations
    from shared.postgres import Database, Login, Session

    from cloudshelf.local.aws import AwsEmulator
    from cloudshelf.local.postgres.server import PostgresServer
    from schema import runner

    with tempfile.TemporaryDirectory() as folder, PostgresServer(Path(folder) / "server") as server:
        server.create_database("rush", owner=server.superuser)

        def login(role: str) -> Login:
            password = server.password(role)
            return Login(server.host, server.port, "rush", role, lambda: password, ca_file=None)

        master = login(server.superuser)
        session = Session(master)
        runner.apply(session, migrations(Path(__file__).parents[1] / "schema" / "postgres"))
        session.close()
        owner, database = Database(master), Database(login("orders"))
        try:
            if in_memory:
                return _measured(owner, database, Carts(None), checkouts, quiet=quiet)
            with AwsEmulator() as aws:
                os.environ.update(aws.environment())
                return _measured(owner, database, Carts(_table(aws)), checkouts, quiet=quiet)
        finally:
            database.close()
            owner.close()


def _table(aws: Any) -> Any:
    from shared.dynamo import Table

    aws.client("dynamodb").create_table(
        TableName="carts",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "user_id", "KeyType": "HASH"}, {"AttributeName": "book_id", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("user_id", "book_id")],
    )
    return Table("carts")


def _measured(owner: Any, database: Any, carts: Carts, checkouts: int, *, quiet: bool) -> Findings:
    from orders.postgres import PostgresOrders

    copies = int(checkouts * IN_A_CART * 1.5 * 0.75 / BOOKS)
    books, orders = shelves(owner, copies), PostgresOrders(database, carts.rows)
    started = time.perf_counter()
    rushes = all_at_once(lambda most: rush(orders, carts.fill, books, most), checkouts)
    took = time.perf_counter() - started
    found = findings(owner, rushes, books, copies, carts)
    if not quiet:
        _print(checkouts, took, rushes, found)
    return found


def _print(checkouts: int, took: float, rushes: Sequence[Rush], found: Findings) -> None:
    refused = sum((each.refused for each in rushes), Counter())
    times = [seconds * 1000 for each in rushes for seconds in each.seconds]
    print(f"{checkouts} checkouts, {SHOPPERS} shoppers, {BOOKS} books: {took:.0f} s, {checkouts / took:.0f} a second")
    print(f"  orders {found.orders}, cancelled {sum(each.cancelled for each in rushes)}, refused {dict(refused)}")
    if len(times) > 1:
        print(f"  median {statistics.median(times):.1f} ms, p99 {statistics.quantiles(times, n=100)[98]:.1f} ms")
    print(f"  deadlocks {found.deadlocks}, oversold {found.oversold}, lost {found.lost}, doubled {found.doubled}")
    print(f"  debts and sold lines left behind {found.left_behind}")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1] / "functions"))
    os.environ["POWERTOOLS_LOG_LEVEL"] = "ERROR"
    numbers = [int(each) for each in sys.argv[1:] if each.isdigit()]
    outcome = run(numbers[0] if numbers else 1000, in_memory="memory" in sys.argv[1:])
    sys.exit(any((outcome.deadlocks, outcome.oversold, outcome.lost, outcome.doubled, outcome.left_behind)))

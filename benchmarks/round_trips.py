"""Round trips to PostgreSQL for each operation, counted on the way: what a client sends at once is one.

Requests go through the real handlers. The first of each prepares its statements, which takes another trip in each
execution environment; the second is counted.
"""

import io
import json
import os
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from functools import partial
from importlib import import_module
from typing import Any
from unittest.mock import patch

from authorizer.accounts import Accounts
from carts.catalogue import PostgresCatalogue
from orders.checkout_sql import SELL
from shared import cart_rows, postgres
from shared.postgres import Database, Login, Rows

from benchmarks import requests
from benchmarks.buyers import CartsInMemory, line
from benchmarks.database import ShopDatabase, shop_database, stock
from benchmarks.results import Figure, Findings, at_most
from tests.postgres.relay import Relay

SUB = requests.SHOPPER["claims"]["sub"]
ADMIN = {"claims": {"sub": "the-admin", "email": "admin@example.com", "cognito:groups": "admin"}}
READS = {
    "books": (
        "/books",
        "/books?q=title",
        "/books?category=Shelf%203&sort=price",
        "/books/book-0000007",
        "/books/book-0000007/related",
    ),
    "orders": ("/orders", "/orders/{order}"),
    "users": ("/users/me",),
    "admin": ("/admin/orders", "/admin/orders/{order}", "/admin/reports/sales-by-day?from=2026-01-01&to=2026-01-31"),
}
CACHED = ("/categories", "/bestsellers")
WHOLE_CHECKOUT = (
    "The sale is one statement. A checkout asks before it what the cart costs, for the payment provider holds it, "
    "and notes after it what the provider took: the provider stands between the three, so they cannot be one."
)


class Counted(Database):
    """Knows how many trips each statement took the last time."""

    def __init__(self, login: Login, relay: Relay) -> None:
        super().__init__(login)
        self._relay = relay
        self.trips: dict[str, int] = {}

    def run(self, sql: str, /, *, once: bool = False, **values: Any) -> Rows:
        before = self._relay.trips
        rows = super().run(sql, once=once, **values)
        self.trips[sql] = self._relay.trips - before
        return rows


class Shop:
    """Handlers on a database that is reached over a relay."""

    def __init__(self, database: ShopDatabase, relay: Relay) -> None:
        self._database, self._relay, self._gateway = database, relay, requests.Gateway()
        self.carts = CartsInMemory()

    def trips(self, ask: Callable[[], object]) -> int:
        """The second call's, when its statements are prepared."""
        ask()
        before = self._relay.trips
        ask()
        return self._relay.trips - before

    def call(self, service: str, method: str, path: str, body: Any = None, **headers: str) -> str:
        """An operation's answer; AssertionError where it is no success, for that would count something else."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        event = self._gateway.event(method, path.replace(" ", "%20"), body, headers=given)
        if service == "admin":
            event["requestContext"]["authorizer"] = ADMIN
        answer = import_module(f"{service}.handler").lambda_handler(event, requests.Context())
        if answer["statusCode"] >= 400:
            raise AssertionError(f"{method} {path}: {answer}")
        return str(answer["body"])

    @contextmanager
    def serving(self, service: str) -> Iterator[Counted]:
        """Within it the service's handler has its role's database, and carts in this process."""
        made = Counted(self._database.login(service, port=self._relay.port), self._relay)
        with patch.object(postgres, "database", lambda: made), patch.object(cart_rows, "own_rows", lambda: self.carts):
            yield made
        made.close()


def run(*, quick: bool) -> Findings:
    requests.prepare()
    with (
        patch.dict(os.environ, {"DATABASE_HOST": "relay"}),
        shop_database() as database,
        Relay((database.server.host, database.server.port)) as relay,
    ):
        books = stock(database, 500 if quick else 5000)
        shop = Shop(database, relay)
        with shop.serving("orders") as seen:
            whole, order = _checkout(shop, books)
            sale = seen.trips[SELL]
            reads = dict(_reads(shop, "orders", order))
        with shop.serving("books"):
            reads |= dict(_reads(shop, "books", order))
            cached = {path: shop.trips(partial(shop.call, "books", "GET", path)) for path in CACHED}
        for service in ("users", "admin"):
            with shop.serving(service):
                reads |= dict(_reads(shop, service, order))
        with shop.serving("carts") as seen:
            reads["a cart's books"] = shop.trips(partial(PostgresCatalogue(seen).several, books[:3]))
        with shop.serving("authorizer") as seen:
            reads["the authorizer's look"] = shop.trips(partial(Accounts(seen).is_open, SUB))
    return Findings([*_figures(reads, cached), *_sales(sale, whole)])


def _sales(sale: int, whole: int) -> Iterator[Figure]:
    yield Figure(name="the sale: order, stock, items, payment, debt", value=sale, unit="", target=at_most(1))
    yield Figure(name="`POST /orders` as a whole", value=whole, unit="", target=at_most(1), reason=WHOLE_CHECKOUT)


def _figures(reads: Mapping[str, int], cached: Mapping[str, int]) -> Iterator[Figure]:
    most = max(reads.values())
    yield Figure(
        name=f"the most of {len(reads)} reads",
        value=most,
        unit="",
        target=at_most(1),
        measured=", ".join(f"`{name}`" for name, trips in reads.items() if trips == most),
    )
    yield Figure(
        name="a cached read", value=max(cached.values()), unit="", target=at_most(0), measured=", ".join(cached)
    )


def _reads(shop: Shop, service: str, order: str) -> Iterator[tuple[str, int]]:
    for path in READS[service]:
        yield path, shop.trips(partial(shop.call, service, "GET", path.format(order=order)))


def _checkout(shop: Shop, books: Sequence[str]) -> tuple[int, str]:
    """Trips of a request that buys three books, and the order."""
    body = {"expected_total": 38.39, "shipping_address": requests.ADDRESS}
    orders: list[str] = []

    def buy() -> None:
        shop.carts.fill(SUB, [line(book, 1, uuid.uuid4().hex) for book in books[:3]])
        orders.append(shop.call("orders", "POST", "/orders", body, Idempotency_Key=uuid.uuid4().hex))

    with redirect_stdout(io.StringIO()):
        trips = shop.trips(buy)
    return trips, str(json.loads(orders[-1])["order_id"])

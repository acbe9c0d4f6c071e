"""No statement the API runs reads a whole table to answer about a few of its rows."""

import ast
import json
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from admin.model import Period
from admin.postgres_catalogue import PostgresCatalogue
from admin.postgres_orders import PostgresAllOrders
from admin.reports import LOW_STOCK, SALES, Reports
from authorizer.accounts import Accounts
from books.model import Book, Filters, Listing
from books.postgres import CATEGORIES, PostgresBooks
from carts.catalogue import PostgresCatalogue as CartsCatalogue
from orders.model import OrderInput
from orders.placing import Wish
from orders.postgres import PostgresOrders
from orders.postgres_checkout import PostgresCheckout
from orders.pricing import Charges
from payments.port import Authorisation
from shared import clock, postgres_session
from shared.address import Address
from shared.money import ZERO, Total
from shared.postgres import Database, Session
from users.postgres import PostgresUsers

from benchmarks.buyers import CartsInMemory, line
from tests.postgres.servers import MASTER, Shop

FUNCTIONS = Path(__file__).parents[2] / "functions"
# What moves the data reads all of it, and the schema's own statements are not the API's.
ELSEWHERE = ("migration", "schema")
# These count, or look for, something among all books: the first is kept for a minute, the second is the back office's.
READ_ALL = {CATEGORIES: "books", LOW_STOCK: "books"}
VERBS = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")
SHOPPER, OTHER = "shopper-1", "shopper-2"

FILL = """
INSERT INTO books (id, book_id, title, author, isbn, price, category, stock_quantity, popularity)
    SELECT gen_random_uuid(), 'book-' || n, 'Common ' || md5(n::text), 'Writer ' || n % 500, 
        '978' || lpad(n::text, 10, '0'), 10, 'Shelf ' || n % 10, n % 30, n % 7 * 30 FROM generate_series(1, 10000) AS n;
INSERT INTO users (id, user_id, email)
    SELECT gen_random_uuid(), 'user-' || n, 'user-' || n || '@example.com' FROM generate_series(1, 5000) AS n;
INSERT INTO orders (id, order_id, user_id, status, order_date, subtotal, tax_amount, shipping_amount, total_amount,
        currency, shipping_address, created_at, updated_at)
    SELECT gen_random_uuid(), 'order-' || n, users.id, 'confirmed', date '2025-10-01' + n % 150, 10, 0, 0, 10,
        'USD', '{}', now(), now()
    FROM generate_series(1, 10000) AS n JOIN users ON users.user_id = 'user-' || (n % 5000 + 1);
INSERT INTO order_items (id, order_id, book_id, public_book_id, place, category, title, price, quantity, cart_line)
    SELECT gen_random_uuid(), orders.id, books.id, books.book_id, 1, category, title, price, 1, order_id
    FROM orders JOIN books ON books.book_id = 'book-' || substr(order_id, 7);
INSERT INTO payments (authorisation, order_id, amount, currency, status, created_at, updated_at)
    SELECT 'sim_' || order_id, id, 10, 'USD', 'authorised', now(), now() FROM orders;
INSERT INTO outbox (order_id, task, user_id) SELECT id, 'settle', user_id FROM orders;
ANALYZE
"""


class Explained(Session):
    """Asks for the plan of each statement before it runs it."""

    plans: dict[str, Any]

    def run(self, sql: str, /, **values: Any) -> list[list[Any]]:
        ((told,),) = super().run(f"EXPLAIN (FORMAT JSON) {sql}", **values)
        self.plans[sql] = told if isinstance(told, list) else json.loads(told)
        return super().run(sql, **values)


@pytest.fixture(scope="module")
def plans(shop: Shop) -> Mapping[str, Any]:
    """The plans of all statements, by their text. What they change is undone."""
    session = Session(replace(shop.login(MASTER), reply_s=120.0))
    session.script(FILL)
    session.close()
    Explained.plans = found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("shared.postgres.Session", Explained)
        patch.setattr(postgres_session, "MOST_STATEMENTS", 1000)
        for role, ask in ASKED.items():
            database = Database(shop.login(role))
            with closing(database):
                ask(database)
    return found


def _nodes(plan: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from _nodes(below)


def test_no_statement_reads_a_whole_table(plans: Mapping[str, Any]) -> None:
    read = {
        (" ".join(sql.split())[:90], node["Relation Name"])
        for sql, told in plans.items()
        for node in _nodes(told[0]["Plan"])
        if node["Node Type"] == "Seq Scan" and READ_ALL.get(sql) != node["Relation Name"]
    }
    assert read == set()


def test_every_statement_of_the_functions_is_explained(plans: Mapping[str, Any]) -> None:
    explained = [" ".join(sql.split()) for sql in plans]
    missing = [
        f"{path.relative_to(FUNCTIONS)}: {text[:80]}"
        for path, text in _statements()
        if not any(all(part in sql for part in text.split("{}")) for sql in explained)
    ]
    assert missing == []


def _statements() -> Iterator[tuple[Path, str]]:
    """SQL in the functions' sources, `{}` where something is put in."""
    for path in sorted(FUNCTIONS.rglob("*.py")):
        if path.relative_to(FUNCTIONS).parts[0] in ELSEWHERE:
            continue
        tree = ast.parse(path.read_text())
        inner = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(tree):
            text = _text(node) if id(node) not in inner else ""
            if (
                text.startswith(VERBS)
                and not text.isupper()
                and (" FROM " in text or " INTO " in text or " SET " in text)
            ):
                yield path, text


def _text(node: ast.AST) -> str:
    if isinstance(node, ast.JoinedStr):
        parts = (each.value if isinstance(each, ast.Constant) else "{}" for each in node.values)
        return " ".join("".join(map(str, parts)).split())
    return " ".join(node.value.split()) if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _books(database: Database) -> None:
    books = PostgresBooks(database)
    books.get("book-77")
    books.related("book-77", 20)
    books.categories()
    books.bestsellers(20)
    for sort in (None, "title", "price", "-price", "newest"):
        for filters in _filters():
            page: tuple[Sequence[Book], Any] = ((), None)
            # What is ranked comes first, a page at a time, and then the rest.
            for _ in range(30):
                page = books.page(Listing(filters, sort, 20), page[1])
                if page[1] is None:
                    break


def _filters() -> Iterator[Filters]:
    yield Filters()
    yield Filters(category="Shelf 3", in_stock=True)
    yield Filters(author="writer 77")
    yield Filters(min_price=Decimal(9), max_price=Decimal(11))
    yield Filters(exact_title="common", words=("common",))
    yield Filters(exact_title="common rare", words=("common", "rare"))
    yield Filters(exact_title="common", words=("common",), category="Shelf 3")


def _orders(database: Database) -> None:
    carts = CartsInMemory()
    orders, checkout, charges = (
        PostgresOrders(database, carts),
        PostgresCheckout(database, carts),
        Charges(ZERO, ZERO, "USD"),
    )
    for key in ("key-1", "key-2"):
        carts.fill(SHOPPER, [line("book-29", 1, uuid.uuid4().hex), line("book-59", 1, uuid.uuid4().hex)])
        orders.price(SHOPPER, charges)
        wanted = OrderInput(Total("20.00"), Address("1 Main St", "Anytown", "12345", "US"))
        wish = Wish(SHOPPER, key, wanted, charges)
        order = orders.place(wish)
    orders.get(SHOPPER, order.order_id)
    orders.page(SHOPPER, 20, None)
    orders.page(SHOPPER, 20, (order.order_id,))
    orders.cancel(SHOPPER, order.order_id)
    checkout.release(wish, Authorisation("sim_never", Decimal(1), "USD"))


def _users(database: Database) -> None:
    users = PostgresUsers(database, CartsInMemory())
    users.seen(SHOPPER, "somebody@example.com")
    users.update(SHOPPER, "somebody@example.com", {"first_name": "Ann"})
    # The address is another's until now.
    users.seen(OTHER, "somebody@example.com")
    users.erase(OTHER)


def _admin(database: Database) -> None:
    period = Period(clock.now().date(), clock.now().date())
    orders, catalogue, reports = PostgresAllOrders(database), PostgresCatalogue(database), Reports(database)
    found, _ = orders.page(period, "confirmed", 20, None)
    orders.page(period, "confirmed", 20, (found[0].order_date, found[0].order_id))
    orders.get(found[0].order_id)
    orders.move(found[0].order_id, "shipped")
    stamp = "2026-01-01T00:00:00Z"
    book = Book("a-new-book", "Shelf 1", "New", "Somebody", None, Decimal(5), 3, "", None, stamp, stamp)
    catalogue.create(book)
    catalogue.put(book)
    catalogue.change_stock(book.book_id, 1, 3)
    catalogue.delete(book.book_id)
    reports.low_stock(20)
    for report in SALES:
        reports.sales(report, period, 20)


ASKED: Mapping[str, Callable[[Database], object]] = {
    "books": _books,
    "orders": _orders,
    "users": _users,
    "admin": _admin,
    "carts": lambda database: CartsCatalogue(database).several(["book-1", "book-2"]),
    "authorizer": lambda database: Accounts(database).is_open(SHOPPER),
}

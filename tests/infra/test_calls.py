"""The functions' stores on the tables as declared: the calls they make are the permissions they have."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from admin.catalogue import DynamoCatalogue
from admin.model import Period
from admin.orders import DynamoAllOrders
from books.dynamo import DynamoBooks
from books.lookup import BookLookup
from books.model import Book, Filters, Listing
from carts.changing import changed
from carts.dynamo import DynamoCarts
from orders.dynamo import DynamoOrders
from orders.model import Order, OrderInput
from orders.placing import Wish
from orders.pricing import Charges
from shared import clock, dynamo
from shared.address import Address
from shared.cart_document import DocumentRows
from shared.cart_rows import Line
from shared.dynamo import Table
from users.dynamo import DynamoUsers

from cloudshelf.graph import Graph
from cloudshelf.local.aws import AwsEmulator
from tests.infra.permissions import BOOKS, CARTS, ORDERS, PERMISSIONS, USERS
from tests.infra.recorder import Called, Recorder, declared

TAX_AND_FEE = Charges(Decimal("0.08"), Decimal("5.99"), "USD")
DUNE = Book(
    book_id="dune",
    category="science-fiction",
    title="Dune",
    author="Frank Herbert",
    isbn=None,
    price=Decimal("9.99"),
    stock_quantity=9,
    description="",
    image_url=None,
    created_at="2026-01-01T00:00:00Z",
    updated_at="2026-01-01T00:00:00Z",
)


@pytest.fixture(scope="module")
def client(phase1: Graph) -> Iterator[Any]:
    """DynamoDB with the stack's own tables."""
    with AwsEmulator() as aws:
        client = aws.client("dynamodb")
        for table in phase1.of("aws:dynamodb/table:Table").values():
            client.create_table(**declared(table.inputs))
        yield client


@pytest.fixture(scope="module")
def called(client: Any) -> dict[str, Called]:
    """The calls each function makes while the shop is used in every way there is."""
    recorder = Recorder(client, PERMISSIONS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dynamo, "client", lambda: recorder)
        use_the_shop(recorder)
    return recorder.called


def use_the_shop(recorder: Recorder) -> None:
    books, carts, users, orders = (Table(name) for name in (BOOKS, CARTS, USERS, ORDERS))
    recorder.watch("admin")
    stock(DynamoCatalogue(books))
    recorder.watch("carts")
    fill(DynamoCarts(carts, 30), BookLookup(books))
    recorder.watch("orders")
    order, other = buy(DynamoOrders(orders, carts, books), recorder, DynamoCarts(carts, 30))
    recorder.watch("books")
    browse(DynamoBooks(books, orders))
    recorder.watch("admin")
    administer(DynamoAllOrders(orders, books), order, other)
    recorder.watch("users")
    live(DynamoUsers(users, DocumentRows(carts), orders))


def stock(catalogue: DynamoCatalogue) -> None:
    catalogue.create(DUNE)
    catalogue.put(DUNE)
    catalogue.put(msgspec.structs.replace(DUNE, category="classics"))
    catalogue.put(DUNE)
    catalogue.change_stock("dune", 1, expected=9)
    with pytest.raises(Exception, match="copies"):
        catalogue.change_stock("dune", 1, expected=9)
    catalogue.create(msgspec.structs.replace(DUNE, book_id="dune-2"))
    catalogue.delete("dune-2")


def fill(carts: DynamoCarts, books: BookLookup) -> None:
    dune = books.find("dune")
    assert dune is not None
    cart = changed(carts, "ann", lambda before: before.with_book(dune, 2))
    books.current({line.book_id: line.category for line in cart.lines})
    assert carts.load("ann").lines == cart.lines


def buy(orders: DynamoOrders, recorder: Recorder, carts: DynamoCarts) -> tuple[Order, Order]:
    address = Address(street="1 Road", city="Town", postal_code="1", country="GB")

    def place(key: str) -> Order:
        total = orders.price("ann", TAX_AND_FEE).total
        wanted = OrderInput(expected_total=total, shipping_address=address)
        return orders.place(Wish("ann", key, wanted, TAX_AND_FEE))

    lines = carts.load("ann").lines
    first = place("key-1")
    refill(carts, recorder, [msgspec.structs.replace(line, category="where the book was before") for line in lines])
    second = place("key-2")
    assert orders.get("ann", first.order_id) == first
    orders.page("ann", 5, None)
    orders.cancel("ann", first.order_id)
    return first, second


def refill(carts: DynamoCarts, recorder: Recorder, lines: list[Line]) -> None:
    recorder.watch("carts")
    changed(carts, "ann", lambda cart: msgspec.structs.replace(cart, lines=tuple(lines)))
    recorder.watch("orders")


def browse(books: DynamoBooks) -> None:
    dune = books.get("dune")
    assert dune is not None
    found, _ = books.page(Listing(Filters(words=("dune",), exact_title="Dune"), None, 5), None)
    assert found == [dune]
    books.page(Listing(Filters(), "price", 5), None)
    books.related(dune.book_id, 5)
    assert books.categories()
    assert books.bestsellers(5) == [dune]


def administer(orders: DynamoAllOrders, cancelled: Order, order: Order) -> None:
    today = clock.now().date()
    found, _ = orders.page(Period(today, today), "confirmed", 5, None)
    assert [each.order_id for each in found] == [order.order_id]
    assert orders.get(cancelled.order_id) is not None
    orders.move(order.order_id, "cancelled")


def live(users: DynamoUsers) -> None:
    users.seen("ann", "ann@example.com")
    users.update("ann", "ann@example.com", {"first_name": "Ann"})
    users.erase("ann")


@pytest.mark.parametrize("function", PERMISSIONS)
def test_a_function_makes_the_calls_it_may_make_and_no_others(called: dict[str, Called], function: str) -> None:
    assert called[function] == PERMISSIONS[function]

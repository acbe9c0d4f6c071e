"""Many at once over two stores: nothing deadlocks, is sold twice, is lost, or stays behind."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from orders.model import OrderInput
from orders.placing import Wish
from orders.postgres import PostgresOrders
from orders.pricing import Charges
from shared.address import Address
from shared.money import ZERO, Total
from shared.postgres import Database

from benchmarks import contention
from tests.functions.lambdas import Lambdas, somebody

pytestmark = pytest.mark.stores("postgres")
CHECKOUTS, PAIRS = 400, 40


def database(lambdas: Lambdas, role: str = "shelfmaster") -> Database:
    store: Any = lambdas.store
    found: Database = store.shop.database(role)
    return found


def deadlocks(lambdas: Lambdas) -> int:
    ((found,),) = database(lambdas).run("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    return int(found)


def test_shoppers_in_a_rush_for_a_few_books_lose_double_and_oversell_nothing(
    lambdas: Lambdas, carts: contention.Carts
) -> None:
    books = contention.shelves(database(lambdas), copies=40)
    orders = PostgresOrders(database(lambdas, "orders"), carts.rows)
    rushes = contention.all_at_once(lambda most: contention.rush(orders, carts.fill, books, most), CHECKOUTS)
    found = contention.findings(database(lambdas), rushes, books, 40, carts)
    assert (found.deadlocks, found.oversold, found.lost, found.doubled, found.left_behind) == (0, 0, 0, 0, 0)
    assert found.orders == sum(len(each.told) for each in rushes) > CHECKOUTS / 4
    assert {code for each in rushes for code in each.refused} <= {"out_of_stock"}
    assert sum(each.cancelled for each in rushes)


@pytest.fixture
def carts() -> contention.Carts:
    """In this process: DynamoDB's emulator lets in one at a time, and they would not meet in PostgreSQL."""
    return contention.Carts(None)


def test_carts_of_the_same_books_in_opposite_orders_never_deadlock(lambdas: Lambdas, carts: contention.Carts) -> None:
    books = contention.shelves(database(lambdas), copies=10 * PAIRS)
    before, orders = deadlocks(lambdas), PostgresOrders(database(lambdas, "orders"), carts.rows)

    def buy(number: int) -> None:
        shopper = somebody()
        carts.fill(shopper, [(book, 1) for book in (books if number % 2 else reversed(books))])
        assert orders.place(wish(shopper, "k", len(books))).status == "confirmed"

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(buy, range(2 * PAIRS)))
    assert {lambdas.stock(book) for book in books} == {8 * PAIRS}
    assert deadlocks(lambdas) == before


def test_buying_and_cancelling_the_same_books_at_once_never_deadlocks(
    lambdas: Lambdas, carts: contention.Carts
) -> None:
    books = contention.shelves(database(lambdas), copies=200)
    before, gate = deadlocks(lambdas), threading.Barrier(8)
    orders = PostgresOrders(database(lambdas, "orders"), carts.rows)

    def life(number: int) -> None:
        shopper = somebody()
        gate.wait()
        for turn in range(PAIRS // 4):
            carts.fill(shopper, [(book, 1) for book in (books if (number + turn) % 2 else reversed(books))])
            bought = orders.place(wish(shopper, f"k{turn}", len(books)))
            assert orders.cancel(shopper, bought.order_id) is not None

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(life, range(8)))
    assert {lambdas.stock(book) for book in books} == {200}
    assert deadlocks(lambdas) == before
    counted = "SELECT sum(popularity) FROM books WHERE book_id = ANY(:books)"
    assert database(lambdas).run(counted, books=books) == [[0]]


def wish(shopper: str, key: str, copies: int) -> Wish:
    wanted = OrderInput(Total(contention.PRICE * copies), Address("1 Main St", "Anytown", "12345", "US"))
    return Wish(shopper, key, wanted, Charges(ZERO, ZERO, "USD"))

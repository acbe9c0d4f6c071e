"""Many at once over two stores: nothing deadlocks, is sold twice, is lost, or stays behind."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from orders import handler
from orders.postgres import PostgresOrders
from shared.dynamo import Table
from shared.postgres import Database

from benchmarks import contention
from tests.functions.lambdas import Lambdas, somebody
from tests.functions.test_checkout import placed

pytestmark = pytest.mark.stores("postgres")
CHECKOUTS, PAIRS = 400, 60
BOTH = "27.59"


def database(lambdas: Lambdas, role: str = "shelfmaster") -> Database:
    store: Any = lambdas.store
    found: Database = store.shop.database(role)
    return found


def deadlocks(lambdas: Lambdas) -> int:
    ((found,),) = database(lambdas).run("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    return int(found)


def test_shoppers_in_a_rush_for_a_few_books_lose_double_and_oversell_nothing(lambdas: Lambdas) -> None:
    carts = contention.Carts(Table("functions-cloudshelf-phase2-carts"))
    books = contention.shelves(database(lambdas), copies=40)
    orders = PostgresOrders(database(lambdas, "orders"), carts.rows)
    rushes = contention.all_at_once(lambda most: contention.rush(orders, carts.fill, books, most), CHECKOUTS)
    found = contention.findings(database(lambdas), rushes, books, 40, carts)
    assert (found.deadlocks, found.oversold, found.lost, found.doubled, found.left_behind) == (0, 0, 0, 0, 0)
    assert found.orders == sum(len(each.told) for each in rushes) > CHECKOUTS / 4
    assert {code for each in rushes for code in each.refused} <= {"out_of_stock"}
    assert sum(each.cancelled for each in rushes)


def test_carts_of_the_same_books_in_opposite_orders_never_deadlock(lambdas: Lambdas) -> None:
    one, other = (lambdas.new_book(stock=2 * PAIRS) for _ in range(2))
    before = deadlocks(lambdas)
    shoppers = [(somebody(), order) for _ in range(PAIRS // 2) for order in ((one, other), (other, one))]
    for shopper, order in shoppers:
        lambdas.fill(shopper, **dict.fromkeys(order, 1))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda each: placed(each[0], "k", BOTH), shoppers))
    assert [getattr(answer, "status", answer) for answer in answers] == ["confirmed"] * PAIRS
    assert [lambdas.stock(book) for book in (one, other)] == [PAIRS, PAIRS]
    assert deadlocks(lambdas) == before


def test_buying_and_cancelling_the_same_books_at_once_never_deadlocks(lambdas: Lambdas) -> None:
    one, other = (lambdas.new_book(stock=90) for _ in range(2))
    before, gate = deadlocks(lambdas), threading.Barrier(8)

    def life(number: int) -> None:
        shopper = somebody()
        gate.wait()
        for turn in range(4):
            order = (one, other) if (number + turn) % 2 else (other, one)
            carts.fill(shopper, [(book, 1) for book in order])
            bought: Any = placed(shopper, f"k{turn}", BOTH)
            assert handler.orders().cancel(shopper, bought.order_id) is not None

    carts = contention.Carts(Table("functions-cloudshelf-phase2-carts"))
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(life, range(8)))
    assert [lambdas.stock(book) for book in (one, other)] == [90, 90]
    assert deadlocks(lambdas) == before
    ((popularity,),) = database(lambdas).run(
        "SELECT sum(popularity) FROM books WHERE book_id = ANY(:b)", b=[one, other]
    )
    assert popularity == 0

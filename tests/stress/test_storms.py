"""Far more shoppers than copies, and than connections."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from orders.model import Order
from shared.problems import Problem

from tests.functions.lambdas import Lambdas, somebody
from tests.functions.test_checkout import placed

ONE, PATIENCE = "16.79", 20


def test_the_last_copy_is_sold_once_to_two_hundred_shoppers(lambdas: Lambdas) -> None:
    book, shoppers = lambdas.new_book(stock=1), [somebody() for _ in range(200)]
    for shopper in shoppers:
        lambdas.fill(shopper, **{book: 1})
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda shopper: placed(shopper, "k", ONE), shoppers))
    assert sum(isinstance(answer, Order) for answer in answers) == 1
    assert {answer.code for answer in answers if isinstance(answer, Problem)} == {"out_of_stock"}
    assert lambdas.stock(book) == 0
    assert sum(len(lambdas.orders_of(shopper)) for shopper in shoppers) == 1


# The driver's file keeps the socket of a refused connection until it is collected.
@pytest.mark.stores("postgres")
@pytest.mark.filterwarnings("ignore:unclosed <socket", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_storm_of_five_hundred_for_eighty_connections_sells_or_says_come_back_and_ends(
    lambdas: Lambdas,
) -> None:
    book, shoppers = lambdas.new_book(stock=90), [somebody() for _ in range(500)]
    for shopper in shoppers:
        lambdas.fill(shopper, **{book: 1})
    with ThreadPoolExecutor(500) as pool:
        answers = list(pool.map(lambda shopper: placed(shopper, "k", ONE), shoppers))
    told = Counter(getattr(answer, "code", "sold") for answer in answers)
    assert told.keys() <= {"sold", "out_of_stock", "unavailable"}, told
    for shopper in [shopper for shopper, answer in zip(shoppers, answers, strict=True) if _refused(answer)]:
        # The server notices closed connections in its own time.
        assert any(not _refused(placed(shopper, "k", ONE)) for _ in range(PATIENCE))
    orders = [len(lambdas.orders_of(shopper)) for shopper in shoppers]
    assert max(orders) == 1
    assert sum(orders) == 90
    assert lambdas.stock(book) == 0


def _refused(answer: Any) -> bool:
    return getattr(answer, "code", "") == "unavailable"

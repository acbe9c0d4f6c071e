"""Far more shoppers than copies, and than connections."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from orders.model import Order
from shared.problems import Problem

from tests.functions.lambdas import Lambdas, somebody
from tests.functions.test_checkout import placed

ONE = "16.79"


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
def test_a_storm_of_five_hundred_for_eighty_connections_sells_or_says_come_back_and_is_over_at_once(
    lambdas: Lambdas,
) -> None:
    book, shoppers = lambdas.new_book(stock=90), [somebody() for _ in range(500)]
    for shopper in shoppers:
        lambdas.fill(shopper, **{book: 1})
    with ThreadPoolExecutor(500) as pool:
        answers = list(pool.map(lambda shopper: placed(shopper, "k", ONE), shoppers))
    told = Counter(getattr(answer, "code", "sold") for answer in answers)
    assert told.keys() <= {"sold", "out_of_stock", "unavailable"}, told
    assert sum(len(lambdas.orders_of(shopper)) for shopper in shoppers) == told["sold"] == 90 - lambdas.stock(book)
    again = [shopper for shopper, answer in zip(shoppers, answers, strict=True) if _refused(answer)][:5]
    for shopper in again:
        assert getattr(placed(shopper, "k", ONE), "code", "sold") in ("sold", "out_of_stock")


def _refused(answer: Any) -> bool:
    return getattr(answer, "code", "") == "unavailable"

"""Between the two stores: what an order owes is paid by whoever comes next, and once in effect."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from orders import handler
from orders.outbox import DUE_OF_SHOPPER as DUE
from orders.outbox import Debt, Outbox, from_json
from payments.simulated import Simulated
from shared.cart_items import ItemRows
from shared.dynamo import to_wire
from shared.postgres import Database
from shared.problems import Unavailable
from shared.row_ids import row_id

from tests.functions.boundary import boundary, calls_of
from tests.functions.faults import Crash
from tests.functions.lambdas import Lambdas, somebody
from tests.functions.test_checkout import placed

pytestmark = pytest.mark.stores("postgres")
ONE = "16.79"


@pytest.fixture(autouse=True)
def _nothing_owed(lambdas: Lambdas) -> None:
    database(lambdas).run("DELETE FROM outbox")


def database(lambdas: Lambdas) -> Database:
    store: Any = lambdas.store
    found: Database = store.shop.database()
    return found


def debts(lambdas: Lambdas, shopper: str) -> list[Debt]:
    return from_json(database(lambdas).run(DUE, user=row_id("users", shopper))[0][0])


def overdue(lambdas: Lambdas) -> None:
    database(lambdas).run("UPDATE outbox SET due_at = now() - interval '1 second'")


def crashed(lambdas: Lambdas, book: str) -> str:
    """A shopper whose order was sold when the function ended, and nothing after it was done."""
    shopper = somebody()
    lambdas.fill(shopper, **{book: 1})
    with boundary(SOLD, after=True), pytest.raises(Crash):
        lambdas.buy(shopper, expected=ONE, key="k")
    assert (len(debts(lambdas, shopper)), lambdas.cart_of(shopper)) == (1, {book: 1})
    return shopper


# The calls of a checkout: cart, look, authorise, sell, clear, capture, done.
SOLD = 3
CALLS = [
    "dynamodb query",
    "postgres run",
    "payments authorise",
    "postgres run",
    "dynamodb delete_item",
    "payments capture",
    "postgres run",
]


def test_a_checkout_of_one_book_takes_these_calls_and_owes_nothing(lambdas: Lambdas) -> None:
    shopper, book = somebody(), lambdas.new_book()
    lambdas.fill(shopper, **{book: 1})
    assert calls_of(lambda: lambdas.buy(shopper, expected=ONE, key="k")) == CALLS
    assert debts(lambdas, shopper) == []


@pytest.mark.parametrize("path", ["/orders", "quote"])
def test_the_shoppers_next_look_pays(lambdas: Lambdas, path: str) -> None:
    book = lambdas.new_book()
    shopper = crashed(lambdas, book)
    if path == "quote":
        assert lambdas.call("POST", "/checkout/quote", user=shopper).code == "empty_cart"
    else:
        assert lambdas.call("GET", path, user=shopper).body["orders"][0]["payment"] == "captured"
    assert (debts(lambdas, shopper), lambdas.cart_of(shopper)) == ([], {})


def test_a_bought_line_is_not_quoted_though_its_cart_cannot_be_cleared(
    lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = lambdas.new_book()
    shopper = crashed(lambdas, book)
    monkeypatch.setattr(ItemRows, "clear", _no_answer)
    assert lambdas.call("POST", "/checkout/quote", user=shopper).code == "empty_cart"
    assert lambdas.buy(shopper, expected=ONE, key="another").code == "empty_cart"
    assert len(lambdas.orders_of(shopper)) == 1


def test_somebody_elses_checkout_pays_what_is_overdue_and_a_few_at_a_time(lambdas: Lambdas) -> None:
    book = lambdas.new_book(stock=90)
    late = [crashed(lambdas, book) for _ in range(3)]
    buyer = somebody()
    lambdas.fill(buyer, **{book: 1})
    assert lambdas.buy(buyer, expected=ONE, key="k").status == 201
    assert [len(debts(lambdas, shopper)) for shopper in late] == [1, 1, 1]
    overdue(lambdas)
    for left in (1, 0):
        lambdas.call("POST", "/checkout/quote", user=buyer)
        assert sum(len(debts(lambdas, shopper)) for shopper in late) == left
    assert [lambdas.cart_of(shopper) for shopper in late] == [{}, {}, {}]


def test_a_debt_that_cannot_be_paid_keeps_nobody_elses_waiting(
    lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = lambdas.new_book(stock=90)
    poison = {crashed(lambdas, book), crashed(lambdas, book)}
    clear = ItemRows.clear

    def fails_for_some(this: ItemRows, user_id: str, bought: dict[str, str]) -> None:
        if user_id in poison:
            raise Unavailable("no answer")
        clear(this, user_id, bought)

    good = crashed(lambdas, book)
    monkeypatch.setattr(ItemRows, "clear", fails_for_some)
    overdue(lambdas)
    buyer = somebody()
    lambdas.fill(buyer, **{book: 1})
    for _ in range(2):
        lambdas.call("POST", "/checkout/quote", user=buyer)
    assert debts(lambdas, good) == []
    assert all(len(debts(lambdas, shopper)) == 1 for shopper in poison)


def test_a_line_that_was_changed_after_the_sale_stays_in_the_cart(lambdas: Lambdas) -> None:
    book, other = lambdas.new_book(), lambdas.new_book()
    shopper = crashed(lambdas, book)
    lambdas.fill(shopper, **{book: 3, other: 1})
    lambdas.call("GET", "/orders", user=shopper)
    assert debts(lambdas, shopper) == []
    assert lambdas.cart_of(shopper) == {book: 3, other: 1}


def test_a_cart_that_came_back_with_a_backup_sells_nothing_again_and_is_cleared(lambdas: Lambdas) -> None:
    shopper, book = somebody(), lambdas.new_book(stock=5)
    lambdas.fill(shopper, **{book: 1})
    store: Any = lambdas.store
    saved = lambdas.store.cart_rows(shopper)
    assert lambdas.buy(shopper, expected=ONE, key="k").status == 201
    for row in saved:
        store._client.put_item(TableName="functions-cloudshelf-phase2-carts", Item=to_wire(row))
    assert lambdas.cart_of(shopper) == {book: 1}
    assert lambdas.buy(shopper, expected=ONE, key="another").code == "empty_cart"
    assert (lambdas.cart_of(shopper), lambdas.stock(book)) == ({}, 4)


def test_debts_told_three_times_out_of_order_and_at_once_are_paid_once_in_effect(lambdas: Lambdas) -> None:
    book = lambdas.new_book(stock=90)
    late = [crashed(lambdas, book) for _ in range(4)]
    told = [debt for shopper in late for debt in debts(lambdas, shopper)] * 3
    random.Random(7).shuffle(told)
    store: Any = handler.orders()
    outbox: Outbox = store._outbox
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(outbox.pay, told))
    for shopper in late:
        (order,) = lambdas.orders_of(shopper)
        assert (debts(lambdas, shopper), lambdas.cart_of(shopper)) == ([], {})
        assert (order["payment"], _provider().entries[order["authorisation"]].captures) == ("captured", 1)


def test_two_keys_at_once_sell_a_cart_once(lambdas: Lambdas) -> None:
    shopper, book = somebody(), lambdas.new_book(stock=50)
    lambdas.fill(shopper, **{book: 1})
    gate = threading.Barrier(10)

    def buy(number: int) -> str:
        gate.wait()
        answer: Any = placed(shopper, f"k{number}", ONE)
        return getattr(answer, "code", "bought")

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(buy, range(10)))
    assert sorted(answers) == ["bought", *["empty_cart"] * 9]
    assert (len(lambdas.orders_of(shopper)), lambdas.stock(book), lambdas.cart_of(shopper)) == (1, 49, {})


def test_an_order_cancelled_before_its_cart_was_cleared_is_cleared_and_not_charged(lambdas: Lambdas) -> None:
    book = lambdas.new_book(stock=5)
    shopper = crashed(lambdas, book)
    (order,) = lambdas.orders_of(shopper)
    assert lambdas.admin("PATCH", f"/admin/orders/{order['order_id']}", {"status": "cancelled"}).status == 200
    lambdas.call("GET", "/orders", user=shopper)
    assert (debts(lambdas, shopper), lambdas.cart_of(shopper), lambdas.stock(book)) == ([], {}, 5)
    (order,) = lambdas.orders_of(shopper)
    entry = _provider().entries[order["authorisation"]]
    assert (order["payment"], entry.state, entry.captures) == ("voided", "released", 0)


def _provider() -> Simulated:
    from payments.provider import provider

    found: Any = provider()
    return found  # type: ignore[no-any-return]


def _no_answer(*_: Any) -> None:
    raise Unavailable("no answer")

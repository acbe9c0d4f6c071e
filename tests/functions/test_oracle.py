"""The oracle sees what it is there to see: every invariant, broken on purpose."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from payments.provider import provider
from shared import clock

from cloudshelf.local.aws import AwsEmulator
from tests import oracle
from tests.functions.lambdas import Lambdas, somebody
from tests.functions.stores import DynamoStore, PostgresStore, Store, use
from tests.oracle import Journal, Told
from tests.postgres.servers import Shop

ITEM = {"book_id": "book-1", "quantity": 2, "price": Decimal("10.00")}
ORDER = {
    "order_id": "order-1",
    "status": "confirmed",
    "items": [ITEM],
    "subtotal": Decimal("20.00"),
    "tax": Decimal("1.60"),
    "shipping": Decimal("5.99"),
    "total": Decimal("27.59"),
    "authorisation": "sim_1",
    "payment": "captured",
}


def bought(lambdas: Lambdas) -> tuple[Journal, str, str]:
    """A journal of one order, its shopper and its book."""
    journal, shopper, book = Journal(lambdas), somebody(), lambdas.new_book(stock=5)
    journal.gave(book, 5)
    lambdas.fill(shopper, **{book: 1})
    journal.answered(shopper, "k", lambdas.buy(shopper, expected="16.79", key="k"))
    journal.check()
    return journal, shopper, book


def test_a_copy_that_came_from_nowhere_is_seen(lambdas: Lambdas) -> None:
    journal, _, book = bought(lambdas)
    lambdas.admin("PATCH", f"/admin/books/{book}/stock", {"delta": 1})
    with pytest.raises(AssertionError, match="I1"):
        journal.check()


def test_an_order_somebody_was_told_of_and_nobody_has_is_seen(lambdas: Lambdas) -> None:
    journal, shopper, _ = bought(lambdas)
    journal.told.append(Told(shopper, "other", "order-2026-01-01-lost"))
    with pytest.raises(AssertionError, match="I2"):
        journal.check()


def test_two_answers_to_one_key_are_seen(lambdas: Lambdas) -> None:
    journal, shopper, book = bought(lambdas)
    lambdas.fill(shopper, **{book: 1})
    second = lambdas.buy(shopper, expected="16.79", key="k2")
    journal.told.append(Told(shopper, "k", second.body["order_id"]))
    with pytest.raises(AssertionError, match="I3"):
        journal.check()


def test_money_that_was_given_back_for_an_order_that_stands_is_seen(lambdas: Lambdas) -> None:
    journal, shopper, _ = bought(lambdas)
    provider().void(lambdas.orders_of(shopper)[0]["authorisation"])
    with pytest.raises(AssertionError, match="I4"):
        journal.check()


def test_a_cart_with_something_else_in_it_is_seen(lambdas: Lambdas) -> None:
    shopper, book = somebody(), lambdas.new_book()
    lambdas.fill(shopper, **{book: 1})
    oracle.cart_is(lambdas, shopper, {book: 1})
    with pytest.raises(AssertionError, match="I5"):
        oracle.cart_is(lambdas, shopper, {})


@pytest.mark.stores("postgres")
def test_a_session_that_goes_on_is_seen(lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = lambdas.call("POST", "/sessions").headers["Set-Cookie"].partition("=")[2].partition(";")[0]
    with pytest.raises(AssertionError, match="I6"):
        oracle.session_is_over(lambdas, cookie)
    later = clock.now() + timedelta(hours=24, seconds=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    oracle.session_is_over(lambdas, cookie)


@pytest.mark.parametrize(
    ("changed", "invariant"),
    [
        ({"items": []}, "I4"),
        ({"items": [ITEM, ITEM]}, "I4"),
        ({"subtotal": Decimal("19.99")}, "I4"),
        ({"total": Decimal("27.60")}, "I4"),
        ({"total": Decimal("27.590001"), "tax": Decimal("1.600001")}, "I4"),
    ],
)
def test_an_order_that_does_not_add_up_is_seen(changed: dict[str, Any], invariant: str) -> None:
    oracle.whole(ORDER)
    with pytest.raises(AssertionError, match=invariant):
        oracle.whole({**ORDER, **changed})


@pytest.mark.parametrize(
    "broken",
    [
        lambda: oracle.no_oversell({"book-1": 2}, {"book-1": -1}, [ORDER]),
        lambda: oracle.no_oversell({"book-1": 2}, {"book-1": 1}, [ORDER]),
        lambda: oracle.no_duplicate([], {"a": ["k", "k"]}, {"a": [ORDER, ORDER]}),
        lambda: oracle.no_duplicate([], {"a": ["k"], "b": ["k"]}, {"a": [ORDER], "b": [ORDER]}),
        lambda: oracle.no_lost_order([Told("a", "k", "order-1")], {"a": [ORDER]}, {"a": []}),
        lambda: oracle.same_rows([ORDER], []),
        lambda: oracle.same_rows([ORDER], [ORDER, ORDER]),
        lambda: oracle.same_rows([ORDER], [{**ORDER, "tax": Decimal("1.61")}]),
    ],
)
def test_what_is_not_as_it_should_be_is_seen(broken: Callable[[], None]) -> None:
    with pytest.raises(AssertionError, match=r"I\d"):
        broken()


def test_rows_are_the_same_in_whatever_order_and_types() -> None:
    other = {name: ORDER[name] for name in reversed(ORDER)} | {"tax": Decimal("1.6"), "shipping_address": None}
    oracle.same_rows([ORDER, {"a": 1}], [{"a": Decimal(1)}, other])


def test_the_same_story_leaves_the_same_in_both_stores(
    emulator: AwsEmulator, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = emulator.client("dynamodb")
    stores: list[Store] = [DynamoStore(client), PostgresStore(client, shop)]
    names, left = [somebody() for _ in range(2)], []
    books = [f"book-story-{number}" for number in range(3)]
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    for store in stores:
        use(store, monkeypatch)
        left.append(_told(Lambdas(store), names, books))
    oracle.same_rows(*left, changed=["order_id"])


def _told(lambdas: Lambdas, users: list[str], books: list[str]) -> list[Any]:
    """The users' orders after they bought, one changed their mind, and one left."""
    for book, price in zip(books, (10, 0.07, 12.35), strict=True):
        body = {"category": "Story", "title": book, "author": "Somebody", "price": price, "stock_quantity": 9}
        assert lambdas.admin("PUT", f"/admin/books/{book}", body).status == 201
    for user in users:
        lambdas.fill(user, **{books[0]: 2, books[1]: 3, books[2]: 1})
        total = lambdas.call("POST", "/checkout/quote", user=user).body["total"]
        order = lambdas.buy(user, expected=str(total), key="k").body["order_id"]
    lambdas.call("POST", f"/orders/{order}/cancel", user=users[1])
    lambdas.call("DELETE", "/users/me", user=users[0])
    stock = {book: lambdas.stock(book) for book in books}
    assert stock == {books[0]: 7, books[1]: 6, books[2]: 8}
    return [order for user in users for order in lambdas.call("GET", "/orders", user=user).body["orders"]]

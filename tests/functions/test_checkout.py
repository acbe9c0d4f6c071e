"""Checkout is all or nothing, once, and never sells what is not there."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from orders import handler
from orders.checkout import Checkout
from orders.model import Order, OrderInput
from orders.placing import Wish
from orders.postgres_checkout import PostgresCheckout
from orders.postgres_transitions import PostgresTransitions
from orders.transitions import Transitions
from payments.provider import provider
from shared.address import Address
from shared.money import Total
from shared.problems import Problem

from tests.functions.boundary import boundary, calls_of, lost_reply
from tests.functions.faults import Crash, faulty, throttled
from tests.functions.lambdas import ADDRESS, Lambdas, somebody

# One book at 10.00: 0.80 tax and 5.99 shipping.
ONE, TWO_BOOKS = "16.79", "27.59"


def placed(shopper: str, key: str, expected: str) -> Order | Problem:
    """Straight to the store: a handler is made for one event at a time, as Lambda gives it."""
    wish = OrderInput(expected_total=Total(expected), shipping_address=msgspec.convert(ADDRESS, Address))
    try:
        return handler.orders().place(Wish(shopper, key, wish, handler.charges()))
    except Problem as problem:
        return problem


def test_the_last_copy_is_sold_once_to_fifty_shoppers(lambdas: Lambdas) -> None:
    book = lambdas.new_book(stock=1)
    shoppers = [somebody() for _ in range(50)]
    for shopper in shoppers:
        lambdas.fill(shopper, **{book: 1})
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda shopper: placed(shopper, "k", ONE), shoppers))
    assert len([answer for answer in answers if isinstance(answer, Order)]) == 1
    assert {answer.code for answer in answers if isinstance(answer, Problem)} == {"out_of_stock"}
    assert lambdas.stock(book) == 0
    assert sum(len(lambdas.orders_of(shopper)) for shopper in shoppers) == 1
    unlucky = [shopper for shopper in shoppers if not lambdas.orders_of(shopper)]
    assert all(lambdas.cart_of(shopper) == {book: 1} for shopper in unlucky)


def test_one_key_sent_fifty_times_at_once_buys_once(lambdas: Lambdas) -> None:
    shopper, book = somebody(), lambdas.new_book(stock=90)
    lambdas.fill(shopper, **{book: 1})
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: placed(shopper, "k", ONE), range(50)))
    assert len({answer.order_id for answer in answers if isinstance(answer, Order)}) == 1
    assert all(isinstance(answer, Order) for answer in answers), answers
    assert len(lambdas.orders_of(shopper)) == 1
    assert lambdas.stock(book) == 89


def test_a_key_used_for_another_wish_is_refused_and_changes_nothing(lambdas: Lambdas) -> None:
    shopper, book = somebody(), lambdas.new_book(stock=5)
    lambdas.fill(shopper, **{book: 1})
    lambdas.buy(shopper, expected=ONE, key="k")
    lambdas.fill(shopper, **{book: 2})
    answer = lambdas.buy(shopper, expected=TWO_BOOKS, key="k")
    assert (answer.status, answer.code) == (422, "idempotency_mismatch")
    assert lambdas.stock(book) == 4
    assert lambdas.cart_of(shopper) == {book: 2}


def test_the_same_key_of_another_shopper_is_another_key(lambdas: Lambdas) -> None:
    book = lambdas.new_book(stock=5)
    orders = set()
    for shopper in (somebody(), somebody()):
        lambdas.fill(shopper, **{book: 1})
        orders.add(lambdas.buy(shopper, expected=ONE, key="k").body["order_id"])
    assert len(orders) == 2


Prepared = tuple[str, list[str]]


def _shopper_with_two_books(lambdas: Lambdas) -> Prepared:
    shopper, books = somebody(), [lambdas.new_book(stock=5), lambdas.new_book(stock=5)]
    lambdas.fill(shopper, **dict.fromkeys(books, 1))
    return shopper, books


def _is_whole(lambdas: Lambdas, shopper: str, books: list[str]) -> bool:
    """Either everything of the order is there or nothing is; answers with which.

    What is still owed after a crash is paid by the shopper's next look at orders.
    """
    assert lambdas.call("GET", "/orders", user=shopper).status == 200
    orders = lambdas.orders_of(shopper)
    bought = len(orders)
    assert bought == len(lambdas.store.keys_of(shopper))
    assert [lambdas.stock(book) for book in books] == [5 - bought] * 2
    assert lambdas.cart_of(shopper) == ({} if bought else dict.fromkeys(books, 1))
    for order in orders:
        assert order["total"] == order["subtotal"] + order["tax"] + order["shipping"]
        assert order["subtotal"] == sum(item["price"] * item["quantity"] for item in order["items"])
        assert (order["payment"], _captures(order["authorisation"])) == ("captured", 1)
    assert bought in (0, 1)
    return bool(bought)


def _captures(authorisation: str) -> int:
    """How many times the provider took the money."""
    books: Any = provider()
    return int(books.entries[authorisation].captures)


def test_a_crash_at_any_call_of_checkout_leaves_all_or_nothing_and_a_retry_buys_once(lambdas: Lambdas) -> None:
    shopper, _ = _shopper_with_two_books(lambdas)
    calls = calls_of(lambda: lambdas.buy(shopper, expected=TWO_BOOKS, key="k"))
    assert len(calls) >= 7, calls
    outcomes = []
    for at in range(len(calls)):
        shopper, books = _shopper_with_two_books(lambdas)
        with boundary(at, after=True), suppress(Crash):
            lambdas.buy(shopper, expected=TWO_BOOKS, key="k")
        outcomes.append(_is_whole(lambdas, shopper, books))
        assert lambdas.buy(shopper, expected=TWO_BOOKS, key="k").status == 201
        assert _is_whole(lambdas, shopper, books)
    # Once it is sold it stays so.
    assert outcomes == sorted(outcomes)
    assert set(outcomes) == {False, True}


def test_an_order_that_a_crash_left_unpaid_is_found_whole_by_the_same_key_alone(lambdas: Lambdas) -> None:
    shopper, _ = _shopper_with_two_books(lambdas)
    count = len(calls_of(lambda: lambdas.buy(shopper, expected=TWO_BOOKS, key="k")))
    for at in range(count):
        shopper, books = _shopper_with_two_books(lambdas)
        with boundary(at, after=True), suppress(Crash):
            lambdas.buy(shopper, expected=TWO_BOOKS, key="k")
        answer = lambdas.buy(shopper, expected=TWO_BOOKS, key="k")
        assert (answer.status, answer.body["payment"]) == (201, "captured")
        assert lambdas.cart_of(shopper) == {}
        assert [lambdas.stock(book) for book in books] == [4, 4]


def test_a_crash_and_another_key_never_sell_a_line_of_the_cart_twice(lambdas: Lambdas) -> None:
    shopper, _ = _shopper_with_two_books(lambdas)
    count = len(calls_of(lambda: lambdas.buy(shopper, expected=TWO_BOOKS, key="k")))
    for at in range(count):
        shopper, books = _shopper_with_two_books(lambdas)
        with boundary(at, after=True), suppress(Crash):
            lambdas.buy(shopper, expected=TWO_BOOKS, key="k")
        answer = lambdas.buy(shopper, expected=TWO_BOOKS, key="another")
        assert answer.status == 201 or answer.code == "empty_cart"
        assert _is_whole(lambdas, shopper, books)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_lost_reply_never_makes_a_second_order(lambdas: Lambdas, after: bool) -> None:
    shopper, _ = _shopper_with_two_books(lambdas)
    count = len(calls_of(lambda: lambdas.buy(shopper, expected=TWO_BOOKS, key="k")))
    for at in range(count):
        shopper, books = _shopper_with_two_books(lambdas)
        with boundary(at, lost_reply, after=after):
            answer = lambdas.buy(shopper, expected=TWO_BOOKS, key="k")
        assert answer.status in (201, 503), answer.text
        if answer.status == 503:
            assert answer.headers["Retry-After"]
            assert not _is_whole(lambdas, shopper, books)
            assert lambdas.buy(shopper, expected=TWO_BOOKS, key="k").status == 201
        assert _is_whole(lambdas, shopper, books)


@pytest.mark.stores("dynamodb")
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_throttle_never_makes_a_second_order(lambdas: Lambdas, after: bool) -> None:
    for at in range(6):
        shopper, books = _shopper_with_two_books(lambdas)
        with faulty(at, throttled, after=after):
            answer = lambdas.buy(shopper, expected=TWO_BOOKS, key="k")
        assert answer.status in (201, 503), answer.text
        assert _is_whole(lambdas, shopper, books) is (answer.status == 201)
        assert lambdas.buy(shopper, expected=TWO_BOOKS, key="k").status == 201


def test_a_crash_at_any_call_of_cancel_returns_copies_and_money_once(lambdas: Lambdas) -> None:
    def ordered() -> tuple[str, list[str], str]:
        shopper, books = _shopper_with_two_books(lambdas)
        return shopper, books, lambdas.buy(shopper, expected=TWO_BOOKS, key="k").body["order_id"]

    shopper, books, order = ordered()
    calls = calls_of(lambda: lambdas.call("POST", f"/orders/{order}/cancel", user=shopper))
    assert len(calls) >= 4, calls
    for at in range(len(calls)):
        shopper, books, order = ordered()
        with boundary(at, after=True), suppress(Crash):
            lambdas.call("POST", f"/orders/{order}/cancel", user=shopper)
        assert lambdas.call("POST", f"/orders/{order}/cancel", user=shopper).body["status"] == "cancelled"
        assert [lambdas.stock(book) for book in books] == [5, 5]
        (stored,) = lambdas.orders_of(shopper)
        entries: Any = provider()
        assert stored["payment"] == "voided"
        assert entries.entries[stored["authorisation"]].state == "refunded"


def test_cancelling_many_times_at_once_returns_the_copies_once(lambdas: Lambdas) -> None:
    shopper, books = _shopper_with_two_books(lambdas)
    order = lambdas.buy(shopper, expected=TWO_BOOKS, key="k").body["order_id"]
    with ThreadPoolExecutor(20) as pool:
        cancelled = list(pool.map(lambda _: handler.orders().cancel(shopper, order), range(20)))
    assert all(each is not None and each.status == "cancelled" for each in cancelled)
    assert [lambdas.stock(book) for book in books] == [5, 5]


def test_two_who_see_an_order_uncancelled_return_its_copies_once(
    lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch
) -> None:
    shopper, books = _shopper_with_two_books(lambdas)
    order = lambdas.buy(shopper, expected=TWO_BOOKS, key="k").body["order_id"]
    store, both = handler.orders(), threading.Barrier(2, timeout=30)
    transitions: Any = PostgresTransitions if lambdas.store.name == "postgres" else Transitions
    attempt = transitions._try

    def together(*arguments: Any) -> Any:
        both.wait()
        return attempt(*arguments)

    monkeypatch.setattr(transitions, "_try", together)
    with ThreadPoolExecutor(2) as pool:
        cancelled = list(pool.map(lambda _: store.cancel(shopper, order), range(2)))
    assert [each.status for each in cancelled if each is not None] == ["cancelled", "cancelled"]
    assert [lambdas.stock(book) for book in books] == [5, 5]


def test_a_price_that_changes_between_look_and_sale_is_not_sold_at(
    lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch
) -> None:
    shopper, book = somebody(), lambdas.new_book(stock=5)
    lambdas.fill(shopper, **{book: 1})
    seller: Any = PostgresCheckout if lambdas.store.name == "postgres" else Checkout
    sell = seller.sell

    def dearer_first(*arguments: Any) -> Any:
        monkeypatch.setattr(seller, "sell", sell)
        dearer = {"category": "Test", "title": "A book", "author": "Somebody", "price": 12, "stock_quantity": 0}
        assert lambdas.admin("PUT", f"/admin/books/{book}", dearer).status == 200
        return sell(*arguments)

    monkeypatch.setattr(seller, "sell", dearer_first)
    answer = lambdas.buy(shopper, expected=ONE, key="k")
    assert (answer.status, answer.code) == (409, "price_changed")
    (change,) = answer.body["changes"]
    assert (change["old_price"], change["new_price"]) == (10, 12)
    assert (lambdas.orders_of(shopper), lambdas.stock(book), lambdas.cart_of(shopper)) == ([], 5, {book: 1})


def test_cancelling_an_order_of_a_book_that_is_gone_still_works(lambdas: Lambdas) -> None:
    shopper, (kept, gone) = _shopper_with_two_books(lambdas)
    order = lambdas.buy(shopper, expected=TWO_BOOKS, key="k").body["order_id"]
    lambdas.admin("DELETE", f"/admin/books/{gone}")
    assert lambdas.call("POST", f"/orders/{order}/cancel", user=shopper).body["status"] == "cancelled"
    assert lambdas.stock(kept) == 5


def test_a_book_that_moved_to_another_category_is_still_sold_and_returned(lambdas: Lambdas) -> None:
    shopper, book = somebody(), lambdas.new_book(stock=5)
    lambdas.fill(shopper, **{book: 1})
    moved = {"category": "Elsewhere", "title": "A book", "author": "Somebody", "price": 10, "stock_quantity": 0}
    assert lambdas.admin("PUT", f"/admin/books/{book}", moved).body["stock_quantity"] == 5
    order = lambdas.buy(shopper, expected=ONE, key="k").body["order_id"]
    assert lambdas.stock(book) == 4
    lambdas.call("POST", f"/orders/{order}/cancel", user=shopper)
    assert lambdas.stock(book) == 5


def test_a_quote_tells_what_changed_since_the_cart_was_filled(lambdas: Lambdas) -> None:
    shopper = somebody()
    dear, few, gone = lambdas.new_book(), lambdas.new_book(stock=3), lambdas.new_book()
    lambdas.fill(shopper, **{dear: 1, few: 3, gone: 1})
    book = {"category": "Test", "title": "A book", "author": "Somebody", "price": 12, "stock_quantity": 0}
    lambdas.admin("PUT", f"/admin/books/{dear}", book)
    lambdas.admin("PATCH", f"/admin/books/{few}/stock", {"delta": -1})
    lambdas.admin("DELETE", f"/admin/books/{gone}")
    quote = lambdas.call("POST", "/checkout/quote", user=shopper).body
    changes = {change["book_id"]: change for change in quote["changes"]}
    assert (changes[dear]["change"], changes[dear]["new_price"]) == ("price_changed", 12)
    assert (changes[few]["change"], changes[few]["available"]) == ("out_of_stock", 2)
    assert changes[gone]["change"] == "unavailable"
    refused = lambdas.buy(shopper, expected=str(quote["total"]), key="k")
    assert (refused.status, refused.code) == (409, "out_of_stock")
    assert {change["book_id"] for change in refused.body["changes"]} == {few, gone}


@pytest.mark.parametrize(("price", "tax"), [("0.06", "0.00"), ("0.07", "0.01"), ("10.31", "0.82"), ("99.94", "8.00")])
def test_tax_is_rounded_half_up_to_cents(lambdas: Lambdas, price: str, tax: str) -> None:
    shopper, book = somebody(), lambdas.new_book(price=price)
    lambdas.fill(shopper, **{book: 1})
    quote = lambdas.call("POST", "/checkout/quote", user=shopper).body
    assert quote["tax"] == Decimal(tax)
    assert quote["total"] == Decimal(price) + Decimal(tax) + Decimal("5.99")

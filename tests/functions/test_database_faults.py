"""Checkout while PostgreSQL is slow, full, gone or killed in the middle: 503 or an order, never half of one."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from orders import handler
from orders.postgres import PostgresOrders
from shared.cart_rows import own_rows
from shared.postgres import Database, Session
from shared.postgres_errors import ConnectionLost

from tests.functions.boundary import boundary
from tests.functions.faults import Crash
from tests.functions.lambdas import ADDRESS, Answer, Lambdas, somebody
from tests.functions.test_checkout import placed
from tests.functions.test_outbox import SOLD
from tests.oracle import Journal
from tests.postgres.servers import MASTER, Shop

pytestmark = pytest.mark.stores("postgres")
ONE = "16.79"
SHORT = (("lock_timeout", "50"), ("statement_timeout", "5000"))


def shop_of(lambdas: Lambdas) -> Shop:
    store: Any = lambdas.store
    found: Shop = store.shop
    return found


@pytest.fixture
def impatient(lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Checkout that waits for locks for a moment only, with connections of its own."""
    database = Database(replace(shop_of(lambdas).login("orders"), settings=SHORT))
    store = PostgresOrders(database, own_rows())
    monkeypatch.setattr(handler, "orders", lambda: store)
    yield
    database.close()


@pytest.fixture
def gate(lambdas: Lambdas) -> Iterator[Session]:
    """Somebody else's connection."""
    session = Session(shop_of(lambdas).login(MASTER))
    yield session
    session.close()


def shopper_with(lambdas: Lambdas, book: str) -> tuple[str, Journal]:
    shopper, journal = somebody(), Journal(lambdas)
    lambdas.fill(shopper, **{book: 1})
    journal.gave(book, 5)
    return shopper, journal


def buy(lambdas: Lambdas, journal: Journal, shopper: str) -> Answer:
    answer = lambdas.buy(shopper, expected=ONE, key="k")
    journal.answered(shopper, "k", answer)
    return answer


@pytest.mark.usefixtures("impatient")
def test_a_book_that_is_held_too_long_is_an_outage_and_the_key_is_not_stuck(lambdas: Lambdas, gate: Session) -> None:
    book = lambdas.new_book(stock=5)
    shopper, journal = shopper_with(lambdas, book)
    with gate.transaction():
        gate.run("SELECT 1 FROM books WHERE book_id = :book FOR UPDATE", book=book)
        answer = buy(lambdas, journal, shopper)
        assert (answer.status, answer.code) == (503, "unavailable")
        assert answer.headers["Retry-After"]
    assert lambdas.cart_of(shopper) == {book: 1}
    assert buy(lambdas, journal, shopper).status == 201
    journal.check()


@pytest.mark.usefixtures("impatient")
def test_a_debt_that_somebody_is_paying_is_not_waited_for(lambdas: Lambdas, gate: Session) -> None:
    late, buyer, book = somebody(), somebody(), lambdas.new_book(stock=5)
    for shopper in (late, buyer):
        lambdas.fill(shopper, **{book: 1})
    with boundary(SOLD, after=True), pytest.raises(Crash):
        lambdas.buy(late, expected=ONE, key="k")
    gate.run("UPDATE outbox SET due_at = now() - interval '1 second'")
    with gate.transaction():
        assert gate.run("SELECT 1 FROM outbox FOR UPDATE")
        assert lambdas.call("POST", "/checkout/quote", user=buyer).status == 200


ORDERS = "FROM pg_stat_activity WHERE usename = 'orders'"


def test_a_connection_killed_while_it_waits_to_sell_sells_once_by_another(lambdas: Lambdas, gate: Session) -> None:
    book = lambdas.new_book(stock=5)
    shopper, journal = shopper_with(lambdas, book)
    superuser = shop_of(lambdas).server.connect()
    with ThreadPoolExecutor(1) as pool:
        with gate.transaction():
            gate.run("SELECT 1 FROM books WHERE book_id = :book FOR UPDATE", book=book)
            answer: Future[Answer] = pool.submit(buy, lambdas, journal, shopper)
            while not superuser.run(f"SELECT 1 {ORDERS} AND wait_event_type = 'Lock'"):
                assert not answer.done()
            superuser.run(f"SELECT pg_terminate_backend(pid) {ORDERS}")
        assert answer.result().status == 201
    superuser.close()
    journal.check()


def all_there_are(shop: Shop) -> list[Session]:
    """Every connection the server gives."""
    taken: list[Session] = []
    with suppress(ConnectionLost):
        while len(taken) < 1000:
            taken.append(Session(shop.login("orders")))
    assert len(taken) < 100
    return taken


# The driver's file keeps the socket of a refused connection until it is collected.
@pytest.mark.filterwarnings("ignore:unclosed <socket", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_no_connection_left_is_an_outage_until_there_is_one(lambdas: Lambdas) -> None:
    book = lambdas.new_book(stock=5)
    shopper, journal = shopper_with(lambdas, book)
    shop_of(lambdas).database("orders").close()
    taken = all_there_are(shop_of(lambdas))
    answer = buy(lambdas, journal, shopper)
    assert (answer.status, answer.code) == (503, "unavailable")
    for session in taken:
        session.close()
    while buy(lambdas, journal, shopper).status == 503:
        # The server notices a closed connection in its own time.
        pass
    journal.check()


def test_many_at_once_take_a_connection_each_and_give_it_back(lambdas: Lambdas) -> None:
    shop_of(lambdas).database("orders").close()
    book, shoppers = lambdas.new_book(stock=90), [somebody() for _ in range(20)]
    for shopper in shoppers:
        lambdas.fill(shopper, **{book: 1})
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda shopper: placed(shopper, "k", ONE), shoppers))
    assert {getattr(answer, "status", answer) for answer in answers} == {"confirmed"}
    counted = f"SELECT count(*) {ORDERS} AND datname = current_database()"
    ((connections,),) = shop_of(lambdas).database().run(counted)
    assert connections <= 20
    ((active,),) = shop_of(lambdas).database().run(f"{counted} AND state <> 'idle'")
    assert active == 0


def test_checkout_reaches_for_nothing_but_its_two_stores(lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does the rest of the orders service: in a VPC without a NAT there is nothing else to reach."""
    from shared import dynamo

    reached: set[tuple[str, int]] = set()
    lock, connect = threading.Lock(), socket.socket.connect

    def noted(this: socket.socket, address: Any) -> None:
        with lock:
            reached.add(tuple(address[:2]))
        connect(this, address)

    shopper, book = somebody(), lambdas.new_book()
    lambdas.fill(shopper, **{book: 1})
    shop_of(lambdas).database("orders").close()
    dynamo.client.cache_clear()
    monkeypatch.setattr(socket.socket, "connect", noted)
    wish = {"expected_total": float(ONE), "shipping_address": ADDRESS, "payment_token": "tok_late_success"}
    for status in (503, 201, 201):
        headers = {"Idempotency-Key": "k"}
        assert lambdas.call("POST", "/orders", wish, user=shopper, headers=headers).status == status
    (order,) = lambdas.call("GET", "/orders", user=shopper).body["orders"]
    assert lambdas.call("POST", f"/orders/{order['order_id']}/cancel", user=shopper).status == 200
    store: Any = lambdas.store
    dynamodb = store._client.meta.endpoint_url.rpartition(":")[2]
    server = shop_of(lambdas).server
    assert reached == {(server.host, server.port), ("127.0.0.1", int(dynamodb))}

"""A connection that is slow, cut or gone: what was asked for is done once, or answered with 503."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from books.model import Filters, Listing
from books.postgres import PostgresBooks
from shared import clock
from shared.postgres import CHECK_AFTER_S, MOST_ATTEMPTS, Database
from shared.postgres_errors import ConnectionLost
from shared.postgres_session import MOST_STATEMENTS, Session
from shared.problems import Unavailable

from cloudshelf.local.postgres.server import PostgresServer
from tests.functions.lambdas import Lambdas
from tests.functions.stores import PostgresStore, use
from tests.postgres.marks import failing_once, mark, marks
from tests.postgres.relay import Fault, Relay
from tests.postgres.servers import MASTER, Shop, as_rds, with_schema

OWN_PID = "SELECT pg_backend_pid()"


def end(shop: Shop, pid: int) -> None:
    """Ends a session of the master's, and waits until it is gone."""
    shop.database().run("SELECT pg_terminate_backend(:pid)", pid=pid)
    while shop.database().run("SELECT FROM pg_stat_activity WHERE pid = :pid", pid=pid):
        pass


def test_an_answer_takes_one_trip_to_the_database(shop: Shop, relay: Relay) -> None:
    database = Database(replace(shop.login("books"), port=relay.port))
    books = PostgresBooks(database)
    text = Filters(exact_title="some words", category="C", in_stock=True)
    for ask in (
        lambda: books.get("book-1"),
        lambda: books.lookup(["book-1", "book-2"]),
        lambda: books.page(Listing(Filters(), None, 20), None),
        lambda: books.page(Listing(text, "price", 20), None),
        lambda: books.page(Listing(text, None, 20), None),
        lambda: books.related("book-1", 20),
        books._count_categories,
        books._count_sales,
    ):
        ask()
        before = relay.trips
        ask()
        assert relay.trips == before + 1
    assert relay.connections == 1
    database.close()


def test_statements_are_prepared_once_and_not_without_end(shop: Shop) -> None:
    session = Session(shop.login("books"))
    for number in range(MOST_STATEMENTS + 20):
        for _ in range(2):
            assert session.run(f"SELECT {number} + :more::integer", more=1) == [[number + 1]]
    assert session.run("SELECT count(*) <= :most FROM pg_prepared_statements", most=MOST_STATEMENTS) == [[True]]
    session.close()


def test_a_session_that_was_ended_while_idle_is_noticed_before_it_is_used(shop: Shop) -> None:
    database = Database(shop.login(MASTER))
    ((pid,),) = database.run(OWN_PID)
    end(shop, pid)
    # `once` would not try again what may have been done.
    ((other,),) = database.run(OWN_PID, once=True)
    assert other != pid
    database.close()


def test_a_connection_that_was_idle_for_long_is_asked_before_it_is_used(
    relay: Relay, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.run("SELECT 1")
    before = relay.trips
    later = clock.monotonic() + CHECK_AFTER_S
    monkeypatch.setattr(clock, "monotonic", lambda: later)
    database.run("SELECT 1")
    assert relay.trips == before + 2


def test_a_session_that_is_ended_in_the_middle_of_a_transaction_leaves_nothing_and_it_is_done_again(
    shop: Shop, database: Database
) -> None:
    seen: list[list[str]] = []

    def end_itself(session: Session) -> None:
        ((pid,),) = session.run(OWN_PID)
        end(shop, pid)
        seen.append(marks(shop))
        session.run("SELECT 1")

    database.transaction(failing_once(end_itself, mark("a")))
    assert seen == [[]]
    assert marks(shop) == ["a"]


@pytest.mark.parametrize(("fault", "done"), [("cut", False), ("lose reply", True)])
def test_what_may_not_be_done_twice_is_not_tried_again_when_the_reply_is_lost(
    shop: Shop, relay: Relay, database: Database, fault: Fault, done: bool
) -> None:
    insert = "INSERT INTO marks VALUES (:name, 1)"
    database.run(insert, name="prepared")
    relay.fault = fault
    with pytest.raises(Unavailable) as raised:
        database.run(insert, once=True, name="a")
    assert isinstance(raised.value.__cause__, ConnectionLost)
    assert relay.connections == 1
    assert marks(shop) == (["a", "prepared"] if done else ["prepared"])


def test_what_may_be_done_twice_is_done_again_when_the_reply_is_lost(
    shop: Shop, relay: Relay, database: Database
) -> None:
    def lose(_: Session) -> None:
        relay.fault, relay.one_fault = "lose reply", True

    database.transaction(failing_once(lose, mark("a")))
    assert relay.connections == 2
    assert marks(shop) == ["a"]


@pytest.mark.parametrize("fault", ["refuse", "cut", "lose reply"])
def test_a_database_out_of_reach_is_tried_a_few_times(relay: Relay, database: Database, fault: Fault) -> None:
    database.close()
    before = relay.connections
    relay.fault = fault
    with pytest.raises(Unavailable) as raised:
        database.run("SELECT 1")
    assert "try again" in raised.value.detail
    assert relay.connections - before == MOST_ATTEMPTS
    relay.fault = "none"
    assert database.run("SELECT 1") == [[1]]


def test_a_shop_without_its_database_answers_503_and_says_when_to_come_back(
    lambdas: Lambdas, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    from books import handler

    with Relay(("127.0.0.1", 1)) as closed:
        port = closed.port
    away = Database(replace(shop.login("books"), port=port))
    monkeypatch.setattr(handler, "books", lambda: PostgresBooks(away))
    for path in (
        "/books",
        "/books?q=anything",
        "/books/book-1",
        "/books/book-1/related",
        "/categories",
        "/bestsellers",
    ):
        answer = lambdas.call("GET", path)
        assert (answer.status, answer.code) == (503, "unavailable")
        assert int(answer.headers["Retry-After"]) > 0
        assert answer.headers["Cache-Control"] == "no-store"
        assert "127.0.0.1" not in answer.text
    assert lambdas.call("GET", "/health").status == 200


@pytest.fixture
def durable(tmp_path: Path) -> Iterator[Shop]:
    """A server that is the test's to crash, with a database that has the schema."""
    with PostgresServer(tmp_path / "server", durable=True) as server:
        as_rds(server)
        yield from with_schema(server)


def test_a_server_that_crashed_and_came_back_is_used_again(durable: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    use(PostgresStore(None, durable), monkeypatch, services=("books", "admin"))
    lambdas = Lambdas(PostgresStore(None, durable))
    book = lambdas.new_book()
    session = Session(durable.login("books"))
    ((pid,),) = session.run(OWN_PID)
    # The server ends all sessions when one of them dies, recovers from its log, and lets nobody in meanwhile.
    os.kill(pid, signal.SIGKILL)
    while session.answers():
        pass
    session.close()
    answers = [lambdas.call("GET", f"/books/{book}")]
    while answers[-1].status != 200:
        assert (answers[-1].status, answers[-1].code) == (503, "unavailable")
        assert len(answers) < 100
        answers.append(lambdas.call("GET", f"/books/{book}"))
    assert answers[-1].body["book_id"] == book

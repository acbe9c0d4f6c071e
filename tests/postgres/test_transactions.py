"""Transactions in each other's way, slow ones and wrong ones: all or nothing, and no error tells a row."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
from migration import engine
from shared.postgres import MOST_ATTEMPTS, Database, Violation
from shared.postgres_errors import RolledBack, StatementFailed
from shared.postgres_session import Session
from shared.problems import Unavailable

from cloudshelf.local.postgres.server import PostgresServer
from tests.postgres.marks import failing_once, mark, marks
from tests.postgres.relay import Relay
from tests.postgres.servers import MASTER, Shop

OWN_PID = "SELECT pg_backend_pid()"


def test_work_that_fails_is_undone_and_its_error_comes_through(shop: Shop, database: Database) -> None:
    class Crash(BaseException):
        pass

    def crash(session: Session) -> None:
        mark("a")(session)
        raise Crash

    ((pid,),) = database.run(OWN_PID)
    with pytest.raises(Crash):
        database.transaction(crash)
    assert marks(shop) == []
    assert database.run(OWN_PID) == [[pid]]


@pytest.mark.parametrize("code", ["40001", "40P01"])
def test_a_transaction_that_was_rolled_back_for_another_is_done_again(
    shop: Shop, database: Database, code: str
) -> None:
    fail = f"DO $$ BEGIN RAISE EXCEPTION 'in the way' USING ERRCODE = '{code}'; END $$"
    database.transaction(failing_once(lambda session: session.script(fail), mark("a")), once=True)
    assert marks(shop) == ["a"]


def test_a_transaction_that_is_always_in_the_way_is_given_up_in_the_end(database: Database) -> None:
    tries: list[int] = []

    def fail(_: Session) -> None:
        tries.append(1)
        raise RolledBack("in the way")

    with pytest.raises(Unavailable):
        database.transaction(fail)
    assert len(tries) == MOST_ATTEMPTS


def test_two_transactions_in_each_others_way_are_both_done(
    server: PostgresServer, shop: Shop, database: Database
) -> None:
    superuser = server.connect(database=shop.name)
    superuser.run(f'ALTER DATABASE "{shop.name}" SET deadlock_timeout = 20')
    superuser.close()
    database.run("INSERT INTO marks VALUES ('a', 0), ('b', 0)")
    own, both = Database(shop.login(MASTER)), threading.Barrier(2)

    def in_turn(*names: str) -> Callable[[Session], None]:
        """Both have their first row before either asks for its second."""
        met: list[bool] = []

        def work(session: Session) -> None:
            session.run("UPDATE marks SET number = number + 1 WHERE name = :name", name=names[0])
            if not met:
                met.append(True)
                both.wait()
            session.run("UPDATE marks SET number = number + 1 WHERE name = :name", name=names[1])

        return work

    threads = [threading.Thread(target=own.transaction, args=(in_turn(*names),)) for names in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    own.close()
    assert shop.database().run("SELECT number FROM marks ORDER BY name") == [[2], [2]]


@pytest.mark.parametrize("setting", ["lock_timeout", "statement_timeout"])
def test_what_waits_too_long_for_a_row_is_given_up_at_once(shop: Shop, database: Database, setting: str) -> None:
    database.run("INSERT INTO marks VALUES ('a', 0)")
    hasty = Database(replace(shop.login(MASTER), settings=((setting, "20"),)))
    tries: list[int] = []

    def work(session: Session) -> None:
        tries.append(1)
        session.run("UPDATE marks SET number = 1")

    with shop.database()._session() as gate, gate.transaction():
        gate.run("UPDATE marks SET number = 2")
        with pytest.raises(Unavailable):
            hasty.transaction(work)
    assert len(tries) == 1
    assert hasty.run("SELECT number FROM marks") == [[2]]
    hasty.close()


def test_a_reply_that_comes_too_late_is_nobodys(shop: Shop, database: Database) -> None:
    database.run("INSERT INTO marks VALUES ('a', 0)")
    hasty = Database(replace(shop.login(MASTER), reply_s=0.05))
    with shop.database()._session() as gate, gate.transaction():
        gate.run("UPDATE marks SET number = 2")
        with pytest.raises(Unavailable):
            hasty.run("UPDATE marks SET number = number + 1 RETURNING number", once=True)
    assert hasty.run("SELECT 7") == [[7]]
    hasty.close()


@pytest.mark.parametrize("role", ["books", "carts", "users", "orders", "admin", "authorizer", "migration"])
def test_no_session_of_a_service_waits_for_ever_whatever_it_sends_at_its_start(shop: Shop, role: str) -> None:
    login = shop.login(role)
    assert login.settings == ()
    longest = 1000 * (engine.REPLY_S if role == "migration" else login.reply_s)
    database = Database(login)
    for setting in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout"):
        ((milliseconds,),) = database.run("SELECT setting::integer FROM pg_settings WHERE name = :name", name=setting)
        assert milliseconds > 0, setting
        if setting in ("statement_timeout", "lock_timeout"):
            assert milliseconds < longest, setting
    database.close()


def test_a_violation_tells_the_constraint_and_nothing_of_the_row(database: Database) -> None:
    for sql, constraint in (
        ("INSERT INTO marks VALUES ('secret', 100)", "marks_number_check"),
        ("INSERT INTO marks VALUES ('secret', NULL)", "number"),
        ("INSERT INTO marks VALUES ('secret', 1), ('secret', 1)", "marks_pkey"),
    ):
        with pytest.raises(Violation) as raised:
            database.run(sql)
        assert str(raised.value) == constraint
        assert raised.value.__cause__ is None


def test_a_fault_of_the_program_is_not_tried_again(relay: Relay, database: Database) -> None:
    before = relay.trips
    with pytest.raises(StatementFailed, match="42P01"):
        database.run("SELECT FROM nowhere")
    assert relay.trips <= before + 2
    assert database.run("SELECT 1") == [[1]]

"""The schema runner: files go forward, once, whole or not at all."""

import json
import threading
import uuid
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import boto3
import pytest
from aws_lambda_powertools import Logger
from moto import mock_aws
from schema.files import SchemaError, migrations
from shared.postgres import Session
from shared.postgres_errors import ConnectionLost

from schema import handler, runner
from tests.postgres.servers import MASTER, SCHEMA, Shop


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "0001_shelves.sql").write_text("CREATE TABLE shelves (name text); INSERT INTO shelves VALUES ('a');")
    (tmp_path / "0002_more.sql").write_text("INSERT INTO shelves VALUES ('b');")
    return tmp_path


def apply(shop: Shop, folder: Path) -> runner.Outcome:
    session = Session(shop.login(MASTER))
    try:
        return runner.apply(session, migrations(folder))
    finally:
        session.close()


def shelves(shop: Shop) -> list[str]:
    return [name for (name,) in shop.database().run("SELECT name FROM shelves ORDER BY name")]


def test_files_are_applied_in_order_and_once(empty: Shop, files: Path) -> None:
    assert apply(empty, files) == runner.Outcome(("0001_shelves", "0002_more"), ())
    assert apply(empty, files) == runner.Outcome((), ("0001_shelves", "0002_more"))
    assert shelves(empty) == ["a", "b"]


def test_a_new_file_is_added_to_those_that_were_applied(empty: Shop, files: Path) -> None:
    apply(empty, files)
    (files / "0003_third.sql").write_text("INSERT INTO shelves VALUES ('c')")
    assert apply(empty, files).applied == ("0003_third",)
    assert shelves(empty) == ["a", "b", "c"]


def test_two_runners_at_once_apply_each_file_once(empty: Shop, files: Path) -> None:
    apply(empty, files)
    (files / "0003_third.sql").write_text("INSERT INTO shelves VALUES ('c')")
    outcomes: list[runner.Outcome] = []
    threads = [threading.Thread(target=lambda: outcomes.append(apply(empty, files))) for _ in range(2)]
    gate, watch = Session(empty.login(MASTER)), empty.database()
    with gate.transaction():
        gate.script("LOCK TABLE shelves IN ACCESS EXCLUSIVE MODE")
        for thread in threads:
            thread.start()
        # One waits for the table, the other for the first.
        while watch.run("SELECT count(*) FROM pg_locks WHERE NOT granted") != [[2]]:
            assert all(thread.is_alive() for thread in threads)
    for thread in threads:
        thread.join()
    gate.close()
    assert sorted(len(outcome.applied) for outcome in outcomes) == [0, 1]
    assert shelves(empty) == ["a", "b", "c"]


def test_a_file_that_fails_leaves_nothing_of_itself_and_is_named(empty: Shop, files: Path) -> None:
    (files / "0003_wrong.sql").write_text("INSERT INTO shelves VALUES ('c'); INSERT INTO nowhere VALUES (1);")
    with pytest.raises(SchemaError, match=r"0003_wrong\.sql: 42P01 .*nowhere.* Nothing of this file"):
        apply(empty, files)
    assert shelves(empty) == ["a", "b"]
    (files / "0003_wrong.sql").write_text("INSERT INTO shelves VALUES ('d')")
    assert apply(empty, files).applied == ("0003_wrong",)


def test_a_file_edited_after_it_was_applied_is_refused_and_named(empty: Shop, files: Path) -> None:
    apply(empty, files)
    (files / "0001_shelves.sql").write_text("CREATE TABLE shelves (name text NOT NULL)")
    (files / "0003_third.sql").write_text("INSERT INTO shelves VALUES ('c')")
    with pytest.raises(SchemaError, match=r"0001_shelves\.sql: was edited .* Restore the file"):
        apply(empty, files)
    assert shelves(empty) == ["a", "b"]


def test_a_file_that_was_applied_and_is_gone_is_refused_and_named(empty: Shop, files: Path) -> None:
    apply(empty, files)
    (files / "0002_more.sql").unlink()
    with pytest.raises(SchemaError, match=r"0002_more\.sql: the database has it"):
        apply(empty, files)


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("0004_gap.sql", r"0004_gap\.sql: the file before it is 0002, so it must be 0003"),
        ("0002_again.sql", r"0002_more\.sql: the file before it is 0002"),
        ("third.sql", r"third\.sql: is no NNNN_name\.sql"),
    ],
)
def test_files_with_a_gap_a_double_or_a_strange_name_are_refused(files: Path, name: str, fault: str) -> None:
    (files / name).write_text("SELECT 1")
    with pytest.raises(SchemaError, match=fault):
        migrations(files)


@pytest.mark.parametrize("statement", ["COMMIT;", "  begin;", "Rollback ;", "START TRANSACTION;", "COMMIT AND CHAIN;"])
def test_a_file_that_ends_its_own_transaction_is_refused(files: Path, statement: str) -> None:
    (files / "0003_own.sql").write_text("\n".join(["INSERT INTO shelves VALUES ('c');", statement, ""]))
    with pytest.raises(SchemaError, match=r"0003_own\.sql: has .* take that out"):
        migrations(files)


def test_a_block_of_plpgsql_may_begin(empty: Shop, files: Path) -> None:
    (files / "0003_block.sql").write_text("DO $$\nBEGIN\n    INSERT INTO shelves VALUES ('c');\nEND\n$$;")
    assert len(apply(empty, files).applied) == 3


def test_a_connection_lost_in_a_file_leaves_nothing_of_it_and_the_way_free(empty: Shop, files: Path) -> None:
    (files / "0003_lost.sql").write_text(
        "INSERT INTO shelves VALUES ('c'); SELECT pg_terminate_backend(pg_backend_pid()); SELECT 1;"
    )
    with pytest.raises(ConnectionLost):
        apply(empty, files)
    assert shelves(empty) == ["a", "b"]
    (files / "0003_lost.sql").write_text("INSERT INTO shelves VALUES ('d')")
    assert apply(empty, files).applied == ("0003_lost",)


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="has no"):
        migrations(tmp_path)


@pytest.fixture
def environment(empty: Shop, monkeypatch: pytest.MonkeyPatch) -> str:
    """Of the schema function; the answer is the master's password."""
    login = empty.login(MASTER)
    monkeypatch.setenv("DATABASE_HOST", login.host)
    monkeypatch.setenv("DATABASE_PORT", str(login.port))
    monkeypatch.setenv("DATABASE_NAME", login.database)
    monkeypatch.setenv("SCHEMA_PATH", str(SCHEMA))
    monkeypatch.setattr(handler, "own_ca_file", lambda: None)
    return login.password()


@pytest.fixture(params=["credential", "credential_parameter"])
def credential(
    request: pytest.FixtureRequest, environment: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[dict[str, str]]:
    """Handed over, or the name of where it is kept."""
    text = json.dumps({"username": MASTER, "password": environment})
    if request.param == "credential":
        yield {"credential": text}
        return
    with mock_aws():
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        boto3.client("ssm").put_parameter(Name="/shop/master", Value=text, Type="SecureString")
        yield {"credential_parameter": "/shop/master"}


def test_the_function_applies_the_shops_schema_and_says_nothing_of_its_event(
    credential: dict[str, str], environment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = StringIO()
    monkeypatch.setattr(handler, "logger", lambda: Logger(service=uuid.uuid4().hex, stream=log))
    event: dict[str, Any] = {**credential, "digest": "d" * 64}
    first, second = handler.lambda_handler(event, None), handler.lambda_handler(event, None)
    names = [path.stem for path in sorted(SCHEMA.glob("*.sql"))]
    assert first == {"applied": names, "already": []}
    assert second == {"applied": [], "already": names}
    logged = log.getvalue()
    assert names[0] in logged
    assert environment not in logged
    assert "d" * 64 not in logged


def test_the_schema_may_be_applied_to_a_second_database_of_the_same_server(empty: Shop, shop: Shop) -> None:
    assert shop.name != empty.name
    assert apply(empty, SCHEMA).applied

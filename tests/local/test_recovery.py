"""The PostgreSQL server dies and comes back; another begins as it was at a moment."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pg8000.native import InterfaceError

from cloudshelf.local.postgres.recovery import Backup, RestoredServer
from cloudshelf.local.postgres.server import PostgresServer


@pytest.fixture(params=[False, True], ids=["found", "embedded"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[PostgresServer]:
    with PostgresServer(tmp_path / "server", embedded=request.param, durable=True) as running:
        ask(running, "CREATE TABLE sold (copies int)")
        yield running


def ask(server: PostgresServer, sql: str) -> list[list[object]]:
    connection = server.connect()
    try:
        rows: list[list[object]] = connection.run(sql) or []
        return rows
    finally:
        connection.close()


def test_what_was_committed_is_there_after_a_crash_at_the_same_address(server: PostgresServer) -> None:
    address = server.socket_path
    ask(server, "INSERT INTO sold SELECT generate_series(1, 1000)")
    server.crash()
    with pytest.raises(InterfaceError):
        server.connect()
    server.resume()
    assert ask(server, "SELECT count(*) FROM sold") == [[1000]]
    assert server.socket_path == address
    server.crash()
    server.crash()
    server.resume()
    assert ask(server, "SELECT count(*) FROM sold") == [[1000]]


def test_a_moment_comes_back_in_a_server_of_its_own(
    server: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if server.version.startswith("18"):
        monkeypatch.setenv("CLOUDSHELF_POSTGRES", "embedded")
    ask(server, "INSERT INTO sold VALUES (1)")
    backup = Backup(server, tmp_path / "backup")
    backup.take()
    ask(server, "INSERT INTO sold VALUES (2)")
    ((moment,),) = ask(server, "SELECT clock_timestamp()::text")
    ask(server, "DELETE FROM sold")
    ask(server, "INSERT INTO sold VALUES (3)")
    backup.fetch_log()
    with RestoredServer(tmp_path / "restored", backup, str(moment)) as restored:
        assert ask(restored, "SELECT copies FROM sold ORDER BY copies") == [[1], [2]]
        ask(restored, "INSERT INTO sold VALUES (4)")
    assert ask(server, "SELECT copies FROM sold") == [[3]]

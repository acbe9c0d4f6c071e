"""The PostgreSQL server of this machine: whose it is, and that it never outlives who started it."""

import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pg8000.native import Connection, DatabaseError

from cloudshelf.local.postgres import binaries, keeper
from cloudshelf.local.postgres.binaries import NoPostgresError
from cloudshelf.local.postgres.server import PostgresFailed, PostgresServer

ROOT = Path(__file__).resolve().parents[2]
OWNER = """
import signal, sys, threading
from pathlib import Path
from cloudshelf.local.postgres.server import PostgresServer

# What a shell starts in the background ignores Ctrl-C, and so would this.
signal.signal(signal.SIGINT, signal.default_int_handler)
never = threading.Event()
with PostgresServer(Path(sys.argv[1])) as server:
    print((server._folder / "data" / "postmaster.pid").read_text().splitlines()[0], server.socket_path, flush=True)
    # Woken up now and then, for a signal that comes just before a wait does not end it.
    while not never.wait(0.05):
        pass
"""

Owner = tuple["subprocess.Popen[str]", int, Path]


@pytest.fixture(scope="module", params=[False, True], ids=["found", "embedded"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with PostgresServer(tmp_path_factory.mktemp("postgres") / "server", embedded=request.param) as running:
        yield running


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[Owner]:
    """A process with a server of its own, the server's process id and its socket."""
    arguments = [sys.executable, "-c", OWNER, str(tmp_path / "server")]
    with subprocess.Popen(arguments, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        server, socket = process.stdout.readline().split()
        try:
            yield process, int(server), Path(socket)
        finally:
            process.kill()


def parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def wait_for_end(process: int) -> None:
    """Blocks until a process that is no child of this one has ended."""
    try:
        opened = os.pidfd_open(process)
    except ProcessLookupError:
        return
    try:
        assert select.select([opened], [], [], 30)[0], f"process {process} runs on"
    finally:
        os.close(opened)


def test_it_speaks_the_sql_of_version_15(server: PostgresServer) -> None:
    connection = server.connect()
    ((number, encoding, zone),) = connection.run(
        "SELECT current_setting('server_version_num')::int / 10000, current_setting('server_encoding'),"
        " current_setting('timezone')"
    )
    connection.close()
    assert number >= binaries.MAJOR
    assert (encoding, zone) == ("UTF8", "UTC")


def test_it_lets_nobody_in_without_the_password(server: PostgresServer) -> None:
    given = server.password(server.superuser)
    Connection(server.superuser, server.host, port=server.port, password=given, ssl_context=False).close()
    with pytest.raises(DatabaseError, match="28P01"):
        Connection(server.superuser, server.host, port=server.port, password=f"{given}x", ssl_context=False)


def test_it_does_not_run_as_root(server: PostgresServer) -> None:
    process = int((server._folder / "data" / "postmaster.pid").read_text().splitlines()[0])
    assert Path(f"/proc/{process}").stat().st_uid != 0
    if os.geteuid() == 0:
        assert server.socket_path.parent.stat().st_uid == keeper.NOBODY


def test_nobody_else_can_open_its_folder_or_its_socket(server: PostgresServer) -> None:
    for folder in (server._folder / "data", server.socket_path.parent):
        assert folder.stat().st_mode & 0o077 == 0


def test_a_stopped_server_leaves_no_process_and_no_socket(tmp_path: Path) -> None:
    with PostgresServer(tmp_path / "server") as running:
        process, socket = (
            int((tmp_path / "server/data/postmaster.pid").read_text().splitlines()[0]),
            running.socket_path,
        )
    wait_for_end(process)
    assert not socket.parent.exists()
    running.stop()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_it_ends_with_whoever_started_it(owner: Owner, number: int) -> None:
    process, server, socket = owner
    keeper_of_it = parent(server)
    assert socket.exists()
    process.send_signal(number)
    wait_for_end(server)
    wait_for_end(keeper_of_it)
    assert not socket.parent.exists()


def test_it_ends_with_its_keeper(owner: Owner) -> None:
    process, server, socket = owner
    os.kill(parent(server), signal.SIGKILL)
    wait_for_end(server)
    process.send_signal(signal.SIGINT)
    process.wait()
    assert not socket.parent.exists()


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(PostgresFailed, match="no_such_setting"):
        PostgresServer(tmp_path / "server", settings={"no_such_setting": "1"}).start()


@pytest.mark.parametrize(
    ("choice", "path", "said"),
    [
        ("system", "/nowhere", "there is no PostgreSQL 15"),
        ("newest", None, "it is system, embedded or not set"),
    ],
)
def test_a_choice_that_cannot_be_is_told(
    monkeypatch: pytest.MonkeyPatch, choice: str, path: str | None, said: str
) -> None:
    monkeypatch.setenv(binaries.CHOICE, choice)
    if path:
        monkeypatch.setattr(binaries, "folders", lambda: path)
    with pytest.raises(NoPostgresError, match=said):
        binaries.find()


def test_the_package_is_taken_where_nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(binaries.CHOICE, raising=False)
    monkeypatch.setattr(binaries, "folders", lambda: "/nowhere")
    assert binaries.PACKAGE in str(binaries.find().postgres)


def test_the_package_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(binaries.CHOICE, binaries.EMBEDDED)
    assert binaries.PACKAGE in str(binaries.find().postgres)

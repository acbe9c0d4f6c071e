"""A PostgreSQL server of one's own: made in a folder, listening on the loopback interface, gone when it stops."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pg8000.native import Connection, identifier, literal  # type: ignore[import-untyped]

from cloudshelf.local.postgres import binaries, keeper

START_SECONDS, STOP_SECONDS, POLL_SECONDS = 60.0, 20.0, 0.01
ATTEMPTS = 3
SETTINGS = {"max_connections": "80", "shared_buffers": "32MB", "timezone": "UTC"}
# Nothing survives a power cut; tests need nothing that does.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgresFailed(Exception):
    """The server did not start; the text ends with what it said."""


class PostgresServer:
    """Use as a context manager. Who knows a role's password gets in at `host`:`port`; `connect` needs none, through a
    socket in a folder nobody else can open. It speaks no TLS: the packaged PostgreSQL cannot; `login.py` does.

    `folder` is its own; files in it are lost. `embedded` forces the Python package's PostgreSQL. `durable` keeps
    PostgreSQL's own settings, so that a crash loses nothing committed. `settings` are those of postgresql.conf.
    Raises NoPostgresError or PostgresFailed.
    """

    host = "127.0.0.1"
    superuser = "postgres"

    def __init__(
        self,
        folder: Path,
        *,
        embedded: bool = False,
        durable: bool = False,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self._binaries = binaries.find(embedded=embedded)
        self.version = self._binaries.version
        self._folder = folder.absolute()
        self._settings = {**SETTINGS, **({} if durable else CARELESS), **(settings or {})}
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0

    @property
    def log_file(self) -> Path:
        return self._folder / "postgres.log"

    @property
    def data(self) -> Path:
        return self._folder / "data"

    @property
    def socket_path(self) -> Path:
        return self._sockets / f".s.PGSQL.{self.port}"

    def start(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        try:
            self._log = self.log_file.open("ab")
            self._hand_over()
            self._initialise()
            self._launch()
        except BaseException:
            self.stop()
            raise

    def _hand_over(self) -> None:
        if os.geteuid() == 0:
            for path in (self._folder, *self._folder.rglob("*")):
                os.chown(path, keeper.NOBODY, keeper.NOBODY)

    def _initialise(self) -> None:
        options = ["--username", self.superuser, "--encoding=UTF8", "--auth-local=trust", "--auth-host=scram-sha-256"]
        # From 17 on PostgreSQL brings this locale itself.
        locale = ["--locale-provider=builtin"] if self._binaries.major >= 17 else []
        password_file = self._folder / "password"
        self._password = secrets.token_urlsafe(24)
        password_file.touch(mode=0o600)
        password_file.write_text(self._password)
        self._hand_over()
        arguments = [self._binaries.initdb, "--pgdata", self.data, "--pwfile", password_file]
        initdb = self._keep([*map(str, arguments), *options, *locale, "--locale=C.UTF-8", "--no-sync"])
        code = initdb.wait(START_SECONDS)
        _close_input(initdb)
        password_file.unlink()
        if code:
            raise PostgresFailed(f"initdb ended with {code}: {self._last_words()}")

    def _launch(self) -> None:
        for _ in range(ATTEMPTS):
            self.port, self._sockets = _free_port(), _socket_folder()
            self._process = self._keep(self._arguments(), folder=str(self._sockets))
            if self._wait_until_ready():
                return
            _close_input(self._process)
        raise PostgresFailed(f"PostgreSQL {self.version} does not start: {self._last_words()}")

    def _arguments(self) -> list[str]:
        settings = {
            **self._settings,
            "listen_addresses": self.host,
            "port": str(self.port),
            "unix_socket_directories": str(self._sockets),
        }
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self._binaries.postgres), "-D", str(self.data), *options]

    def _keep(self, arguments: list[str], folder: str = "") -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-I", "-S", keeper.__file__, folder, *arguments],
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            cwd="/",
            start_new_session=True,
        )

    def _wait_until_ready(self) -> bool:
        status = self.data / "postmaster.pid"
        give_up = time.monotonic() + START_SECONDS
        while self._process is not None and self._process.poll() is None and time.monotonic() < give_up:
            # The eighth line tells the server's state.
            lines = status.read_text().splitlines() if status.exists() else []
            if len(lines) >= 8 and lines[7].strip() == "ready" and lines[3] == str(self.port):
                return True
            time.sleep(POLL_SECONDS)
        return False

    def _last_words(self) -> str:
        return "; ".join(self.log_file.read_text(errors="replace").splitlines()[-3:])

    def connect(self, user: str | None = None, database: str | None = None) -> Connection:
        """A connection of any role, without its password."""
        return Connection(user or self.superuser, database=database or self.superuser, unix_sock=str(self.socket_path))

    def password(self, user: str) -> str:
        """A new password of a role, for a login at `host`:`port`."""
        given = secrets.token_urlsafe(24)
        self._execute(f"ALTER ROLE {identifier(user)} PASSWORD {literal(given)}")
        return given

    def create_database(self, name: str, owner: str | None = None) -> None:
        self._execute(f"CREATE DATABASE {identifier(name)} OWNER {identifier(owner or self.superuser)}")

    def drop_database(self, name: str) -> None:
        """Sessions in it are ended."""
        self._execute(f"DROP DATABASE IF EXISTS {identifier(name)} WITH (FORCE)")

    def _execute(self, sql: str) -> None:
        connection: Any = self.connect()
        try:
            connection.run(sql)
        finally:
            connection.close()

    def stop(self) -> None:
        """Ends every session and the server. Harmless when it runs no more."""
        if self._process is not None:
            _close_input(self._process)
            self._process = None
            # The keeper has done so, unless somebody killed it.
            shutil.rmtree(self._sockets, ignore_errors=True)
        if hasattr(self, "_log"):
            self._log.close()

    def crash(self) -> None:
        """Ends it at once, as when its machine dies: sessions break off, nothing is written that was not yet."""
        process, self._process = self._process, None
        if process is None:
            return
        status = self.data / "postmaster.pid"
        os.kill(int(status.read_text().splitlines()[0]), signal.SIGQUIT)
        process.wait(STOP_SECONDS)
        _close_input(process)
        status.unlink(missing_ok=True)

    def resume(self) -> None:
        """Starts it on its data again after a crash, at the same address. PostgresFailed when it does not start."""
        _make_socket_folder(self._sockets)
        self._process = self._keep(self._arguments(), folder=str(self._sockets))
        if not self._wait_until_ready():
            raise PostgresFailed(f"PostgreSQL {self.version} does not come back: {self._last_words()}")

    def restart(self, settings: Mapping[str, str]) -> None:
        """Ends every session and starts on the same data with other settings, at the same address."""
        if self._process is not None:
            _close_input(self._process)
        self._settings = {**self._settings, **settings}
        self.resume()

    def __enter__(self) -> "PostgresServer":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _close_input(process: "subprocess.Popen[bytes]") -> None:
    """Lets the keeper end what it runs."""
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _socket_folder() -> Path:
    """In /tmp, for the name of a Unix socket has room for about 100 characters."""
    return _make_socket_folder(Path(tempfile.mkdtemp(prefix="shelf-", dir="/tmp")))


def _make_socket_folder(folder: Path) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() == 0:
        os.chown(folder, keeper.NOBODY, keeper.NOBODY)
    return folder


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

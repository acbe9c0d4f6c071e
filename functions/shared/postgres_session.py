"""A connection to PostgreSQL: how it is opened, and the statements prepared on it."""

import os
import select
import socket
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shared import clock
from shared.postgres_errors import ConnectionLost, sorted_out

if TYPE_CHECKING:
    import ssl

CONNECT_S = 3.0
# The server gives up before the client does, so that a slow statement is told from a dead server.
REPLY_S = 6.0
TIMEOUTS_MS = (
    ("statement_timeout", "5000"),
    ("lock_timeout", "3000"),
    ("idle_in_transaction_session_timeout", "10000"),
    # A frozen function keeps its connection for hours, and a small server has few.
    ("idle_session_timeout", "900000"),
)
MOST_STATEMENTS = 100
# Every root of RDS, from https://truststore.pki.rds.amazonaws.com/global/global-bundle.pem
CA_FILE = Path(__file__).with_name("rds_ca.pem")


@dataclass(frozen=True)
class Login:
    """Who connects to which database. `password` makes one for each connection, as RDS tokens are short-lived.

    `ca_file` has the authorities that may vouch for the server. None is for a server of this machine without TLS.
    """

    host: str
    port: int
    database: str
    user: str
    password: Callable[[], str] = field(repr=False)
    ca_file: str | None = str(CA_FILE)
    timeouts: tuple[tuple[str, str], ...] = TIMEOUTS_MS
    reply_s: float = REPLY_S


def own_login() -> Login:
    """The function's own: its service's role, with a token of RDS for a password."""
    from shared import rds_token

    read = os.environ
    host, port, user = read["DATABASE_HOST"], int(read["DATABASE_PORT"]), read["DATABASE_USER"]

    def password() -> str:
        return rds_token.token(host, port, user, read["AWS_REGION"], rds_token.own_credentials(), clock.now())

    return Login(host, port, read["DATABASE_NAME"], user, password, read.get("DATABASE_CA_FILE") or str(CA_FILE))


class Session:
    """An open connection. ConnectionLost wherever it turns out to be none."""

    def __init__(self, login: Login) -> None:
        self._connection, self._descriptor = _connect(login)
        self._statements: OrderedDict[str, Any] = OrderedDict()
        self._settled = True
        self._in_transaction = False
        self.used_at = clock.monotonic()

    @property
    def usable(self) -> bool:
        """Whether it is between transactions and every reply has been read to its end."""
        return self._settled and not self._in_transaction

    def run(self, sql: str, /, **values: Any) -> list[list[Any]]:
        """The rows of a statement; it is prepared at its first use, and takes one round trip after that."""
        with self._reply():
            return self._prepared(sql).run(**values) or []

    def script(self, sql: str) -> None:
        """Runs statements one after the other, without values; outside a transaction they are one themselves."""
        with self._reply():
            self._connection.run(sql)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commits at the end; an exception rolls back."""
        self._in_transaction = True
        self.script("BEGIN")
        try:
            yield
            self.script("COMMIT")
        except BaseException:
            if self._settled:
                with suppress(ConnectionLost):
                    self.script("ROLLBACK")
                    self._in_transaction = False
            raise
        self._in_transaction = False

    @property
    def is_quiet(self) -> bool:
        """Whether nothing came since the last reply. A server that ended the connection has said so, unread."""
        waiting = select.poll()
        waiting.register(self._descriptor, select.POLLIN)
        return not waiting.poll(0)

    def answers(self) -> bool:
        """Whether there is still a server at the other end."""
        try:
            self.script("SELECT 1")
        except ConnectionLost:
            return False
        return True

    def close(self) -> None:
        """Also of one that is broken."""
        with suppress(Exception):
            self._connection.close()

    @contextmanager
    def _reply(self) -> Iterator[None]:
        self._settled = False
        try:
            yield
        except Exception as raised:
            error = sorted_out(raised)
            self._settled = not isinstance(error, ConnectionLost)
            # The driver's error may hold the row that a constraint refused.
            raise error from None
        self._settled = True
        self.used_at = clock.monotonic()

    def _prepared(self, sql: str) -> Any:
        statement = self._statements.pop(sql, None) or self._connection.prepare(sql)
        self._statements[sql] = statement
        if len(self._statements) > MOST_STATEMENTS:
            self._statements.popitem(last=False)[1].close()
        return statement


def _connect(login: Login) -> tuple[Any, int]:
    """The driver's connection and its socket's file descriptor."""
    from pg8000.native import Connection  # type: ignore[import-untyped]

    password = login.password()
    tls = False if login.ca_file is None else _verifying(login.ca_file)
    try:
        # The driver reads with the timeout of the socket it is given.
        sock = socket.create_connection((login.host, login.port), CONNECT_S)
    except OSError as error:
        raise ConnectionLost(f"{login.host}:{login.port} {error}") from None
    sock.settimeout(login.reply_s)
    # TLS takes the socket over with its descriptor.
    descriptor = sock.fileno()
    try:
        made = Connection(
            login.user,
            host=login.host,
            port=login.port,
            database=login.database,
            password=password,
            sock=sock,
            ssl_context=tls,
            application_name=login.user,
            startup_params={"timezone": "UTC", **dict(login.timeouts)},
        )
    except Exception as error:
        sock.close()
        raise sorted_out(error) from None
    return made, descriptor


@cache
def _verifying(ca_file: str) -> "ssl.SSLContext":
    """TLS that checks the server's certificate and its name, as libpq's sslmode=verify-full."""
    import ssl

    if not Path(ca_file).is_file():
        raise FileNotFoundError(f"{ca_file}: no certificates to know the database by; see DATABASE_CA_FILE")
    return ssl.create_default_context(cafile=ca_file)

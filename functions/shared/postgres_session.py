"""An open connection to PostgreSQL, and the statements prepared on it."""

import select
import socket
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from shared import clock
from shared.postgres_errors import ConnectionLost, sorted_out
from shared.postgres_login import Login, open_socket

MOST_STATEMENTS = 100

Reply = TypeVar("Reply")


class Session:
    """ConnectionLost wherever it turns out to be none."""

    def __init__(self, login: Login) -> None:
        self._statements: OrderedDict[str, Any] = OrderedDict()
        self._settled = True
        self._in_transaction = False
        self._socket = open_socket(login)
        self._connection = self._ask(lambda: _connect(login, self._socket))
        self.used_at = clock.monotonic()

    @property
    def usable(self) -> bool:
        """Whether it is between transactions and every reply has been read to its end."""
        return self._settled and not self._in_transaction

    @property
    def is_quiet(self) -> bool:
        """Whether nothing came since the last reply. A server that ended the connection has said so, unread."""
        waiting = select.poll()
        waiting.register(self._socket, select.POLLIN)
        return not waiting.poll(0)

    def run(self, sql: str, /, **values: Any) -> list[list[Any]]:
        """The rows of a statement; it is prepared at its first use, and takes one round trip after that."""
        return self._ask(lambda: self._prepared(sql).run(**values)) or []

    def script(self, sql: str) -> None:
        """Runs statements one after the other, without values; outside a transaction they are one themselves."""
        self._ask(lambda: self._connection.run(sql))

    def copy(self, sql: str, rows: Iterable[bytes]) -> None:
        """Feeds COPY ... FROM STDIN with rows in its text format, each element a message of its own."""
        self._ask(lambda: self._connection.run(sql, stream=rows))

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
        self._socket.close()

    def _ask(self, question: Callable[[], Reply]) -> Reply:
        """The driver's reply. Its errors end here, for they may hold the row that a constraint refused."""
        self._settled = False
        try:
            reply = question()
        except Exception as raised:
            error = sorted_out(raised)
        else:
            self._settled, self.used_at = True, clock.monotonic()
            return reply
        self._settled = not isinstance(error, ConnectionLost)
        raise error

    def _prepared(self, sql: str) -> Any:
        statement = self._statements.pop(sql, None) or self._connection.prepare(sql)
        self._statements[sql] = statement
        if len(self._statements) > MOST_STATEMENTS:
            self._statements.popitem(last=False)[1].close()
        return statement


def _connect(login: Login, sock: socket.socket) -> Any:
    from pg8000.native import Connection  # type: ignore[import-untyped]

    try:
        return Connection(
            login.user,
            host=login.host,
            port=login.port,
            database=login.database,
            password=login.password(),
            sock=sock,
            ssl_context=False,
            application_name=login.user,
            startup_params={"timezone": "UTC", **dict(login.settings)},
        )
    except Exception:
        sock.close()
        raise

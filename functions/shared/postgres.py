"""PostgreSQL: one connection for each execution environment, statements prepared once, faults as problems.

    database().run("SELECT title FROM books WHERE book_id = :id", id="book-1")
    database().transaction(lambda session: session.run(...))

Everything that is run is run again when PostgreSQL rolled it back or the connection was lost, so it must come out the
same when it is done twice. What may not be is told so with `once=True`: then a lost connection is Unavailable.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, TypeVar

from shared import clock
from shared.backoff import attempts
from shared.observability import logger
from shared.postgres_errors import Busy, ConnectionLost, RolledBack, Violation
from shared.postgres_login import Login, own_login
from shared.postgres_session import Session
from shared.problems import Unavailable

__all__ = ["Database", "Login", "Rows", "Session", "Violation", "database"]

MOST_ATTEMPTS = 5
# No attempt begins later. The last one may take CONNECT_S and REPLY_S more, and the function still answers in time.
PATIENCE_S = 6.0
# A connection that was idle for longer may be dead without its own knowledge: a frozen function hears nothing.
CHECK_AFTER_S = 10.0

Rows = list[list[Any]]
Result = TypeVar("Result")


class Database:
    """A database and a login to it. A function has one connection; threads, which tests have, one each at a time."""

    def __init__(self, login: Login) -> None:
        self._login = login
        self._idle: deque[Session] = deque()

    def run(self, sql: str, /, *, once: bool = False, **values: Any) -> Rows:
        """The rows of one statement, which is a transaction of its own and takes one round trip.

        Violation when a constraint refuses it; Unavailable when PostgreSQL is busy or out of reach.
        """
        return self._do(lambda session: session.run(sql, **values), once=once)

    def transaction(self, work: Callable[[Session], Result], *, once: bool = False) -> Result:
        """What `work` returns, once all it did is committed. Whatever it raises undoes all of it."""

        def all_or_nothing(session: Session) -> Result:
            with session.transaction():
                return work(session)

        return self._do(all_or_nothing, once=once)

    def close(self) -> None:
        """Ends the connections that nobody uses."""
        while self._idle:
            self._idle.pop().close()

    def _do(self, work: Callable[[Session], Result], *, once: bool) -> Result:
        reason: Exception | None = None
        for _ in attempts(MOST_ATTEMPTS, clock.monotonic() + PATIENCE_S):
            asked = False
            try:
                with self._session() as session:
                    asked = True
                    return work(session)
            except RolledBack as error:
                reason = error
            except Busy as error:
                reason = error
                break
            except ConnectionLost as error:
                reason = error
                if asked and once:
                    break
        logger().warning("postgres", reason=f"{type(reason).__name__}: {reason}")
        raise Unavailable("The shop is busy. Nothing was lost: try again in a moment.") from reason

    @contextmanager
    def _session(self) -> Iterator[Session]:
        session = self._take()
        try:
            yield session
        finally:
            if session.usable:
                self._idle.append(session)
            else:
                session.close()

    def _take(self) -> Session:
        """A connection that was alive a moment ago."""
        while self._idle:
            session = self._idle.pop()
            just_used = clock.monotonic() - session.used_at < CHECK_AFTER_S
            if (just_used and session.is_quiet) or session.answers():
                return session
            session.close()
        return Session(self._login)


@cache
def database() -> Database:
    """The function's own, by its environment."""
    return Database(own_login())

"""Sessions in DynamoDB: begun, changed and ended."""

from collections.abc import Callable

import msgspec
from shared import clock
from shared.backoff import attempts
from shared.dynamo import ConditionFailed, Table
from shared.problems import Conflict
from shared.session import Session, contents, key_of, new_id, to_item
from shared.session_store import HOUR_S, LIVE, LiveSessions, key, now

MOST_ATTEMPTS = 8
PATIENCE_S = 8.0
CHANGED = """SET preferences = :preferences, browsing_history = :browsing_history, search_history = :search_history,
    version = version + :one"""


class Sessions:
    """A session ends `hours` after its last use, and `most_hours` after it was begun however much it is used."""

    def __init__(self, table: Table, hours: int, most_hours: int) -> None:
        self._table, self._hours, self._most_hours = table, hours, most_hours
        self._sessions = LiveSessions(table, hours)

    def begin(self) -> tuple[str, Session]:
        """A session and the id that leads to it, which nothing else ever holds."""
        session_id, moment = new_id(), clock.now()
        begun = int(moment.timestamp())
        session = Session(
            key=key_of(session_id),
            created_at=clock.stamp(moment),
            expires_at=begun + min(self._hours, self._most_hours) * HOUR_S,
            ends_at=begun + self._most_hours * HOUR_S,
        )
        self._table.put(to_item(session))
        return session_id, session

    def live(self, cookie: str | None) -> Session:
        """The session a cookie leads to; Unauthorized when there is none."""
        return self._sessions.live(cookie)

    def change(self, cookie: str | None, change: Callable[[Session], Session]) -> Session:
        """The session after the change, made again from the newest when another change came between."""
        for _ in attempts(MOST_ATTEMPTS, clock.monotonic() + PATIENCE_S):
            session = self.live(cookie)
            wanted = change(session)
            if wanted == session:
                return session
            values = {f":{name}": value for name, value in contents(wanted).items()}
            values |= {":one": 1, ":version": session.version, ":now": now()}
            try:
                self._table.update(key(session), CHANGED, condition=f"{LIVE} AND version = :version", values=values)
            except ConditionFailed:
                continue
            return msgspec.structs.replace(wanted, version=session.version + 1)
        raise Conflict("The session kept changing meanwhile. Try again.")

    def end(self, cookie: str | None) -> None:
        self._table.delete(key(self.live(cookie)))

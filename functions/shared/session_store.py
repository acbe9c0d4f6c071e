"""Live sessions in DynamoDB.

DynamoDB removes expired items days late, so every read and every condition looks at `expires_at` itself.
"""

import msgspec

from shared import clock
from shared.dynamo import ConditionFailed, Item, Table
from shared.problems import Unauthorized
from shared.session import ID, Session, from_item, key_of

HOUR_S = 3600
# A session in use is written at most so often.
SLIDE_S = 300
LIVE = "attribute_exists(session_id) AND expires_at > :now"


class LiveSessions:
    """A session ends `hours` after its last use."""

    def __init__(self, table: Table, hours: int) -> None:
        self.table, self._seconds = table, hours * HOUR_S

    def live(self, cookie: str | None) -> Session:
        """The session a cookie leads to, used once more; Unauthorized when there is none, or it has ended."""
        if cookie is None or not ID.fullmatch(cookie):
            raise no_session()
        session = self._read(key_of(cookie))
        until = min(now() + self._seconds, session.ends_at)
        if until - session.expires_at < SLIDE_S:
            return session
        try:
            return self._slide(session, until)
        except ConditionFailed:
            # Another call has done it, or the session was ended meanwhile.
            return self._read(session.key)

    def _read(self, session_key: str) -> Session:
        item = self.table.get({"session_id": session_key})
        if item is None or item["expires_at"] <= now():
            raise no_session()
        return from_item(item)

    def _slide(self, session: Session, until: int) -> Session:
        moment = clock.now()
        values = {":until": until, ":at": clock.stamp(moment), ":seen": session.expires_at, ":now": now()}
        change, condition = "SET expires_at = :until, last_activity = :at", f"{LIVE} AND expires_at = :seen"
        self.table.update(key(session), change, condition=condition, values=values)
        return msgspec.structs.replace(session, expires_at=until)


def key(session: Session) -> Item:
    return {"session_id": session.key}


def now() -> int:
    return int(clock.now().timestamp())


def no_session() -> Unauthorized:
    return Unauthorized("There is no such session, or it has ended. Begin one with POST /sessions.")

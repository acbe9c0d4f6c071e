"""Lambda entry point of guests' sessions."""

from functools import cache

from shared import settings
from shared.api import Api
from shared.cart_rows import own_rows
from shared.dynamo import Table
from shared.reply import PERSONAL, Reply
from shared.request import Request
from shared.session import COOKIE, Session, cart_owner, cookie
from shared.session_store import now

from sessions.model import SessionUpdate, shown
from sessions.store import Sessions

api = Api("sessions")


@cache
def sessions() -> Sessions:
    return Sessions(Table(settings.table("sessions")), settings.session_hours(), settings.session_most_hours())


@api.operation("createSession")
def create_session(_: Request) -> Reply:
    session_id, session = sessions().begin()
    # The browser keeps the cookie as long as the session may last at all: here is where it is known how long it does.
    return Reply(shown(session, ()), 201, _setting(cookie(session_id, session.ends_at - now())))


@api.operation("getSession")
def get_session(request: Request) -> Reply:
    return _shown(sessions().live(request.cookie(COOKIE)))


@api.operation("updateSession")
def update_session(request: Request) -> Reply:
    update = request.body(SessionUpdate)
    return _shown(sessions().change(request.cookie(COOKIE), update.of))


@api.operation("endSession")
def end_session(request: Request) -> Reply:
    sessions().end(request.cookie(COOKIE))
    return Reply(None, 204, _setting(cookie("", 0)))


def _setting(set_cookie: str) -> dict[str, str]:
    return {"Cache-Control": PERSONAL, "Set-Cookie": set_cookie}


def _shown(session: Session) -> Reply:
    return Reply(shown(session, own_rows().lines(cart_owner(session))))


lambda_handler = api.lambda_handler()

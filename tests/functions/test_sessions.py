"""Guests' sessions: what they hold, how long they last, and that nothing but the cookie leads to one."""

import base64
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import pytest
from sessions import handler
from sessions.model import MOST_BROWSED, MOST_SEARCHED
from shared import clock
from shared.session import key_of

from cloudshelf.local.aws import AwsEmulator
from tests.functions.carts_fixtures import SERVICES, SESSIONS, Guest, LayoutStore
from tests.functions.faults import Crash, faulty
from tests.functions.lambdas import Lambdas
from tests.functions.stores import use
from tests.functions.test_contract import validator

ME = "/sessions/me"


@pytest.fixture
def front(emulator: AwsEmulator, monkeypatch: pytest.MonkeyPatch) -> Lambdas:
    store = LayoutStore(emulator.client("dynamodb"), "items")
    use(store, monkeypatch, SERVICES)
    return Lambdas(store)


class Later:
    """A clock that only moves when it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = clock.now()
        monkeypatch.setattr(clock, "now", lambda: self.now)

    def __call__(self, **passed: float) -> None:
        self.now += timedelta(**passed)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Later:
    return Later(monkeypatch)


def stored(front: Lambdas, guest: Guest) -> dict[str, Any] | None:
    client = front.store.client  # type: ignore[attr-defined]
    found: dict[str, Any] | None = client.get_item(
        TableName=SESSIONS, Key={"session_id": {"S": key_of(guest.session_id)}}
    ).get("Item")
    return found


class TestTheCookie:
    @pytest.mark.usefixtures("later")
    def test_it_is_random_and_for_the_api_alone(self, front: Lambdas) -> None:
        guest = Guest(front)
        assert guest.set_cookie == (
            f"cloudshelf_session={guest.session_id}; Path=/api/v1; Max-Age=604800; HttpOnly; Secure; SameSite=Strict"
        )
        assert len(base64.urlsafe_b64decode(guest.session_id + "=")) == 32
        assert len({Guest(front).session_id for _ in range(5)}) == 5

    def test_a_new_session_is_never_the_one_the_caller_names(self, front: Lambdas) -> None:
        known = Guest(front)
        answer = front.call("POST", "/sessions", headers={"Cookie": known.cookie})
        assert known.session_id not in answer.headers["Set-Cookie"]

    @pytest.mark.parametrize(
        "cookie",
        [
            None,
            "other=1",
            "cloudshelf_session=",
            "cloudshelf_session=short",
            f"cloudshelf_session={'a' * 43}",
            f"cloudshelf_session={'ä' * 43}",
            f"cloudshelf_session={'a' * 8000}",
        ],
    )
    @pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
    def test_without_a_live_session_there_is_none(self, front: Lambdas, method: str, cookie: str | None) -> None:
        body = {"searched": "dune"} if method == "PATCH" else None
        answer = front.call(method, ME, body, headers={"Cookie": cookie} if cookie else {})
        assert (answer.status, answer.code) == (401, "unauthorized")

    def test_what_is_stored_does_not_open_a_session(self, front: Lambdas) -> None:
        guest = Guest(front)
        kept = stored(front, guest)
        assert kept is not None
        assert guest.session_id not in str(kept)
        answer = front.call("GET", ME, headers={"Cookie": f"cloudshelf_session={kept['session_id']['S']}"})
        assert answer.status == 401

    def test_it_is_found_among_other_cookies(self, front: Lambdas) -> None:
        guest = Guest(front)
        answer = front.call("GET", ME, headers={"cookie": f"theme=dark; {guest.cookie}; a=b"})
        assert answer.status == 200


class TestWhatItHolds:
    def test_a_new_session_is_empty(self, front: Lambdas) -> None:
        body = Guest(front).call("GET", ME).body
        validator("Session").validate(body)
        assert (body["preferences"], body["browsing_history"], body["search_history"]) == ({}, [], [])
        assert body["cart_summary"] == {"item_count": 0, "total_amount": 0}

    def test_preferences_change_one_by_one(self, front: Lambdas) -> None:
        guest = Guest(front)
        guest.call("PATCH", ME, {"preferences": {"theme": "dark", "language": "en-US"}})
        answer = guest.call("PATCH", ME, {"preferences": {"theme": "light", "currency": "EUR"}})
        assert answer.body["preferences"] == {"theme": "light", "language": "en-US", "currency": "EUR"}
        assert guest.call("GET", ME).body == answer.body

    def test_histories_have_the_latest_first_each_once_and_forget_the_oldest(self, front: Lambdas) -> None:
        guest = Guest(front)
        for number in range(MOST_BROWSED + 5):
            guest.call("PATCH", ME, {"viewed": f"book-{number}", "searched": f"words  {number % 30} "})
        guest.call("PATCH", ME, {"viewed": "book-50"})
        body = guest.call("GET", ME).body
        assert body["browsing_history"][:3] == ["book-50", "book-54", "book-53"]
        assert len(set(body["browsing_history"])) == len(body["browsing_history"]) == MOST_BROWSED
        assert body["search_history"][0] == "words 24"
        assert len(set(body["search_history"])) == len(body["search_history"]) == MOST_SEARCHED

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"preferences": {"theme": "pink"}},
            {"preferences": {"font": "x"}},
            {"viewed": "No Book"},
            {"searched": "a" * 101},
            {"searched": "a\x00b"},
            {"cart_summary": {}},
            {"expires_at": 1},
            {"viewed": None},
        ],
    )
    def test_anything_else_is_refused(self, front: Lambdas, body: Any) -> None:
        guest = Guest(front)
        answer = guest.call("PATCH", ME, body)
        assert (answer.status, answer.code) == (400, "invalid_request")
        assert guest.call("GET", ME).body["preferences"] == {}

    def test_the_summary_is_that_of_the_guests_cart(self, front: Lambdas) -> None:
        guest, book, other = Guest(front), front.new_book(price="12.50"), front.new_book(price="1.05")
        guest.fill({book: 2, other: 1})
        summary = guest.call("GET", ME).body["cart_summary"]
        assert (summary["item_count"], str(summary["total_amount"])) == (3, "26.05")

    def test_two_guests_share_nothing(self, front: Lambdas) -> None:
        one, other = Guest(front), Guest(front)
        one.call("PATCH", ME, {"searched": "dune", "preferences": {"theme": "dark"}})
        body = other.call("GET", ME).body
        assert (body["preferences"], body["search_history"]) == ({}, [])

    def test_changes_at_once_all_survive(self, front: Lambdas) -> None:
        guest = Guest(front)
        handler.sessions()
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda n: guest.call("PATCH", ME, {"viewed": f"book-{n}"}), range(4)))
        assert {answer.status for answer in answers} == {200}
        assert set(guest.call("GET", ME).body["browsing_history"]) == {f"book-{n}" for n in range(4)}

    @pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
    def test_a_crash_at_any_call_leaves_the_old_or_the_new_session(self, front: Lambdas, after: bool) -> None:
        for at in range(4):
            guest = Guest(front)
            with faulty(at, Crash, after=after), suppress(Crash):
                guest.call("PATCH", ME, {"viewed": "book-1", "searched": "dune"})
            body = guest.call("GET", ME).body
            assert (body["browsing_history"], body["search_history"]) in (([], []), (["book-1"], ["dune"]))


class TestHowLongItLasts:
    def test_it_ends_a_day_after_its_last_use(self, front: Lambdas, later: Later) -> None:
        guest = Guest(front)
        later(hours=24, seconds=1)
        assert stored(front, guest) is not None
        assert guest.call("GET", ME).status == 401
        assert guest.call("PATCH", ME, {"searched": "dune"}).status == 401
        assert guest.call("GET", "/sessions/me/cart").status == 401

    @pytest.mark.parametrize("path", [ME, "/sessions/me/cart"])
    def test_use_moves_its_end_on(self, front: Lambdas, later: Later, path: str) -> None:
        guest = Guest(front)
        for _ in range(3):
            later(hours=23)
            assert guest.call("GET", path).status == 200
        end = datetime.fromisoformat(guest.call("GET", ME).body["expires_at"])
        assert end == later.now.replace(microsecond=0) + timedelta(hours=24)

    def test_use_never_moves_it_beyond_a_week(self, front: Lambdas, later: Later) -> None:
        guest, book = Guest(front), front.new_book()
        for _ in range(7):
            later(hours=23)
            assert guest.call("GET", ME).status == 200
        guest.fill({book: 1})
        later(hours=7)
        assert guest.call("GET", ME).status == 401
        assert guest.call("GET", "/sessions/me/cart").status == 401

    def test_the_table_forgets_a_session_when_it_ends(self, front: Lambdas, later: Later) -> None:
        guest = Guest(front)
        later(hours=10)
        guest.call("GET", ME)
        kept = stored(front, guest)
        assert kept is not None
        assert kept["expires_at"]["N"] == str(int((later.now + timedelta(hours=24)).timestamp()))

    def test_use_that_moves_it_by_little_is_not_written(self, front: Lambdas, later: Later) -> None:
        guest = Guest(front)
        later(minutes=4)
        with faulty(None) as calls:
            assert guest.call("GET", ME).status == 200
        assert "update_item" not in calls.calls

    def test_an_ended_session_stays_ended_and_nothing_of_it_is_left(self, front: Lambdas) -> None:
        guest = Guest(front)
        guest.fill({front.new_book(): 1})
        answer = guest.call("DELETE", ME)
        assert (answer.status, answer.headers["Set-Cookie"]) == (
            204,
            "cloudshelf_session=; Path=/api/v1; Max-Age=0; HttpOnly; Secure; SameSite=Strict",
        )
        assert stored(front, guest) is None
        assert [guest.call(method, ME).status for method in ("GET", "DELETE")] == [401, 401]

    def test_a_session_ended_meanwhile_is_not_brought_back_by_a_change(
        self, front: Lambdas, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        guest = Guest(front)
        live, table = handler.sessions().live, handler.sessions()._table

        def ended_after(cookie: str | None) -> Any:
            session = live(cookie)
            monkeypatch.setattr(handler.sessions(), "live", live)
            table.delete({"session_id": session.key})
            return session

        monkeypatch.setattr(handler.sessions(), "live", ended_after)
        assert guest.call("PATCH", ME, {"searched": "dune"}).status == 401
        assert stored(front, guest) is None


def test_where_a_phase_has_no_sessions_there_are_no_operations_of_them(
    front: Lambdas, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered = front.call("GET", "/openapi.json").body["paths"]
    monkeypatch.delenv("CAPABILITIES")
    published = front.call("GET", "/openapi.json").body["paths"]
    assert {path for path in offered if path not in published} == {
        "/sessions",
        "/sessions/me",
        "/sessions/me/cart",
        "/sessions/me/cart/items/{book_id}",
    }
    assert front.call("POST", "/sessions").code == "not_found"

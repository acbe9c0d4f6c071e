"""HTTP requests that are repeated, where that is harmless, while the other side is busy or away."""

import random
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import requests

from cloudshelf.client.problems import GivenUp, NoAnswer

BUSY = frozenset({429, 500, 502, 503, 504})
PASSING = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)
TIMEOUT_S = (10, 40)
USER_AGENT = "cloudshelf"
LONGEST_RETRY_AFTER_S = 120.0

Pause = Callable[[float], object]


@dataclass(frozen=True)
class Backoff:
    """Exponential backoff with full jitter: a wait is drawn from 0 to `base_s` doubled each time, at most `cap_s`.

    https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    """

    attempts: int = 8
    base_s: float = 0.2
    cap_s: float = 20.0

    def wait_s(self, attempt: int, retry_after_s: float = 0.0) -> float:
        """The wait after the attempt of that number, the first being 0."""
        ceiling = min(self.cap_s, self.base_s * 2**attempt)
        return min(retry_after_s, LONGEST_RETRY_AFTER_S) + random.uniform(0, ceiling)  # noqa: S311 - spreads load


def is_busy(response: requests.Response) -> bool:
    return response.status_code in BUSY


def retry_after_s(response: requests.Response) -> float:
    """The wait the server asked for: RFC 9110 allows seconds and a date."""
    value = response.headers.get("Retry-After", "")
    if re.fullmatch(r"[0-9]{1,9}", value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return 0.0
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - datetime.now(UTC)).total_seconds())


class Transport:
    """A session a thread. `pause` waits; when it answers true, no further attempt is made."""

    def __init__(self, backoff: Backoff, pause: Pause = time.sleep, *, trust_environment: bool = True) -> None:
        self._backoff, self._pause, self._trust = backoff, pause, trust_environment
        self._local = threading.local()
        self._sessions: list[requests.Session] = []

    def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
        data: bytes | None = None,
        repeatable: bool,
        busy: Callable[[requests.Response], bool] = is_busy,
    ) -> requests.Response:
        """The last answer, also where it says that the server is busy; NoAnswer if there was none."""
        attempt = 0
        while True:
            last = not repeatable or attempt + 1 >= self._backoff.attempts
            wait = 0.0
            try:
                response = self._once(method, url, headers or {}, query, data)
                if last or not busy(response):
                    return response
                wait = retry_after_s(response)
            except PASSING as error:
                if last or isinstance(error, requests.exceptions.SSLError):
                    raise NoAnswer(f"{_origin(url)} does not answer: {_reason(error)}") from error
            except requests.RequestException as error:
                raise NoAnswer(f"{url} cannot be asked: {error}") from error
            if self._pause(self._backoff.wait_s(attempt, wait)):
                raise GivenUp(f"{_origin(url)} was busy, and the wait for it was called off")
            attempt += 1

    def close(self) -> None:
        while self._sessions:
            self._sessions.pop().close()

    def _once(
        self, method: str, url: str, headers: Mapping[str, str], query: Mapping[str, str] | None, data: bytes | None
    ) -> requests.Response:
        return self._session().request(
            method,
            url,
            params=query,
            data=data,
            timeout=TIMEOUT_S,
            allow_redirects=False,
            # With an auth of its own, requests does not overwrite Authorization from a .netrc.
            auth=_Headers(headers),
        )

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.trust_env = self._trust
            session.headers["User-Agent"] = USER_AGENT
            self._sessions.append(session)
        return session


class _Headers(requests.auth.AuthBase):
    """Sets a request's headers last."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(self._headers)
        return request


def _origin(url: str) -> str:
    return "/".join(url.split("/", 3)[:3])


def _reason(error: requests.RequestException) -> str:
    """The operating system's words for it, from within the message that names every layer."""
    if isinstance(error, requests.Timeout):
        return "no answer in time"
    found = re.search(r"\[Errno -?[0-9]+\] ([^'\")\]]+)", str(error))
    return found[1] if found else "the connection broke off"

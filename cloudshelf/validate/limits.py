"""More requests at once than the stage lets through."""

import threading
from collections import Counter
from collections.abc import Iterator

import requests

from cloudshelf.validate.caller import Caller
from cloudshelf.validate.finding import Area, Finding
from cloudshelf.validate.site import Site

AREA = Area("limits")
AT_ONCE, MOST = 24, 1500
PATH = "/health"


def check(site: Site) -> Iterator[Finding]:
    """At most MOST requests, and no more once one is refused."""
    burst = Burst(site.url)
    burst.run()
    told = ", ".join(f"{status} x{count}" for status, count in sorted(burst.statuses.items()))
    yield AREA.judge("too many requests at once are refused with 429", burst.refused is not None, told)
    yield AREA.judge("and not with a server error", not any(status >= 500 for status in burst.statuses), told)
    if burst.refused is not None:
        problem = burst.refused.headers.get("Content-Type", "").startswith("application/problem+json")
        wait = burst.refused.headers.get("Retry-After", "")
        yield AREA.judge("the refusal says when to come again", problem and wait.isdigit(), f"Retry-After: {wait}")


class Burst:
    """Threads that ask as fast as they can, until one is refused."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._left = MOST
        self._lock = threading.Lock()
        self.statuses: Counter[int] = Counter()
        self.refused: requests.Response | None = None

    def run(self) -> None:
        threads = [threading.Thread(target=self._press, daemon=True) for _ in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _press(self) -> None:
        caller = Caller(self._url)
        try:
            while self._take():
                answer = caller.api("GET", PATH)
                with self._lock:
                    self.statuses[answer.status_code] += 1
                    if answer.status_code == requests.codes.too_many_requests:
                        self.refused = answer
        finally:
            caller.close()

    def _take(self) -> bool:
        with self._lock:
            self._left -= 1
            return self._left >= 0 and self.refused is None

"""A shopper's requests: every attempt is measured, and repeated while the shop is busy or away."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from cloudshelf.client import Answer, ApiProblem, Backoff, NoAnswer, ShopClient
from cloudshelf.client.transport import BUSY
from cloudshelf.load.measures import NO_ANSWER, Event

ONCE = Backoff(attempts=1)
PAUSES = Backoff(base_s=0.1, cap_s=2.0)

Result = TypeVar("Result")


class GaveUp(Exception):
    """The shop gave no usable answer for as long as the shopper waits, or nobody wants one any more."""


@dataclass(kw_only=True)
class Asking:
    """One shopper's way to the shop. After `stop` only what is asked `firmly` is asked again.

    What a shopper asks here may be asked twice: reads, absolute quantities, an order with its key, a cancellation.
    """

    number: int
    client: ShopClient
    stop: threading.Event
    patience_s: float
    on_event: Callable[[Event], None]

    def call(
        self, operation: str, params: Mapping[str, object] | None = None, body: object = None, *, firmly: bool = False
    ) -> Answer:
        """ApiProblem where the shop refused, GaveUp where it stayed busy or away."""
        return self.again(operation, lambda: self.client.call(operation, params, body), firmly=firmly)

    def again(self, operation: str, ask: Callable[[], Result], *, firmly: bool = False) -> Result:
        until = time.monotonic() + self.patience_s
        attempt = 0
        while True:
            try:
                return self._measured(operation, ask)
            except ApiProblem as problem:
                if problem.status not in BUSY:
                    raise
                reason = str(problem)
            except NoAnswer as error:
                reason = str(error)
            wait = PAUSES.wait_s(attempt)
            if time.monotonic() + wait > until or (self.stop.is_set() and not firmly):
                raise GaveUp(f"{operation}: {reason}")
            self._pause(wait, firmly=firmly)
            attempt += 1

    def _pause(self, seconds: float, *, firmly: bool) -> None:
        if firmly:
            time.sleep(seconds)
        else:
            self.stop.wait(seconds)

    def _measured(self, operation: str, ask: Callable[[], Result]) -> Result:
        started, status, code = time.perf_counter(), NO_ANSWER, ""
        try:
            result = ask()
            status = result.status if isinstance(result, Answer) else 200
        except ApiProblem as problem:
            status, code = problem.status, problem.code
            raise
        else:
            return result
        finally:
            ms = (time.perf_counter() - started) * 1000
            event = Event(shopper=self.number, operation=operation, status=status, code=code, ms=ms, at=time.time())
            self.on_event(event)

"""What shoppers see, kept moment by moment, and waiting for them to have seen something."""

import threading
import time
from collections import Counter
from collections.abc import Callable

from cloudshelf.load import Event

Wanted = Callable[[Event], bool]
PATIENCE_S = 120.0
BOUGHT = ("createOrder", 201)


class NotSeen(Exception):
    """Nobody saw it in time; the text says what."""


class Witness:
    """Give it to a Load as `on_event`."""

    def __init__(self) -> None:
        self._events: list[Event] = []
        self._news = threading.Condition()

    def __call__(self, event: Event) -> None:
        with self._news:
            self._events.append(event)
            self._news.notify_all()

    def wait(self, what: str, count: int, wanted: Wanted, *, since: float = 0.0, within_s: float = PATIENCE_S) -> None:
        """Until so many events after a moment are what is wanted."""

        def enough() -> bool:
            return sum(wanted(event) for event in self._events if event.at >= since) >= count

        with self._news:
            if not self._news.wait_for(enough, timeout=within_s):
                raise NotSeen(f"within {within_s:.0f} s no {count} times: {what}")

    def wait_for_orders(self, count: int, *, since: float = 0.0) -> None:
        self.wait("an order was acknowledged", count, bought, since=since)

    def between(self, start: float, end: float | None = None) -> list[Event]:
        until = time.time() if end is None else end
        with self._news:
            return [event for event in self._events if start <= event.at <= until]


def bought(event: Event) -> bool:
    return (event.operation, event.status) == BOUGHT


def answers(events: list[Event]) -> str:
    """In words: 503 unavailable x12, 200 x40."""
    counted = Counter(f"{event.status or 'no answer'} {event.code}".strip() for event in events)
    return ", ".join(f"{answer} x{count}" for answer, count in sorted(counted.items())) or "nothing"

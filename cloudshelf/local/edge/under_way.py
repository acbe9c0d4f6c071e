"""The requests that a distribution has let in and not yet answered."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

UNDECIDED = ""


class UnderWay:
    """Thread-safe. Each request is counted from before it is decided where it goes."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._open: dict[int, str] = {}
        self._last = 0

    @contextmanager
    def one(self) -> Iterator[Callable[[str], None]]:
        """Gives what to call with the origin once it is known."""
        with self._changed:
            self._last += 1
            number = self._last
            self._open[number] = UNDECIDED

        def going_to(origin_id: str) -> None:
            with self._changed:
                self._open[number] = origin_id

        try:
            yield going_to
        finally:
            with self._changed:
                del self._open[number]
                self._changed.notify_all()

    def by_origin(self) -> dict[str, int]:
        with self._changed:
            return dict(Counter(self._open.values()))

    def settle(self, seconds: float) -> bool:
        """Waits for all that were let in before now; whether all have been answered."""
        deadline = time.monotonic() + seconds
        with self._changed:
            newest = self._last
            while any(number <= newest for number in self._open):
                if not self._changed.wait(deadline - time.monotonic()):
                    return not any(number <= newest for number in self._open)
            return True

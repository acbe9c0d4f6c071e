"""Metrics that are a level, not an event: looked at every few seconds."""

import threading
from collections.abc import Callable

EVERY_SECONDS = 5.0


class Sampler:
    """Calls `sample` from a thread of its own, from `start` to `stop`."""

    def __init__(self, sample: Callable[[], None], every_s: float = EVERY_SECONDS) -> None:
        self._sample, self._every_s = sample, every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="metrics", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _run(self) -> None:
        self._sample()
        while not self._stop.wait(self._every_s):
            self._sample()

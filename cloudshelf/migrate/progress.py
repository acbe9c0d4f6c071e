"""How far a long step is, in rows: a bar on a terminal, now and then a line elsewhere."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TextIO

from cloudshelf.terminal import BAR, LINE_EVERY_S, TERMINAL_EVERY_S, duration


class Progress(Protocol):
    """What a step tells while it works. Thread-safe."""

    def add(self, count: int) -> None: ...

    def reach(self, done: int, total: int) -> None: ...


class Told(Protocol):
    """Who is told: lines of the story, and how far a step is."""

    def say(self, line: str) -> None: ...

    def bar(self, label: str, total: int) -> AbstractContextManager[Progress]: ...


class Bar:
    """`total` 0 is unknown: no share and no remaining time is told then."""

    def __init__(self, stream: TextIO, label: str, total: int, now: Callable[[], float] = time.monotonic) -> None:
        self._stream, self._label, self._total, self._now = stream, label, total, now
        self._done = 0
        self._terminal = stream.isatty()
        self._started = self._told = now()
        self._lock = threading.Lock()

    def add(self, count: int) -> None:
        with self._lock:
            self._done += count
            self._tell()

    def reach(self, done: int, total: int) -> None:
        with self._lock:
            self._done, self._total = done, total
            self._tell()

    def close(self) -> None:
        with self._lock:
            if self._terminal and self._told != self._started:
                self._stream.write("\r\x1b[K")
                self._stream.flush()

    def _tell(self) -> None:
        moment = self._now()
        if moment - self._told < (TERMINAL_EVERY_S if self._terminal else LINE_EVERY_S):
            return
        self._told = moment
        line = self._line(moment - self._started)
        self._stream.write(f"\r{line}\x1b[K" if self._terminal else f"{line}\n")
        self._stream.flush()

    def _line(self, seconds: float) -> str:
        rate = self._done / seconds if seconds else 0.0
        if not self._total:
            return f"{self._label}: {self._done:,}, {rate:,.0f}/s"
        share = min(1.0, self._done / self._total)
        left = duration(seconds / share - seconds) if share else "?"
        drawn = f"[{'#' * round(share * BAR):<{BAR}}] {share:4.0%}"
        return f"{self._label} {drawn}  {self._done:,} of {self._total:,}, {rate:,.0f}/s, {left} left"


class Terminal:
    """Tells somebody at a terminal: `out` takes the story, `err` the bars."""

    def __init__(self, out: Callable[[str], None], err: TextIO) -> None:
        self._out, self._err = out, err

    def say(self, line: str) -> None:
        self._out(line)

    @contextmanager
    def bar(self, label: str, total: int) -> Iterator[Bar]:
        bar = Bar(self._err, label, total)
        try:
            yield bar
        finally:
            bar.close()

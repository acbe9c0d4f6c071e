"""How far an import is: a bar on a terminal, now and then a line elsewhere."""

import time
from collections.abc import Callable
from typing import TextIO

from cloudshelf.catalog.importer import Summary

BAR = 24
TERMINAL_EVERY_S = 0.1
LINE_EVERY_S = 10.0


class Progress:
    """`position` of `size` bytes of the file are read; `now` is a clock in seconds."""

    def __init__(
        self, stream: TextIO, size: int, position: Callable[[], int], now: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream, self._size, self._position, self._now = stream, max(1, size), position, now
        self._terminal = stream.isatty()
        self._started = self._told = now()

    def step(self, summary: Summary) -> None:
        moment = self._now()
        if moment - self._told < (TERMINAL_EVERY_S if self._terminal else LINE_EVERY_S):
            return
        self._told = moment
        line = self._line(summary, moment - self._started)
        self._stream.write(f"\r{line}\x1b[K" if self._terminal else f"{line}\n")
        self._stream.flush()

    def close(self) -> None:
        if self._terminal and self._told != self._started:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def _line(self, summary: Summary, seconds: float) -> str:
        share = min(1.0, self._position() / self._size)
        rate = summary.done / seconds if seconds else 0.0
        bar = "#" * round(share * BAR)
        left = duration(seconds / share - seconds) if share else "?"
        counts = f"{summary.done:,} rows, {summary.rejected:,} rejected, {rate:,.0f}/s"
        return f"[{bar:<{BAR}}] {share:4.0%}  {counts}, {left} left"


def duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"

"""What commands share on a terminal: text that is safe to show, credentials, progress, and Ctrl-C."""

import json
import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, TextIO
from urllib.parse import urlsplit

import click

if TYPE_CHECKING:
    from cloudshelf.catalog.upload import Summary

# `cloudshelf local` writes the demo accounts of each shop that runs on this machine into a file here.
CREDENTIALS = Path(__file__).parents[1] / ".local" / "credentials"
# Control characters, which move the cursor, colour or rename a terminal, but for tab and new line.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def printable(text: str) -> str:
    """Text from elsewhere, such as a file's cell, with its control characters written as escapes."""
    return CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def say(text: str, *, error: bool = False) -> None:
    """Print `text`, made `printable`, to stdout, or to stderr."""
    click.echo(printable(text), err=error)


@dataclass(frozen=True)
class Account:
    email: str
    password: str


def credentials_file(url: str, folder: Path = CREDENTIALS) -> Path:
    """The file of one shop's demo accounts; shops that run at once have one each."""
    return folder / f"{re.sub(r'[^a-z0-9.]+', '-', urlsplit(url).netloc.lower())}.json"


def local_admin(url: str, folder: Path = CREDENTIALS) -> Account | None:
    """The demo admin of the shop at `url`; None unless it runs on this machine."""
    try:
        known = json.loads(credentials_file(url, folder).read_text(encoding="utf-8"))
        return Account(known["admin"]["email"], known["admin"]["password"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


MESSAGE = "Stopping after the requests under way. Ctrl-C again leaves at once."


@contextmanager
def stop_on_interrupt(stop: threading.Event) -> Iterator[None]:
    """Sets `stop` at the first Ctrl-C."""

    def first(_signal: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        stop.set()
        click.echo(f"\n{MESSAGE}", err=True)

    before = signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


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

    def step(self, summary: "Summary") -> None:
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

    def _line(self, summary: "Summary", seconds: float) -> str:
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

"""Ctrl-C as a wish to stop, and a second one as an order."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click

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

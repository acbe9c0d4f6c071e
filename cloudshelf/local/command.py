"""`cloudshelf local`: the shop on this machine."""

import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import click

from cloudshelf.chosen_stack import old_stack_option, stack_argument
from cloudshelf.garbage import look_at_what_is_new

OLDEST, NEWEST = (3, 11), (3, 13)
ROOT = Path(__file__).resolve().parent.parent.parent
# How long what was started has to end in order when the start is interrupted; then the process goes.
ABANDON_S = 1.0
HELP = """Run a stack of the shop on this machine: no AWS account, nothing leaves it.

The Pulumi program runs in this process; its tables, functions, API and sign-in become real here. Everything is gone
when it stops. Ctrl-C stops it, also while it starts.

\b
Examples:
  cloudshelf local                             phase1, on http://127.0.0.1:8000
  cloudshelf local phase2 --port 0             another stack, any free port
  cloudshelf local --config throttleRate=5     a setting for this run
  cloudshelf local --watch --requests          reload changed functions, show requests
  cloudshelf local --engine                    an empty cloud, for `pulumi up` from another terminal
  cloudshelf local --json | jq 'select(.event == "mail")'

\b
With --json a line is an object with its `event`: starting, open (address, accounts, what is real here), catalogue,
request, mail, reloaded, not_reloaded, stopping, stopped; with --engine cloud_open (address, where to run pulumi) and
accounts in place of open.

\b
Exit codes:
  0    stopped with Ctrl-C, SIGTERM, or by closing the terminal
  1    it could not start; the reason is on stderr
  2    wrong options
"""


@click.command("local", help=HELP)
@stack_argument
@old_stack_option
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free port.")
@click.option("--watch", is_flag=True, help="Reload a function when its sources change.")
@click.option("--engine", is_flag=True, help="Start an empty cloud, for the Pulumi CLI to make the stack in.")
@click.option("--empty", is_flag=True, help="Start without the sample catalogue.")
@click.option("--config", multiple=True, metavar="KEY=VALUE", help="A stack setting for this run, as throttleRate=5.")
@click.option("--requests", is_flag=True, help="Print a line for each request.")
@click.option("--fidelity", is_flag=True, help="Print what of the stack is real here, enforced, or without effect.")
@click.option("--quiet", is_flag=True, hidden=True, help="Does nothing: requests are not printed unless asked for.")
@click.option("--json", "json_output", is_flag=True, help="Print a JSON object for each thing that happens.")
def local(
    stack: str,
    *,
    port: int,
    watch: bool,
    engine: bool,
    empty: bool,
    config: tuple[str, ...],
    requests: bool,
    fidelity: bool,
    quiet: bool,  # noqa: ARG001 - an option of the release before
    json_output: bool,
) -> None:
    _check_python()
    started = time.monotonic()
    from cloudshelf.local.events import TextEvents, as_json

    sink = as_json if json_output else TextEvents(fidelity=fidelity)
    sink("starting", stack=stack)
    interrupts = Interrupts(lambda: sink("stopping"))
    from cloudshelf.local.isolation import isolate
    from cloudshelf.local.session import Session, SessionError

    if engine and config:
        raise click.UsageError("--config is for a stack that starts at once; with --engine, run `pulumi config set`.")
    isolate()
    overrides = {f"cloudshelf:{key}": value for key, value in map(_setting, config)}
    kind = Session
    if engine:
        from cloudshelf.local.engine.session import EngineSession as kind  # noqa: N813
    session = kind(stack=stack, port=port, root=ROOT, overrides=overrides, requests=requests, events=sink)
    interrupts.abandon = session.abandon
    try:
        with session:
            interrupts.serve()
            session.announce(time.monotonic() - started)
            if not empty:
                threading.Thread(target=session.fill, name="catalogue", daemon=True).start()
            if watch:
                threading.Thread(target=session.watch, name="watch", daemon=True).start()
            look_at_what_is_new()
            interrupts.wait()
    except SessionError as error:
        raise click.ClickException(str(error)) from None
    with suppress(OSError):  # the terminal was closed
        sink("stopped")


class Interrupts:
    """Ctrl-C, SIGTERM and a closed terminal, from when it is made.

    While the stack starts, one ends the process within a second: `abandon` has that time to stop what was started.
    After `serve`, the first ends `wait`, and a second ends the process at once. A signal that was ignored stays
    ignored, as with nohup.
    """

    def __init__(self, stopping: Callable[[], None]) -> None:
        self.abandon: Callable[[], None] = lambda: None
        self._stopping, self._serving, self._stopped = stopping, False, False
        self._read_fd, self._write_fd = os.pipe()
        os.set_blocking(self._write_fd, False)
        # Handlers run in the main thread, which does not wake up when another thread takes the signal.
        signal.set_wakeup_fd(self._write_fd)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._handle)
        if sys.stdin is not None and sys.stdin.isatty():
            threading.Thread(target=_watch_terminal, name="terminal", daemon=True).start()

    def serve(self) -> None:
        """From here on an interrupt stops in order."""
        self._serving = True

    def wait(self) -> None:
        """Until an interrupt."""
        os.read(self._read_fd, 1)

    def _handle(self, *_: object) -> None:
        again, self._stopped = self._stopped, True
        if again:
            _end()
        with suppress(OSError):
            self._stopping()
        if not self._serving:
            thread = threading.Thread(target=self.abandon, daemon=True)
            thread.start()
            thread.join(ABANDON_S)
            with suppress(OSError):
                click.echo("Stopped before the shop was open.", err=True)
            _end()


def _watch_terminal() -> None:
    """Sends SIGHUP when the terminal is closed: where make leads the session, the kernel sends it to make alone."""
    terminal = select.poll()
    terminal.register(sys.stdin.fileno(), 0)
    terminal.poll()
    os.kill(os.getpid(), signal.SIGHUP)


def _end() -> None:
    """Without waiting for threads, which may be in the middle of starting something, and with no child left."""
    for task in Path("/proc/self/task").glob("*/children"):
        for child in task.read_text().split():
            with suppress(OSError):
                os.kill(int(child), signal.SIGTERM)
    with suppress(OSError):
        sys.stdout.flush()
    os._exit(0)


def _setting(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (key and equals):
        raise click.BadParameter(f"{text}: write KEY=VALUE, as throttleRate=5")
    return key, value


def _check_python() -> None:
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        here = ".".join(map(str, sys.version_info[:2]))
        raise click.ClickException(f"Python {here} is not supported: CloudShelf runs on 3.11, 3.12 and 3.13.")

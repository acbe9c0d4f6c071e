"""`cloudshelf local`: the shop on this machine."""

import os
import signal
import sys
import threading
import time
from pathlib import Path

import click

from cloudshelf.garbage import look_at_what_is_new

OLDEST, NEWEST = (3, 11), (3, 13)
ROOT = Path(__file__).resolve().parent.parent.parent
HELP = """Run a stack of the shop on this machine: no AWS account, nothing leaves it.

The Pulumi program runs in this process; its tables, functions, API and sign-in become real here. Everything is gone
when it stops. Ctrl-C stops it.

\b
Examples:
  cloudshelf local                                  phase1, on http://127.0.0.1:8000
  cloudshelf local --stack phase2 --port 0 --quiet  another stack, any free port
  cloudshelf local --config throttleRate=5          a setting for this run
  cloudshelf local --json | jq 'select(.event == "mail")'

\b
With --json a line is an object with its `event`: open (address, accounts, what is real here), catalogue, request,
mail, reloaded, not_reloaded, stopped.

\b
Exit codes:
  0    stopped with Ctrl-C or SIGTERM
  1    it could not start; the reason is on stderr
  2    wrong options
"""


@click.command("local", help=HELP)
@click.option("--stack", default="phase1", show_default=True, help="Which stack's program to run.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free port.")
@click.option("--watch", is_flag=True, help="Reload a function when its sources change.")
@click.option("--empty", is_flag=True, help="Start without the sample catalogue.")
@click.option("--config", multiple=True, metavar="KEY=VALUE", help="A stack setting for this run, as throttleRate=5.")
@click.option("--quiet", is_flag=True, help="Do not print a line for each request.")
@click.option("--json", "json_output", is_flag=True, help="Print a JSON object for each thing that happens.")
def local(
    stack: str, port: int, watch: bool, empty: bool, config: tuple[str, ...], quiet: bool, json_output: bool
) -> None:
    _check_python()
    started = time.monotonic()
    from cloudshelf.local.session import Session, SessionError
    from cloudshelf.local.telling import as_json, as_text

    tell = as_json if json_output else as_text
    overrides = {f"cloudshelf:{key}": value for key, value in map(_setting, config)}
    session = Session(stack=stack, port=port, root=ROOT, overrides=overrides, requests=not quiet, tell=tell)
    # SIGTERM ends it as Ctrl-C does, so that no function's process is left behind.
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        with session:
            session.announce(time.monotonic() - started)
            if not empty:
                threading.Thread(target=session.fill, name="catalogue", daemon=True).start()
            if watch:
                threading.Thread(target=session.watch, name="watch", daemon=True).start()
            wait()
    except SessionError as error:
        raise click.ClickException(str(error)) from None
    except KeyboardInterrupt:
        pass
    tell("stopped")


def _setting(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (key and equals):
        raise click.BadParameter(f"{text}: write KEY=VALUE, as throttleRate=5")
    return key, value


def wait() -> None:
    """Until Ctrl-C or SIGTERM. What comes of them afterwards, while everything is being stopped, changes nothing."""
    told, tell = os.pipe()
    os.set_blocking(tell, False)
    # Handlers run in the main thread, which does not wake up when another thread takes the signal.
    signal.set_wakeup_fd(tell)
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: None)
    look_at_what_is_new()
    os.read(told, 1)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _check_python() -> None:
    if not OLDEST <= sys.version_info[:2] <= NEWEST:
        here = ".".join(map(str, sys.version_info[:2]))
        raise click.ClickException(f"Python {here} is not supported: CloudShelf runs on 3.11, 3.12 and 3.13.")

"""What happens in a run of the local cloud, as lines on a terminal or as a JSON object a line."""

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Protocol

import click

from cloudshelf.terminal import printable

Facts = Mapping[str, Any]
PROGRESS_EVERY_S = 0.2


class EventSink(Protocol):
    """Takes an event by its name in RENDERERS, with its facts."""

    def __call__(self, event: str, **facts: Any) -> None: ...


class TextEvents:
    """Lines for a person. Progress rewrites one line on a terminal, and is left out where there is none."""

    def __init__(self, *, fidelity: bool = False) -> None:
        self._fidelity, self._shown = fidelity, 0.0
        self._progress = sys.stdout.isatty()
        self._unfinished = False

    def __call__(self, event: str, **facts: Any) -> None:
        if event == "progress":
            self._show(facts)
            return
        if self._unfinished:
            click.echo("\r\x1b[K", nl=False)
            self._unfinished = False
        if event == "open" and self._fidelity:
            for line in fidelity_table(facts["resources"]):
                click.echo(line)
        for line in RENDERERS[event](facts):
            click.echo(line)

    def _show(self, facts: Facts) -> None:
        if self._progress and time.monotonic() - self._shown >= PROGRESS_EVERY_S:
            self._shown, self._unfinished = time.monotonic(), True
            click.echo(f"\r  {facts['what']}\x1b[K", nl=False)


def as_json(event: str, **facts: Any) -> None:
    if event != "progress":
        click.echo(json.dumps({"event": event, **facts}))


def fidelity_table(rows: Iterable[Mapping[str, str]]) -> list[str]:
    """What of the stack is real here, enforced, or without effect: types that share a note in one line."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        label = f"{row['type'].rpartition(':')[2]}" + (f" x{row['count']}" if row["count"] != "1" else "")
        grouped.setdefault((row["fidelity"], row["note"]), []).append(label)
    return [_fidelity(fidelity, ", ".join(labels), note) for (fidelity, note), labels in grouped.items()]


def _fidelity(fidelity: str, labels: str, note: str) -> str:
    first = click.style(f"{fidelity:<10}", fg={"real": "green", "enforced": "green", "no effect": "yellow"}[fidelity])
    return f"  {first} {labels}\n{'':13}{note}"


def _open(facts: Facts) -> Iterator[str]:
    yield ""
    yield f"The shop is open after {facts['seconds']:.1f} s: {click.style(facts['url'], bold=True)}"
    for identifier, version in facts["databases"].items():
        yield f"  database   {identifier}, PostgreSQL {version}"
    yield from accounts(facts["accounts"])
    yield f"  inside     {facts['live']} (requests, e-mails, alarms, what is real here); logs in {facts['logs']}"
    yield "  stop       Ctrl-C"
    yield ""


def _cloud_open(facts: Facts) -> Iterator[str]:
    yield ""
    yield f"The cloud is open after {facts['seconds']:.1f} s, with nothing in it yet: {facts['url']}"
    yield f"  in another terminal   cd {facts['folder']} && . ./{facts['script']}"
    yield f"  once                  pulumi stack init {facts['stack']}"
    yield "  then, and again       pulumi preview, pulumi up, pulumi refresh, pulumi stack output, pulumi destroy"
    yield f"  inside                {facts['live']}"
    yield "  stop                  Ctrl-C"
    yield ""


def accounts(known: Mapping[str, Facts]) -> Iterator[str]:
    for role, account in known.items():
        yield f"  {role:<10} {account['email']}, password {account['password']}"


def _pair_open(facts: Facts) -> Iterator[str]:
    yield from accounts(facts["accounts"])
    yield f"The shop is open: {facts['url']}; the new one, beside it: {facts['new_url']}"
    stacks = f"--from {facts['source']} --to {facts['target']}"
    yield f"In another terminal: .venv/bin/cloudshelf migrate plan --local {stacks}"


def _request(facts: Facts) -> Iterator[str]:
    yield f"{facts['status']} {facts['method']:<6} {printable(facts['path'])}  {facts['ms']:.0f} ms"


RENDERERS: Mapping[str, Callable[[Facts], Iterator[str]]] = {
    "starting": lambda facts: iter([f"CloudShelf {printable(facts['stack'])} starts on this machine ..."]),
    "open": _open,
    "cloud_open": _cloud_open,
    "accounts": lambda facts: accounts(facts["accounts"]),
    "pair_open": _pair_open,
    "catalogue": lambda facts: iter([f"{printable(facts['told'])}, after {facts['seconds']:.1f} s"]),
    "request": _request,
    "mail": lambda facts: iter([printable(f"mail to {facts['to']}: {facts['text']}")]),
    "reloaded": lambda facts: iter([f"reloaded {facts['function']}"]),
    "not_reloaded": lambda facts: iter([f"{facts['function']} keeps running as it was: {printable(facts['why'])}"]),
    "stopping": lambda _facts: iter(["\nStopping ..."]),
    "stopped": lambda _facts: iter(["Stopped. Nothing is left running."]),
}

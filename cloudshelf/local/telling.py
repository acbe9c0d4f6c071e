"""What a run of the local cloud tells while it goes on: lines for somebody to read, or a JSON object a line."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

import click

from cloudshelf.local import fidelity

Facts = Mapping[str, Any]


class Tell(Protocol):
    """Takes an event by its name in EVENTS, with what there is to know of it."""

    def __call__(self, event: str, **facts: Any) -> None: ...


def as_text(event: str, **facts: Any) -> None:
    for line in EVENTS[event](facts):
        click.echo(line)


def as_json(event: str, **facts: Any) -> None:
    click.echo(json.dumps({"event": event, **facts}, ensure_ascii=False))


def _open(facts: Facts) -> Iterator[str]:
    yield f"\nWhat of stack {facts['stack']} is real here, enforced here, or has no effect here:\n"
    yield from fidelity.summary(facts["resources"])
    for identifier, version in facts["databases"].items():
        yield f"\nThe database {identifier} is PostgreSQL {version}."
    yield "\nDemo accounts, new at each start:"
    yield from accounts(facts["accounts"])
    yield f"\nWhat goes on in it, live: {facts['live']}"
    yield f"Logs are in {facts['logs']}. Ctrl-C stops the shop."
    yield f"The shop is open after {facts['seconds']:.1f} s: {facts['url']}\n"


def accounts(known: Mapping[str, Facts]) -> Iterator[str]:
    for role, account in known.items():
        yield f"  {role:<8} {account['email']:<22} {account['password']}"


def _pair_open(facts: Facts) -> Iterator[str]:
    yield from accounts(facts["accounts"])
    yield f"The shop is open: {facts['url']}; the new one, beside it: {facts['new_url']}"
    yield f"In another terminal: cloudshelf migrate plan --local --from {facts['source']} --to {facts['target']}"


EVENTS: Mapping[str, Callable[[Facts], Iterator[str]]] = {
    "open": _open,
    "pair_open": _pair_open,
    "catalogue": lambda facts: iter([f"{facts['told']}, after {facts['seconds']:.1f} s"]),
    "request": lambda facts: iter([f"{facts['status']} {facts['method']:<6} {facts['path']}  {facts['ms']:.0f} ms"]),
    "mail": lambda facts: iter([f"mail to {facts['to']}: {facts['text']}"]),
    "reloaded": lambda facts: iter([f"reloaded {facts['function']}"]),
    "not_reloaded": lambda facts: iter([f"{facts['function']} keeps running as it was: {facts['why']}"]),
    "stopped": lambda _facts: iter(["\nStopped. Nothing is left running."]),
}

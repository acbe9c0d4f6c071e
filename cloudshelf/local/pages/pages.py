"""The page, its files, and what it asks for every other second."""

import json
import re
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from cloudshelf.graph import Graph
from cloudshelf.local import fidelity
from cloudshelf.local.gateway.messages import Request, Response
from cloudshelf.local.identity import Mailbox
from cloudshelf.local.pages import charts, state
from cloudshelf.local.pages.log import OWN, RequestLog
from cloudshelf.local.world import World
from cloudshelf.terminal import Account
from cloudshelf.topology.build import read
from cloudshelf.topology.svg import picture

MOST_MAILS = 50
FILES = {path.name: path for path in (Path(__file__).parent / "static").iterdir()}
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = (
    ("Content-Security-Policy", POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "no-referrer"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)
STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)


class Pages:
    """Below `/_local/`. `handle` answers None for a path it does not know."""

    def __init__(
        self, stack: str, graph: Graph, world: World, mailbox: Mailbox, accounts: Mapping[str, Account]
    ) -> None:
        self._mailbox, self._accounts = mailbox, accounts
        self._stack, self._graph, self._world = stack, graph, world
        self.log = RequestLog()
        self._answers: dict[str, Callable[[Request], Any]] = {
            "state": self._state,
            "alarms": lambda _request: {"alarms": state.alarm_states(world, graph)},
            "fidelity": lambda _request: {"resources": fidelity.rows(graph)},
            "charts": lambda _request: charts.as_json(world, graph),
        }

    def handle(self, request: Request) -> Response | None:
        name = request.path.removeprefix(OWN) or "index.html"
        if name in self._answers:
            return _response(".json", json.dumps(self._answers[name](request)).encode())
        if name == "topology.svg":
            return _response(".svg", STYLE.sub("", self._picture).encode())
        if name == "topology.css":
            return _response(".css", self._style.encode())
        if name not in FILES:
            return None
        return _response(FILES[name].suffix, FILES[name].read_bytes())

    def entrance(self, otherwise: Callable[[Request], Response]) -> Callable[[Request], Response]:
        """Sends on whoever left out the slash at the end; other paths that begin so are not the page's."""

        def handle(request: Request) -> Response:
            if request.path == OWN.rstrip("/"):
                return Response(status=307, headers=[("Location", OWN)])
            return otherwise(request)

        return handle

    def _state(self, request: Request) -> dict[str, Any]:
        """`after` is the number of the last request the page has."""
        after = next((value for name, value in request.query if name == "after"), "0")
        return {
            "stack": self._stack,
            "requests": self.log.after(int(after) if after.isdecimal() else 0),
            "functions": list(state.functions(self._world, f"cloudshelf-{self._stack}")),
            "mails": [vars(mail) for mail in reversed(self._mailbox.all()[-MOST_MAILS:])],
            "accounts": {role: vars(account) for role, account in self._accounts.items()},
            "waiting": list(state.waiting(self._world, self._graph)),
        }

    @cached_property
    def _picture(self) -> str:
        return picture(read(self._stack, self._world.region, self._graph))

    @cached_property
    def _style(self) -> str:
        """The picture's own style sheet: a page under this policy takes none that is inline."""
        return f"#topology {{ {''.join(STYLE.findall(self._picture))} }}"


def _response(suffix: str, body: bytes) -> Response:
    return Response(status=200, headers=[("Content-Type", TYPES[suffix]), *HEADERS], body=body)

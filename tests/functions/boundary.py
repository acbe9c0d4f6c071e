"""Faults wherever a function speaks to something else: DynamoDB, PostgreSQL, the payment provider.

Every call is counted, whatever it goes to; at the chosen one the fault is raised, before or after the call is done.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from payments.simulated import Simulated
from shared import dynamo
from shared.postgres_errors import ConnectionLost
from shared.postgres_session import Session
from shared.problems import Unavailable

from tests.functions import faults
from tests.functions.faults import Crash

Fault = Callable[[str], BaseException]
METHODS = {Session: ("run", "script", "copy"), Simulated: ("authorise", "capture", "void")}
DYNAMODB, POSTGRES, PAYMENTS = "dynamodb", "postgres", "payments"


def crash(_: str) -> BaseException:
    return Crash()


def lost_reply(kind: str) -> BaseException:
    """As each driver says that no answer came."""
    if kind == POSTGRES:
        return ConnectionLost("network error")
    return Unavailable("no answer") if kind == PAYMENTS else faults.lost_reply()


class Boundary:
    def __init__(self, at: int | None, fault: Fault, *, after: bool) -> None:
        self._at, self._fault, self._after = at, fault, after
        self.calls: list[str] = []

    def wrap(self, kind: str, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*arguments: Any, **named: Any) -> Any:
            self.calls.append(f"{kind} {name}")
            now = len(self.calls) - 1 == self._at
            if now and not self._after:
                raise self._broken(kind, arguments)
            answer = call(*arguments, **named)
            if now:
                raise self._broken(kind, arguments)
            return answer

        return counted

    def _broken(self, kind: str, arguments: tuple[Any, ...]) -> BaseException:
        if kind == POSTGRES:
            # The connection goes with it.
            arguments[0]._settled = False
        return self._fault(kind)


class _Client:
    def __init__(self, real: Any, boundary: Boundary) -> None:
        self._real, self._boundary = real, boundary

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        return self._boundary.wrap(DYNAMODB, operation, getattr(self._real, operation))


@contextmanager
def boundary(at: int | None = None, fault: Fault = crash, *, after: bool = False) -> Iterator[Boundary]:
    """With `at` None it only counts."""
    found = Boundary(at, fault, after=after)
    with pytest.MonkeyPatch.context() as patch:
        client = _Client(dynamo.client(), found)
        patch.setattr(dynamo, "client", lambda: client)
        for kind, names in METHODS.items():
            for name in names:
                label = POSTGRES if kind is Session else PAYMENTS
                patch.setattr(kind, name, found.wrap(label, name, getattr(kind, name)))
        yield found


def calls_of(act: Callable[[], Any]) -> list[str]:
    """What the act says to whom, in order."""
    with boundary() as seen:
        act()
    return seen.calls

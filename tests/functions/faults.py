"""A DynamoDB client that fails at a chosen call."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from botocore.exceptions import ClientError, ReadTimeoutError
from shared import dynamo


class Crash(BaseException):
    """The process is gone: nothing in it runs on."""


class Faulty:
    """Passes calls on, and counts them. At call number `at` it raises, before or after the call is done."""

    def __init__(self, real: Any, at: int | None, fault: Callable[[], BaseException], *, after: bool) -> None:
        self._real, self._at, self._fault, self._after = real, at, fault, after
        self.calls: list[str] = []

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            self.calls.append(operation)
            now = len(self.calls) - 1 == self._at
            if now and not self._after:
                raise self._fault()
            answer = getattr(self._real, operation)(**arguments)
            if now:
                raise self._fault()
            return answer

        return call


def lost_reply() -> BaseException:
    return ReadTimeoutError(endpoint_url="https://dynamodb")


def throttled() -> BaseException:
    return ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "PutItem")


@contextmanager
def faulty(at: int | None, fault: Callable[[], BaseException] = Crash, *, after: bool = False) -> Iterator[Faulty]:
    """Within it every function's client is this one; with `at` None it only counts."""
    real, wrapped = dynamo.client, Faulty(dynamo.client(), at, fault, after=after)
    dynamo.client = lambda: wrapped  # type: ignore[assignment]
    try:
        yield wrapped
    finally:
        dynamo.client = real

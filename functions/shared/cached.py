"""A value worth keeping for a while in an execution environment."""

from collections.abc import Callable
from typing import Generic, TypeVar

from shared import clock

Value = TypeVar("Value")


class Cached(Generic[Value]):
    """Computes at the first call and again when it is older than `seconds`."""

    def __init__(self, seconds: float, compute: Callable[[], Value]) -> None:
        self._seconds, self._compute = seconds, compute
        self._kept: tuple[float, Value] | None = None

    def __call__(self) -> Value:
        now = clock.monotonic()
        if self._kept is None or now - self._kept[0] >= self._seconds:
            self._kept = (now, self._compute())
        return self._kept[1]

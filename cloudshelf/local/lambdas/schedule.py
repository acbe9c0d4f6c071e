"""EventBridge Scheduler's calls of functions.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import contextlib
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cloudshelf.local.lambdas.environment import FunctionFailed
from cloudshelf.local.lambdas.function import TooManyRequests

RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
SECONDS = {"minute": 60.0, "hour": 3600.0, "day": 86400.0}
FUNCTION = ":function:"


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """A schedule as declared, of a function."""

    function: str
    event: bytes
    every_s: float

    @classmethod
    def of(cls, declared: Mapping[str, Any]) -> "Schedule | None":
        """None for what calls no function; ValueError for what the local cloud does not do."""
        target = declared["target"]
        if FUNCTION not in target["arn"]:
            return None
        expression = str(declared["scheduleExpression"])
        found = RATE.fullmatch(expression)
        if found is None:
            raise ValueError(f"{expression}: the local cloud calls functions by a rate alone")
        name = str(target["arn"]).partition(FUNCTION)[2]
        return cls(function=name, event=str(target["input"]).encode(), every_s=int(found[1]) * SECONDS[found[2]])


class Clock:
    """Calls the function of a schedule from a thread of its own, one call after the other, from `start` to `stop`."""

    def __init__(self, schedule: Schedule, invoke: Callable[[str, bytes], bytes]) -> None:
        self._schedule, self._invoke = schedule, invoke
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"clock-{schedule.function}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()

    def _run(self) -> None:
        while not self._stopping.wait(self._schedule.every_s):
            # What fails is in the function's log and metrics.
            with contextlib.suppress(FunctionFailed, TooManyRequests):
                self._invoke(self._schedule.function, self._schedule.event)

"""Asking the migration function again: after a failure, and until a long step is done."""

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from cloudshelf.migrate.interfaces import Answer, Exports, Machine, Pause, Router, StepFailed, Steps
from cloudshelf.migrate.journal import Journal
from cloudshelf.migrate.progress import Told

TRIES = 8
FIRST_S, LONGEST_S = 0.2, 10.0
BUDGET_S = 60


class Patient:
    """Repeats a step that failed, with growing pauses; a refusal is an answer."""

    def __init__(self, steps: Steps, pause: Pause) -> None:
        self._steps, self._pause = steps, pause

    def invoke(self, step: str, event: Mapping[str, Any]) -> Answer:
        for attempt in range(TRIES):
            try:
                return self._steps.invoke(step, event)
            except StepFailed:
                if attempt == TRIES - 1:
                    raise
                longest = min(LONGEST_S, FIRST_S * 2**attempt)
                self._pause(random.uniform(longest / 2, longest))  # noqa: S311 - only spreads calls
        raise AssertionError("unreachable")


def until_done(steps: Steps, step: str, **event: Any) -> Iterator[Answer]:
    """Every answer of a step that is called again until it says that it is done, from where it says it got."""
    after: Any = None
    while True:
        answer = steps.invoke(step, {**event, "budget_s": BUDGET_S, **({"after": after} if after is not None else {})})
        yield answer
        if answer["done"]:
            return
        after = answer.get("after")


def wait_until(ready: Callable[[], bool], pause: Pause, seconds: float) -> None:
    """Asks again and again; a Ctrl-C ends it."""
    while not ready():
        pause(seconds)


POLL_S = 0.5


@dataclass(kw_only=True)
class Tools:
    """`source` and `target` are stacks. `workers` invocations run at a time; verify compares in `slices`.

    Changes of the source come by `streams`, or are asked for. `machine` loads export files on AWS; without one they are
    loaded from here.
    """

    source: str
    target: str
    steps: Steps
    router: Router
    exports: Exports
    told: Told
    machine: Machine | None = None
    streams: bool = True
    workers: int = 4
    slices: int = 8
    pause: Pause = time.sleep
    poll_s: float = POLL_S
    journal: Journal = field(init=False)

    def __post_init__(self) -> None:
        self.journal = Journal(self.steps)

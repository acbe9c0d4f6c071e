"""Functions that are called by the clock."""

import threading
from typing import Any

import pytest

from cloudshelf.local.lambdas.environment import FunctionFailed
from cloudshelf.local.lambdas.schedule import Clock, Schedule

LONG_S = 30


def declared(expression: str, arn: str = "arn:aws:lambda:us-east-1:1:function:mover") -> dict[str, Any]:
    return {"scheduleExpression": expression, "target": {"arn": arn, "input": '{"step": "sync"}'}}


@pytest.mark.parametrize(
    ("expression", "seconds"), [("rate(1 minute)", 60), ("rate(5 minutes)", 300), ("rate(2 hours)", 7200)]
)
def test_a_rate_is_so_many_seconds(expression: str, seconds: float) -> None:
    schedule = Schedule.of(declared(expression))
    assert schedule == Schedule(function="mover", event=b'{"step": "sync"}', every_s=seconds)


def test_a_schedule_of_something_else_calls_no_function() -> None:
    assert Schedule.of(declared("cron(0 8 ? * MON *)", "arn:aws:scheduler:::aws-sdk:rds:stopDBInstance")) is None


def test_a_function_by_the_calendar_is_refused() -> None:
    with pytest.raises(ValueError, match="by a rate alone"):
        Schedule.of(declared("cron(0 8 ? * MON *)"))


def test_a_call_that_fails_is_not_the_last() -> None:
    called, often = [], threading.Event()

    def invoke(name: str, event: bytes) -> bytes:
        called.append((name, event))
        if len(called) == 3:
            often.set()
        raise FunctionFailed("Sandbox.Timedout", "it took too long")

    clock = Clock(Schedule(function="mover", event=b"{}", every_s=0.01), invoke)
    clock.start()
    assert often.wait(LONG_S)
    clock.stop()
    assert set(called) == {("mover", b"{}")}

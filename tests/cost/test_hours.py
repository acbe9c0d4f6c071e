"""How much of a week a scheduled database runs."""

from datetime import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloudshelf.cost.charges import Unpriceable
from cloudshelf.cost.rules.database import DAYS, SCHEDULE, running_share
from cloudshelf.graph import Graph, Node
from components.database.hours import crons

MINUTES = st.times().map(lambda moment: time(moment.hour, moment.minute))


def scheduled(hours: str) -> Graph:
    return Graph(nodes={action: schedule(action, cron) for action, cron in crons(hours).items()})


def schedule(action: str, cron: str) -> Node:
    inputs = {"scheduleExpression": cron, "target": {"arn": f"arn:aws:scheduler:::aws-sdk:rds:{action}DBInstance"}}
    return Node(
        urn=action,
        type=SCHEDULE,
        name=f"hours-{action}",
        parent="",
        custom=True,
        inputs=inputs,
        secrets=set(),
        unknowns=set(),
        dependencies=[],
        property_dependencies={},
        options={},
    )


def test_without_a_schedule_it_always_runs() -> None:
    assert running_share(Graph()) == 1


def test_a_schedule_that_calls_a_function_stops_no_database() -> None:
    node = schedule("follow", "rate(1 minute)")
    node.inputs["target"] = {"arn": "arn:aws:lambda:us-east-1:1:function:mover"}
    assert running_share(Graph(nodes={"follow": node})) == 1


@pytest.mark.parametrize(
    ("hours", "running"),
    [
        ("MON-FRI 07:00-19:00", 5 * 12),
        ("MON 08:00-12:00", 4),
        ("FRI-MON 08:00-12:00", 4 * 4),
        # Started on each evening, stopped on each morning: it also runs from Friday's evening to Monday's morning.
        ("MON-FRI 19:00-07:00", 4 * 12 + 60),
    ],
)
def test_hours_are_counted_over_the_whole_week(hours: str, running: int) -> None:
    assert running_share(scheduled(hours)) * 7 * 24 == pytest.approx(Decimal(running))


@given(st.sampled_from(DAYS), st.sampled_from(DAYS), MINUTES, MINUTES)
def test_it_agrees_with_a_clock_that_goes_minute_by_minute(first: str, last: str, start: time, stop: time) -> None:
    hours = f"{first}-{last} {start:%H:%M}-{stop:%H:%M}"
    if start == stop:
        return
    assert running_share(scheduled(hours)) == Decimal(ticking(first, last, start, stop)) / (7 * 24 * 60)


def ticking(first: str, last: str, start: time, stop: time) -> int:
    """Minutes of a week it runs, after a week to settle in."""
    on = {DAYS[(DAYS.index(first) + step) % 7] for step in range((DAYS.index(last) - DAYS.index(first)) % 7 + 1)}
    running, counted = False, 0
    for minute in range(2 * 7 * 24 * 60):
        day, moment = DAYS[minute // (24 * 60) % 7], time(minute // 60 % 24, minute % 60)
        if day in on and moment in (start, stop):
            running = moment == start
        counted += running and minute >= 7 * 24 * 60
    return counted


@pytest.mark.parametrize("cron", ["rate(1 hour)", "cron(0 7 1 * ? *)"])
def test_a_schedule_whose_effect_is_unknown_is_an_error(cron: str) -> None:
    with pytest.raises(Unpriceable, match=r"hours-start: startDBInstance at .* is no schedule"):
        running_share(Graph(nodes={"start": schedule("start", cron)}))

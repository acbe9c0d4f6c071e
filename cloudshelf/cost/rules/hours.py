"""How much of a week a database runs that is started and stopped by the clock."""

import re
from collections.abc import Iterator
from decimal import Decimal

from cloudshelf.cost.charges import Unpriceable
from cloudshelf.graph import Graph, Node

SCHEDULE = "aws:scheduler/schedule:Schedule"
# Calls a function, and no database.
FUNCTION = ":function:"
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
DAY, WEEK = 24 * 60, 7 * 24 * 60
START, STOP = "startDBInstance", "stopDBInstance"
CRON = re.compile(r"cron\((?P<minute>\d+) (?P<hour>\d+) \? \* (?P<first>[A-Z]{3}|\*)(?:-(?P<last>[A-Z]{3}))? \*\)")


def running_share(graph: Graph) -> Decimal:
    """1 where nothing stops it."""
    nodes = (node for node in graph.of(SCHEDULE).values() if FUNCTION not in _target(node))
    moments = sorted(moment for node in nodes for moment in _moments(node))
    if not moments:
        return Decimal(1)
    following = [*moments[1:], (moments[0][0] + WEEK, moments[0][1])]
    running = sum(later - now for (now, action), (later, _) in zip(moments, following, strict=True) if action == START)
    return Decimal(running) / WEEK


def _moments(node: Node) -> Iterator[tuple[int, str]]:
    """Minute of the week, from Sunday on, and what happens to the database then."""
    action = _target(node).rpartition(":")[2]
    expression = str(node.inputs["scheduleExpression"])
    found = CRON.fullmatch(expression)
    if action not in (START, STOP) or found is None:
        raise Unpriceable(f"{node.name}: {action} at {expression} is no schedule whose effect on cost is known")
    minute = int(found["hour"]) * 60 + int(found["minute"])
    for day in _days(found["first"], found["last"]):
        yield day * DAY + minute, action


def _target(node: Node) -> str:
    return str(node.inputs["target"]["arn"])


def _days(first: str, last: str | None) -> list[int]:
    if first == "*":
        return list(range(7))
    start = DAYS.index(first)
    length = (DAYS.index(last) - start) % 7 + 1 if last else 1
    return [(start + step) % 7 for step in range(length)]

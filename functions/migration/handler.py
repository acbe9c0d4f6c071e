"""Lambda entry point of the move: `{"step": ...}` from the operator and the state machine, or records of a stream.

Every step may be repeated, and goes on where it was. One that does not come to its end in time answers `done: false`.
What must not be done answers `{"refused": why, "code": "refused" | "conflict"}`.
"""

from collections.abc import Mapping
from typing import Any

from shared.observability import logger

from migration import steps
from migration.deadline import LEAST_LEFT_S, Deadline
from migration.engine import own_engine
from migration.faults import Conflict, Refused

MOST_S = 840.0


def lambda_handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    engine = own_engine()
    if "Records" in event:
        return steps.records(engine, event)
    step = steps.STEPS.get(str(event.get("step")))
    if step is None:
        return {"refused": f"{event.get('step')}: is no step; {', '.join(steps.STEPS)} are.", "code": "refused"}
    try:
        answer = step(engine, event, Deadline(_seconds(event, context)))
    except Refused as refused:
        return {"refused": str(refused), "code": "conflict" if isinstance(refused, Conflict) else "refused"}
    counts: dict[str, Any] = {name: value for name, value in answer.items() if isinstance(value, int)}
    logger().info("step", step=event["step"], entity=event.get("entity"), **counts)
    return answer


def _seconds(event: Mapping[str, Any], context: Any) -> float:
    left = MOST_S
    if hasattr(context, "get_remaining_time_in_millis"):
        left = context.get_remaining_time_in_millis() / 1000 - LEAST_LEFT_S
    return min(left, float(event.get("budget_s", MOST_S)))

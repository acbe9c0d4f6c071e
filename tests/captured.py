"""The project's stacks, captured once in a test process."""

from collections.abc import Mapping
from functools import cache

from cloudshelf.controls.stacks import EVERYTHING, MOVES
from cloudshelf.graph import Graph
from cloudshelf.graph.stacks import stack_graph

STACKS = ("phase1", "enhanced", "phase2", "everything")
HOURS = "MON-FRI 07:00-19:00"


@cache
def _captured(stack: str, settings: frozenset[tuple[str, str]]) -> Graph:
    return stack_graph(stack, dict(settings))


def captured(stack: str, settings: Mapping[str, str] | None = None) -> Graph:
    """`everything` is phase2 with every option. Do not change what you get: others get the same."""
    if stack == "everything":
        return captured("phase2", {**EVERYTHING, **(settings or {})})
    return _captured(stack, frozenset((settings or {}).items()))


def moving(stack: str) -> Graph:
    """A stack while a shop moves."""
    return captured(stack, MOVES[stack])

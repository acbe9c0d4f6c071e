"""Topologies of stacks captured once."""

from collections.abc import Callable

import pytest

from cloudshelf import chosen_stack
from cloudshelf.controls.stacks import MOVES
from cloudshelf.graph import Graph
from cloudshelf.topology.build import read
from cloudshelf.topology.model import Topology
from tests.captured import STACKS, captured, moving

Reading = Callable[[str], Topology]


@pytest.fixture(params=[*STACKS, *(f"{stack} moving" for stack in MOVES)])
def topology(request: pytest.FixtureRequest) -> Topology:
    """Each stack's in turn, and while a shop moves."""
    return reading(str(request.param))


def reading(stack: str) -> Topology:
    return read(stack, "us-east-1", graph_of(stack))


def graph_of(stack: str) -> Graph:
    name, is_moving, _ = stack.partition(" moving")
    return moving(name) if is_moving else captured(name)


@pytest.fixture(autouse=True)
def _capture_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chosen_stack, "stack_graph", captured)

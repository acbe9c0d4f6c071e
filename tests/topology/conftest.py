"""Topologies of stacks captured once."""

from collections.abc import Callable

import pytest

from cloudshelf import chosen_stack
from cloudshelf.topology.model import Topology
from cloudshelf.topology.read import read
from tests.captured import STACKS, captured

Reading = Callable[[str], Topology]


@pytest.fixture(params=STACKS)
def topology(request: pytest.FixtureRequest) -> Topology:
    """Each stack's in turn."""
    return reading(str(request.param))


def reading(stack: str) -> Topology:
    return read(stack, "us-east-1", captured(stack))


@pytest.fixture(autouse=True)
def _capture_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chosen_stack, "stack_graph", captured)

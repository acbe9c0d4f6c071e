"""The stacks, as controls see them."""

from collections.abc import Mapping

import pytest

from cloudshelf.controls import as_stack
from cloudshelf.controls.stacks import FROM_ENHANCED
from cloudshelf.graph import Graph
from policies.controls.stack import PHASES, Stack
from tests.captured import captured, moving

FULL = "phase2 with everything on"
Graphs = Mapping[str, Graph]
Stacks = Mapping[str, Stack]


@pytest.fixture(scope="session")
def graphs() -> Graphs:
    """Each phase as its stack file has it, while a shop moves, and phase2 with every option."""

    moves = {f"{phase} while a shop moves": moving(phase) for phase in PHASES}
    moves["phase2 while enhanced's shop moves"] = captured("phase2", FROM_ENHANCED)
    return {**{phase: captured(phase) for phase in PHASES}, FULL: captured("everything"), **moves}


@pytest.fixture(scope="session")
def stacks(graphs: Graphs) -> Stacks:
    return {name: as_stack(graph, name.split()[0]) for name, graph in graphs.items()}

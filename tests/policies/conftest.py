"""The stacks, as controls see them."""

from collections.abc import Mapping

import pytest

from cloudshelf.controls import as_stack
from cloudshelf.controls.everything import EVERYTHING
from cloudshelf.graph import Graph
from cloudshelf.graph.stacks import stack_graph
from policies.controls.stack import PHASE2, PHASES, Stack

FULL = "phase2 with everything on"
Graphs = Mapping[str, Graph]
Stacks = Mapping[str, Stack]


@pytest.fixture(scope="session")
def graphs() -> Graphs:
    """Each phase as its stack file has it, and phase2 with every option."""

    return {**{phase: stack_graph(phase) for phase in PHASES}, FULL: stack_graph(PHASE2, EVERYTHING)}


@pytest.fixture(scope="session")
def stacks(graphs: Graphs) -> Stacks:
    return {name: as_stack(graph, name.split()[0]) for name, graph in graphs.items()}

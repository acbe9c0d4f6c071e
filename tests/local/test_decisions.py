"""Every type of resource that any stack declares, and every look-up it makes, is decided about."""

import pytest

from cloudshelf.controls.stacks import EVERYTHING
from cloudshelf.graph import Graph, capture, program, stack_config
from cloudshelf.local import events, fidelity, lookups
from cloudshelf.local.provider import REMOTE
from cloudshelf.local.resources.registry import REGISTRY, Fidelity
from tests.infra.provider import ROOT, Provider

# What the stacks declare by themselves, each start of one proves.
STACKS = {
    "enhanced": {"databaseHours": "MON-FRI 07:00-19:00", "dynamodbEndpoint": "reuse", "vpcId": "vpc-0123456789abcdef0"},
    "phase2": {**EVERYTHING, "alertEmail": "a@example.com"},
}


@pytest.fixture(scope="module", params=STACKS)
def graph(request: pytest.FixtureRequest) -> Graph:
    stack, settings = request.param, STACKS[request.param]
    given = {f"cloudshelf:{key}": value for key, value in settings.items()}
    return capture(program(ROOT), mocks=Provider(), stack=stack, config={**stack_config(stack, ROOT), **given})


def test_no_resource_is_left_undecided(graph: Graph) -> None:
    own = {node.type for node in graph.resources if node.custom or not node.type.startswith("cloudshelf:")}
    assert own - REGISTRY.decisions.keys() == set()
    assert {node.type for node in graph.resources if not node.custom and node.type in REGISTRY.decisions} <= set(REMOTE)


def test_no_look_up_is_left_unanswered(graph: Graph) -> None:
    assert {token for token, _ in graph.lookups} - lookups.ANSWERS.keys() == set()


def test_the_table_counts_every_resource_and_says_what_it_is_here(graph: Graph) -> None:
    rows = fidelity.rows(graph)
    assert sum(int(row["count"]) for row in rows) == sum(node.type in REGISTRY.decisions for node in graph.resources)
    assert all(row["note"] and row["fidelity"] in set(Fidelity) for row in rows)
    for line in events.fidelity_table(rows):
        assert "\n" in line

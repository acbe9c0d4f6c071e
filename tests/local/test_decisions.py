"""Every type of resource that any stack declares, and every look-up it makes, is decided about."""

from dataclasses import replace
from typing import Any

import pytest

from cloudshelf.controls.stacks import EVERYTHING, MOVES
from cloudshelf.graph import Graph, capture, program, stack_config
from cloudshelf.local import events, fidelity, lookups
from cloudshelf.local.deploy import refusals
from cloudshelf.local.provider import REMOTE
from cloudshelf.local.resources.registry import REGISTRY, Fidelity
from settings import Phase
from tests.captured import STACKS as NAMES
from tests.captured import captured, moving
from tests.infra.provider import ROOT, Provider

STATIC = [{"name": "shared_buffers", "value": "8192", "applyMethod": "immediate"}]

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


@pytest.mark.parametrize("stack", NAMES)
def test_the_local_cloud_refuses_nothing_of_the_stacks_as_they_are(stack: str) -> None:
    for graph in (captured(stack), *([moving(stack)] if stack in MOVES else [])):
        phase = Phase.PHASE2 if stack == "everything" else Phase(stack)
        assert list(refusals(graph, phase)) == []


@pytest.mark.parametrize(
    ("stack", "type_", "change", "said"),
    [
        ("phase2", "aws:ec2/securityGroup:SecurityGroup", {"description": "Guests' sessions"}, "CreateSecurityGroup"),
        ("phase2", "aws:rds/instance:Instance", {"maintenanceWindow": "sun:02:00-sun:03:00"}, "overlaps"),
        ("phase2", "aws:rds/parameterGroup:ParameterGroup", {"parameters": STATIC}, "must be pending-reboot"),
        ("phase1", "aws:cloudwatch/metricAlarm:MetricAlarm", {"period": 45}, "period is 45"),
        ("phase1", "aws:lambda/function:Function", {"tags": {"aws:owner": "me"}}, "aws:owner"),
    ],
)
def test_the_local_cloud_refuses_what_aws_refuses_in_prose(
    stack: str, type_: str, change: dict[str, Any], said: str
) -> None:
    graph = captured(stack)
    node = next(iter(graph.of(type_).values()))
    changed = replace(node, inputs={**node.inputs, **change})
    broken = replace(graph, nodes={**graph.nodes, node.urn: changed})
    (refusal, *_) = refusals(broken, Phase(stack))
    assert refusal.startswith("AWS would refuse this: ")
    assert said in refusal
    assert "docs.aws.amazon.com" in refusal

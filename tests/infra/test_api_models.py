"""Every declared resource against AWS's own API models."""

from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from cloudshelf.controls.stacks import MOVES
from cloudshelf.graph import Graph
from tests.captured import STACKS as NAMES
from tests.captured import captured, moving
from tests.infra.api_models import OPERATIONS, UNLIKE, UNLIKE_SERVICES, problems

STACKS = pytest.mark.parametrize("stack", [*NAMES, *(f"{stack} while a shop moves" for stack in MOVES)])


def declared(stack: str) -> Graph:
    name, _, moves = stack.partition(" ")
    return moving(name) if moves else captured(name)


@STACKS
def test_what_is_declared_fits_awss_own_models(stack: str) -> None:
    graph = declared(stack)
    nodes = [node for node in graph.nodes.values() if node.type in OPERATIONS]
    assert len(nodes) > 60
    found = {f"{node.type} {node.name}": list(problems(node)) for node in nodes}
    assert {name: said for name, said in found.items() if said} == {}


@STACKS
def test_every_type_is_held_against_its_model_or_is_named_with_the_reason(stack: str) -> None:
    graph = declared(stack)
    types = Counter(node.type for node in graph.nodes.values() if node.custom and node.type.startswith("aws:"))
    unnamed = {
        each
        for each in types
        if each not in OPERATIONS and each not in UNLIKE and each.split(":")[1].partition("/")[0] not in UNLIKE_SERVICES
    }
    assert unnamed == set()


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("books-function", {"timeout": 0}, "timeout is 0: between 1 and"),
        ("books-function", {"memorySize": 64}, "memorySize is 64"),
        ("books-function", {"architectures": ["arm"]}, "architectures is 'arm', not one of x86_64, arm64"),
        ("books-function", {"name": "the shop's books"}, "does not fit"),
        ("books-function", {"role": None}, "lacks Role"),
        ("rest-stage", {"cacheClusterSize": "1"}, "cacheClusterSize is '1', not one of 0.5, 1.6"),
        ("books-table", {"billingMode": "FREE"}, "billingMode is 'FREE'"),
        ("books-table", {"name": ""}, "name has 0 characters"),
        ("api-slow-alarm", {"comparisonOperator": "More"}, "comparisonOperator is 'More'"),
        ("api-slow-alarm", {"evaluationPeriods": 0}, "evaluationPeriods is 0"),
        ("api-slow-alarm", {"alarmDescription": "x" * 1025}, "alarmDescription has 1025 characters"),
        ("identity-pool", {"mfaConfiguration": "MAYBE"}, "mfaConfiguration is 'MAYBE'"),
    ],
)
def test_what_aws_would_refuse_is_found(name: str, change: dict[str, Any], said: str) -> None:
    graph = captured("phase1")
    (node,) = [each for each in graph.nodes.values() if each.name == name]
    changed = replace(node, inputs={**node.inputs, **change}, property_dependencies={})
    found = list(problems(changed))
    assert any(said in each for each in found), found

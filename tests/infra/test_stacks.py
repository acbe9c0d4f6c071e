"""The stacks beside each other: names, regions, secrets, what is in git."""

import itertools
import json
import os
from typing import Any

import pytest

from cloudshelf.graph import Graph
from cloudshelf.graph.model import inventory
from tests.infra.conftest import PARIS, STACKS
from tests.infra.provider import ROOT, Declare

# It has the API's id in it.
NAMED_BY_AWS = "API-Gateway-Execution-Logs_"
NAMES = ("name", "identifier", "finalSnapshotIdentifier")
# Names that are unique inside another resource that is the stack's own.
INSIDE = (
    "aws:cognito/userGroup:UserGroup",
    "aws:route53/record:Record",
    "aws:guardduty/detectorFeature:DetectorFeature",
)
HOLDERS = (
    "aws:backup/vault:Vault",
    "aws:cognito/userPool:UserPool",
    "aws:kms/key:Key",
    "aws:rds/instance:Instance",
)
CLOUDFRONTS_REGION = "us-east-1"


def names(graph: Graph) -> set[tuple[str, str]]:
    return {
        (node.type, node.inputs[key])
        for node in graph.resources
        for key in NAMES
        if node.custom
        and key in node.inputs
        and node.type not in INSIDE
        and not str(node.inputs[key]).startswith(NAMED_BY_AWS)
    }


def test_no_two_stacks_share_a_physical_name(
    phase1: Graph, enhanced: Graph, phase2: Graph, everything: Graph, trial: Graph
) -> None:
    for one, other in itertools.combinations((phase1, enhanced, phase2, everything, trial), 2):
        assert names(one)
        assert names(one).isdisjoint(names(other))


def test_in_another_region_nothing_is_left_behind_but_what_belongs_to_cloudfront(everything: Graph) -> None:
    behind = {
        node.name
        for node in everything.resources
        if node.custom
        and node.inputs.get("region") != CLOUDFRONTS_REGION
        and any(CLOUDFRONTS_REGION in text for text in texts(node.inputs))
    }
    copies = {"carts-table", "sessions-table"}
    assert behind == {"cdn-distribution", "realtime-config", "realtime-policy"} | copies


def texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts(item)]
    return [text for item in value for text in texts(item)] if isinstance(value, list) else []


def test_what_cloudfront_uses_is_in_its_region(everything: Graph) -> None:
    for name in ("domain-certificate", "domain-validated", "cdn-firewall-acl", "cdn-firewall-logs", "realtime-stream"):
        assert everything.named(name).inputs["region"] == CLOUDFRONTS_REGION, name
    zones = {subnet.inputs["availabilityZone"] for subnet in everything.of("aws:ec2/subnet:Subnet").values()}
    assert zones == {f"{PARIS}a", f"{PARIS}b"}


def test_a_secret_is_marked_wherever_it_goes(graph: Graph) -> None:
    for node in graph.resources:
        for path in secret_paths(node.inputs):
            assert any(path == marked or path.startswith(f"{marked}.") for marked in node.secrets), (node.name, path)
    assert not [path for path in secret_paths(graph.outputs) if path not in graph.secret_outputs]


def secret_paths(value: Any, path: str = "") -> list[str]:
    """Where one of the texts is that the tests' provider hands out as secrets."""
    if isinstance(value, dict):
        return [found for key, item in value.items() for found in secret_paths(item, f"{path}.{key}".lstrip("."))]
    if isinstance(value, list):
        return [found for number, item in enumerate(value) for found in secret_paths(item, f"{path}[{number}]")]
    return [path] if isinstance(value, str) and ("hunter2" in value or "a" * 40 in value or "key-of-" in value) else []


def test_what_holds_data_survives_a_destroy(graph: Graph) -> None:
    for kind in (
        "aws:rds/instance:Instance",
        "aws:kms/key:Key",
        "aws:backup/vault:Vault",
        "aws:cognito/userPool:UserPool",
    ):
        assert all(node.protected for node in graph.of(kind).values()), kind
    tables = {name for name, table in graph.of("aws:dynamodb/table:Table").items() if not table.protected}
    assert tables <= {"sessions-table"}


@pytest.mark.parametrize("stack", ["enhanced", "everything"], indirect=True)
def test_one_setting_lets_everything_go(stack: str, declare: Declare) -> None:
    given = STACKS[stack]
    graph = declare(**{**given, "overrides": {**given.get("overrides", {}), "protectData": "false"}})
    assert [node.name for node in graph.resources if node.protected] == []
    held = json.dumps([node.inputs for node in graph.resources], default=str)
    assert '"deletionProtectionEnabled": true' not in held
    assert '"deletionProtection": true' not in held


def test_the_inventory_in_git_is_what_the_program_declares(stack: str, graph: Graph) -> None:
    path = ROOT / "tests" / "infra" / "inventories" / f"{stack}.txt"
    if os.environ.get("UPDATE_INVENTORY"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(inventory(graph))
    assert path.read_text() == inventory(graph), "see what changed, then run: make inventory"

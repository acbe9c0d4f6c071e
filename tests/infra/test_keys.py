"""What phase 2 encrypts with keys of its own, and who may use them."""

import json
from typing import Any

import pytest

from cloudshelf.graph import Graph
from tests.infra.provider import ACCOUNT

PRODUCTION = pytest.mark.parametrize("stack", ["phase2", "everything"], indirect=True)
KEY = "aws:kms/key:Key"
# The property that names the key, by type; every resource of the type has it.
ENCRYPTED = {
    "aws:backup/vault:Vault": ("kmsKeyArn", "data-key"),
    "aws:cloudtrail/trail:Trail": ("kmsKeyId", "logs-key"),
    "aws:lambda/function:Function": ("kmsKeyArn", "data-key"),
    "aws:sns/topic:Topic": ("kmsMasterKeyId", "logs-key"),
    "aws:ssm/parameter:Parameter": ("keyId", "parameters-key"),
}


def policy(graph: Graph, name: str) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = json.loads(graph.named(name).inputs["policy"])["Statement"]
    return statements


@PRODUCTION
@pytest.mark.parametrize("kind", ENCRYPTED)
def test_what_can_be_encrypted_is_with_a_key_of_the_shops_own(graph: Graph, kind: str) -> None:
    argument, key = ENCRYPTED[kind]
    assert graph.of(kind)
    for name, node in graph.of(kind).items():
        assert node.inputs[argument] == graph.named(key).outputs["arn"], name


@PRODUCTION
def test_every_log_group_is_encrypted_with_a_key_of_its_region(graph: Graph) -> None:
    for name, group in graph.of("aws:cloudwatch/logGroup:LogGroup").items():
        region = group.outputs["arn"].split(":")[3]
        assert group.inputs["kmsKeyId"].split(":")[3] == region, name


@PRODUCTION
def test_tables_are_encrypted_and_so_are_their_copies(graph: Graph) -> None:
    for name, table in graph.of("aws:dynamodb/table:Table").items():
        encryption = {"enabled": True, "kmsKeyArn": graph.named("data-key").outputs["arn"]}
        assert table.inputs["serverSideEncryption"] == encryption, name
        for replica in table.inputs.get("replicas", []):
            assert replica["kmsKeyArn"].split(":")[3] == replica["regionName"], name


@PRODUCTION
def test_a_key_is_turned_over_every_year_and_cannot_be_lost_in_a_day(graph: Graph) -> None:
    for name, key in graph.of(KEY).items():
        assert key.inputs["enableKeyRotation"] is True, name
        assert key.inputs["deletionWindowInDays"] == 30, name
        assert key.protected, name


@PRODUCTION
def test_besides_the_account_only_services_use_a_key_and_only_for_it(graph: Graph) -> None:
    for name in graph.of(KEY):
        owner, *services = policy(graph, name)
        assert owner["Principal"] == {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, name
        for statement in services:
            assert statement["Principal"].keys() == {"Service"}, name
            if statement["Principal"] == {"Service": ["events.amazonaws.com"]}:
                # https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
                assert "Condition" not in statement, name
            else:
                assert ACCOUNT in json.dumps(statement["Condition"]), name


@PRODUCTION
def test_a_function_uses_the_data_key_through_dynamodb_alone(graph: Graph) -> None:
    region = graph.named("data-key").outputs["arn"].split(":")[3]
    for name, role in graph.of("aws:iam/rolePolicy:RolePolicy").items():
        for statement in json.loads(role.inputs["policy"])["Statement"]:
            if graph.named("data-key").outputs["arn"] in statement.get("Resource", []):
                assert statement["Condition"] == {
                    "StringEquals": {"kms:ViaService": f"dynamodb.{region}.amazonaws.com"}
                }, name


def test_phase1_and_enhanced_pay_for_no_key(phase1: Graph, enhanced: Graph) -> None:
    assert phase1.of(KEY) == enhanced.of(KEY) == {}

"""The provider, asked as the engine asks it: what a change comes to, and what becomes of the world."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from pulumi import _types
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from cloudshelf.local.engine import wire
from cloudshelf.local.engine.cloud import EngineCloud
from cloudshelf.local.engine.provider import REPLACEMENTS, Plan, Refused, plan
from cloudshelf.local.resources.registry import REGISTRY

ROOT = Path(__file__).resolve().parents[2]
TABLE, ROLE, INSTANCE = "aws:dynamodb/table:Table", "aws:iam/role:Role", "aws:rds/instance:Instance"
RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
PARAMETER, FUNCTION = "aws:ssm/parameter:Parameter", "aws:lambda/function:Function"
BOOKS = {
    "name": "books",
    "billingMode": "PAY_PER_REQUEST",
    "hashKey": "id",
    "attributes": [{"name": "id", "type": "S"}],
}
RATED = {
    **BOOKS,
    "attributes": [{"name": "id", "type": "S"}, {"name": "rating", "type": "N"}],
    "globalSecondaryIndexes": [
        {
            "name": "by-rating",
            "projectionType": "ALL",
            "keySchemas": [{"attributeName": "rating", "keyType": "HASH"}],
        }
    ],
}


def properties(token: str) -> set[str]:
    """A type's arguments, as the SDK has them."""
    service, _, name = token.removeprefix("aws:").partition("/")
    package = importlib.import_module(f"pulumi_aws.{'lambda_' if service == 'lambda' else service}")
    resource = getattr(package, name.rpartition(":")[2])
    module = vars(importlib.import_module(resource.__module__))
    arguments = module.get(f"{resource.__name__}InitArgs") or module[f"{resource.__name__}Args"]
    return set(_types.input_type_types(arguments))


@pytest.mark.parametrize("token", sorted(token for token in REGISTRY.decisions if token.startswith("aws:")))
def test_what_replaces_a_resource_is_known_of_every_type_by_names_the_sdk_has(token: str) -> None:
    known = properties(token)
    assert {path.partition(".")[0] for path in REPLACEMENTS[token]} <= known
    assert not {path.partition(".")[0] for path in REGISTRY.decisions[token].fixed} - known


@pytest.mark.parametrize("token", sorted(token for token in REGISTRY.decisions if token.startswith("aws:")))
def test_every_type_can_go_and_changes_in_place_what_aws_changes_in_place(token: str) -> None:
    decision = REGISTRY.decisions[token]
    assert decision.remove is not None
    in_place = properties(token) - {path.partition(".")[0] for path in REPLACEMENTS[token]}
    assert decision.change is not None or in_place == set()


def test_a_key_makes_a_new_table_and_the_named_one_goes_first() -> None:
    planned = plan(TABLE, BOOKS, {**BOOKS, "hashKey": "isbn"})
    assert (planned.replaced, planned.removed_first) == ({"hashKey"}, True)


def test_a_new_name_needs_nothing_to_go_first() -> None:
    planned = plan(TABLE, BOOKS, {**BOOKS, "name": "volumes"})
    assert (planned.replaced, planned.removed_first) == ({"name"}, False)


def test_an_index_is_added_in_place() -> None:
    planned = plan(TABLE, BOOKS, RATED)
    assert set(planned.changed) == {"attributes", "globalSecondaryIndexes"}
    assert planned.replaced == set()


def test_a_place_in_a_list_is_no_other_property() -> None:
    old, new = ({"domainName": "a", "subjectAlternativeNames": ["b", each]} for each in "cd")
    assert plan("aws:acm/certificate:Certificate", old, new).replaced == {"subjectAlternativeNames[1]"}


def test_what_is_not_known_yet_is_taken_for_a_change() -> None:
    planned = plan(RULE, {"securityGroupId": "sg-1"}, {"securityGroupId": wire.UNKNOWN})
    assert planned.replaced == {"securityGroupId"}


def test_the_same_bytes_elsewhere_are_no_change() -> None:
    def code(digest: str, path: str) -> dict[str, Any]:
        return {"code": {wire.SIGNATURE: wire.ARCHIVE, "hash": digest, "path": path}}

    assert plan(FUNCTION, code("1", "/here.zip"), code("1", "/there.zip")) == Plan(
        changed={}, replaced=frozenset(), removed_first=False
    )
    assert set(plan(FUNCTION, code("1", "/here.zip"), code("2", "/here.zip")).changed) == {"code"}


def test_what_aws_alone_changes_in_place_is_refused_while_it_is_planned() -> None:
    with pytest.raises(Refused, match="AWS changes iamDatabaseAuthenticationEnabled in place, the local cloud cannot"):
        plan(INSTANCE, {"iamDatabaseAuthenticationEnabled": True}, {"iamDatabaseAuthenticationEnabled": False})


def test_a_secret_and_a_missing_value_are_read_as_the_value() -> None:
    properties = wire.sent({"open": 1, "value": {"deep": "hidden"}, "nothing": None}, {"value"})
    assert wire.received(properties) == {"open": 1, "value": {"deep": "hidden"}}
    assert wire.secrets(properties) == {"value"}


class Asked:
    """A client of the provider, with the engine's part: it remembers what it was told of a resource."""

    def __init__(self, cloud: EngineCloud) -> None:
        self.cloud = cloud
        self.channel = grpc.insecure_channel(f"127.0.0.1:{cloud.provider.port}")
        self.stub = provider_pb2_grpc.ResourceProviderStub(self.channel)

    def urn(self, token: str, name: str) -> str:
        return f"urn:pulumi:phase1::cloudshelf::{token}::{name}"

    def create(self, token: str, name: str, inputs: dict[str, Any], *, preview: bool = False) -> Any:
        return self.stub.Create(
            provider_pb2.CreateRequest(urn=self.urn(token, name), properties=wire.sent(inputs), preview=preview)
        )

    def update(self, token: str, made: Any, old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
        request = provider_pb2.UpdateRequest(
            id=made.id,
            urn=self.urn(token, "x"),
            olds=made.properties,
            old_inputs=wire.sent(old),
            news=wire.sent(new),
        )
        return wire.received(self.stub.Update(request).properties)

    def read(self, token: str, identity: str) -> Any:
        return self.stub.Read(provider_pb2.ReadRequest(id=identity, urn=self.urn(token, "x")))

    def delete(self, token: str, identity: str) -> None:
        self.stub.Delete(provider_pb2.DeleteRequest(id=identity, urn=self.urn(token, "x")))


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asked]:
    folder = tmp_path_factory.mktemp("cloud") / "phase1"
    with EngineCloud(stack="phase1", port=0, root=ROOT, folder=folder) as cloud:
        client = Asked(cloud)
        yield client
        client.channel.close()


def test_a_preview_makes_nothing(asked: Asked) -> None:
    answer = asked.create(TABLE, "previewed", {**BOOKS, "name": "previewed", "rangeKey": wire.UNKNOWN}, preview=True)
    assert wire.received(answer.properties)["rangeKey"] == wire.UNKNOWN
    assert "previewed" not in asked.cloud.world.aws.client("dynamodb").list_tables()["TableNames"]


def test_a_table_keeps_its_items_while_its_indexes_change(asked: Asked) -> None:
    made = asked.create(TABLE, "books", BOOKS)
    dynamodb = asked.cloud.world.aws.client("dynamodb")
    dynamodb.put_item(TableName="books", Item={"id": {"S": "1"}, "rating": {"N": "5"}})
    assert asked.update(TABLE, made, BOOKS, RATED)["arn"] == wire.received(made.properties)["arn"]
    found = dynamodb.query(
        TableName="books",
        IndexName="by-rating",
        KeyConditionExpression="rating = :r",
        ExpressionAttributeValues={":r": {"N": "5"}},
    )
    assert [item["id"]["S"] for item in found["Items"]] == ["1"]
    asked.delete(TABLE, "books")
    assert "books" not in dynamodb.list_tables()["TableNames"]


def test_a_table_under_deletion_protection_stays(asked: Asked) -> None:
    asked.create(TABLE, "kept", {**BOOKS, "name": "kept", "deletionProtectionEnabled": True})
    with pytest.raises(grpc.RpcError, match="kept: the table cannot be deleted while its deletion protection"):
        asked.delete(TABLE, "kept")
    assert asked.read(TABLE, "kept").id == "kept"


def test_a_stream_that_is_turned_on_is_told_of(asked: Asked) -> None:
    inputs = {**BOOKS, "name": "told"}
    made = asked.create(TABLE, "told", inputs)
    streamed = {**inputs, "streamEnabled": True, "streamViewType": "NEW_IMAGE"}
    assert "/stream/" in asked.update(TABLE, made, inputs, streamed)["streamArn"]


def test_a_secret_stays_a_secret_when_it_is_read_back(asked: Asked) -> None:
    inputs = {"name": "/password", "type": "SecureString", "value": "hunter2"}
    request = provider_pb2.CreateRequest(urn=asked.urn(PARAMETER, "p"), properties=wire.sent(inputs, {"value"}))
    made = asked.stub.Create(request)
    for answer in (made, asked.read(PARAMETER, made.id)):
        assert wire.secrets(answer.properties) == {"value"}
    new = wire.sent({**inputs, "value": "hunter3"}, {"value"})
    changed = asked.stub.Update(
        provider_pb2.UpdateRequest(
            id=made.id, urn=asked.urn(PARAMETER, "p"), olds=made.properties, old_inputs=wire.sent(inputs), news=new
        )
    )
    assert (wire.received(changed.properties)["version"], wire.secrets(changed.properties)) == (2, {"value"})


def test_what_is_gone_reads_as_gone_and_may_be_deleted_again(asked: Asked) -> None:
    made = asked.create(ROLE, "role", {"assumeRolePolicy": "{}"})
    asked.delete(ROLE, made.id)
    assert asked.read(ROLE, made.id).id == ""
    asked.delete(ROLE, made.id)


def test_a_type_nobody_decided_about_is_refused_while_it_is_checked(asked: Asked) -> None:
    answer = asked.stub.Check(provider_pb2.CheckRequest(urn=asked.urn("aws:mq/broker:Broker", "b")))
    assert "the local cloud does not know this resource type" in answer.failures[0].reason


def test_a_rule_that_changes_leaves_nothing_of_the_one_before(asked: Asked) -> None:
    rule = {"securityGroupId": "sg-a", "cidrIpv4": "10.0.0.0/8", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443}
    made = asked.create(RULE, "rule", rule)
    asked.update(RULE, made, rule, {**rule, "fromPort": 80, "toPort": 80})
    (left,) = [each for each in asked.cloud.world.vpc.rules if each.group == "sg-a"]
    assert (left.first_port, left.last_port) == (80, 80)
    asked.delete(RULE, made.id)
    assert [each for each in asked.cloud.world.vpc.rules if each.group == "sg-a"] == []

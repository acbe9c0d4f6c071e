"""DynamoDB tables in moto."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cloudshelf.local.resources.registry import REGISTRY, Fidelity, Inputs, Made

if TYPE_CHECKING:
    from cloudshelf.local.world import World

TABLE_NOTE = (
    "moto: keys, indexes, conditions, transactions, streams and exports; no TTL deletion, no throttling, gone when it "
    "stops"
)


@REGISTRY.make(Fidelity.REAL, "aws:dynamodb/table:Table", TABLE_NOTE)
def table(world: "World", name: str, inputs: Inputs) -> Made:
    dynamodb = world.aws.client("dynamodb")
    table_name = inputs.get("name", name)
    arguments: dict[str, Any] = {
        "TableName": table_name,
        "BillingMode": inputs["billingMode"],
        "KeySchema": _keys(inputs),
        "AttributeDefinitions": _attributes(inputs),
    }
    if indexes := inputs.get("globalSecondaryIndexes"):
        arguments["GlobalSecondaryIndexes"] = [_index(index) for index in indexes]
    if inputs.get("streamEnabled"):
        arguments["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": inputs["streamViewType"]}
    created = dynamodb.create_table(**arguments)["TableDescription"]
    _expire(dynamodb, table_name, {}, inputs)
    _recover(dynamodb, table_name, {}, inputs)
    return table_name, {
        "name": table_name,
        "arn": created["TableArn"],
        "streamArn": created.get("LatestStreamArn", ""),
    }


def _expire(dynamodb: Any, table_name: str, old: Inputs, new: Inputs) -> None:
    before, after = old.get("ttl") or {}, new.get("ttl") or {}
    if before == after:
        return
    if before.get("enabled"):
        gone = {"Enabled": False, "AttributeName": before["attributeName"]}
        dynamodb.update_time_to_live(TableName=table_name, TimeToLiveSpecification=gone)
    if after.get("enabled"):
        specification = {"Enabled": True, "AttributeName": after["attributeName"]}
        dynamodb.update_time_to_live(TableName=table_name, TimeToLiveSpecification=specification)


def _recover(dynamodb: Any, table_name: str, old: Inputs, new: Inputs) -> None:
    before, after = (bool((inputs.get("pointInTimeRecovery") or {}).get("enabled")) for inputs in (old, new))
    if before != after:
        recovery = {"PointInTimeRecoveryEnabled": after}
        dynamodb.update_continuous_backups(TableName=table_name, PointInTimeRecoverySpecification=recovery)


@REGISTRY.change("aws:dynamodb/table:Table")
def change_table(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    dynamodb = world.aws.client("dynamodb")
    _expire(dynamodb, identity, old, new)
    _recover(dynamodb, identity, old, new)
    changed: dict[str, Any] = {"AttributeDefinitions": _attributes(new), "BillingMode": new["billingMode"]}
    if updates := list(_index_updates(old, new)):
        changed["GlobalSecondaryIndexUpdates"] = updates
    dynamodb.update_table(TableName=identity, **changed)
    stream = [(bool(i.get("streamEnabled")), i.get("streamViewType")) for i in (old, new)]
    if stream[0] == stream[1]:
        return {}
    return {"streamArn": _stream(dynamodb, identity, *stream)}


def _stream(dynamodb: Any, table_name: str, before: tuple[bool, Any], after: tuple[bool, Any]) -> str:
    """The new stream's ARN. One that views something else is another stream."""
    if before[0]:
        dynamodb.update_table(TableName=table_name, StreamSpecification={"StreamEnabled": False})
    if not after[0]:
        return ""
    specification = {"StreamEnabled": True, "StreamViewType": after[1]}
    answer = dynamodb.update_table(TableName=table_name, StreamSpecification=specification)
    return str(answer["TableDescription"]["LatestStreamArn"])


def _index_updates(old: Inputs, new: Inputs) -> Iterator[dict[str, Any]]:
    before, after = ({i["name"]: i for i in each.get("globalSecondaryIndexes") or []} for each in (old, new))
    for name, index in before.items():
        if after.get(name) != index:
            yield {"Delete": {"IndexName": name}}
    for name, index in after.items():
        if before.get(name) != index:
            yield {"Create": _index(index)}


@REGISTRY.remove("aws:dynamodb/table:Table")
def remove_table(world: "World", identity: str, inputs: Inputs) -> None:
    if inputs.get("deletionProtectionEnabled"):
        raise ValueError(f"{identity}: the table cannot be deleted while its deletion protection is enabled")
    world.aws.client("dynamodb").delete_table(TableName=identity)


def _attributes(inputs: Inputs) -> list[dict[str, str]]:
    return [{"AttributeName": a["name"], "AttributeType": a["type"]} for a in inputs["attributes"]]


def _keys(inputs: Inputs) -> list[dict[str, str]]:
    keys = [{"AttributeName": inputs["hashKey"], "KeyType": "HASH"}]
    if "rangeKey" in inputs:
        keys.append({"AttributeName": inputs["rangeKey"], "KeyType": "RANGE"})
    return keys


def _index(index: dict[str, Any]) -> dict[str, Any]:
    projection: dict[str, Any] = {"ProjectionType": index["projectionType"]}
    if attributes := index.get("nonKeyAttributes"):
        projection["NonKeyAttributes"] = attributes
    keys = [{"AttributeName": k["attributeName"], "KeyType": k["keyType"]} for k in index["keySchemas"]]
    return {"IndexName": index["name"], "KeySchema": keys, "Projection": projection}

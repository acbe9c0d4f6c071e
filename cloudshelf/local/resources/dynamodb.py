"""DynamoDB tables in moto."""

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
        "AttributeDefinitions": [
            {"AttributeName": a["name"], "AttributeType": a["type"]} for a in inputs["attributes"]
        ],
    }
    if indexes := inputs.get("globalSecondaryIndexes"):
        arguments["GlobalSecondaryIndexes"] = [_index(index) for index in indexes]
    if inputs.get("streamEnabled"):
        arguments["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": inputs["streamViewType"]}
    created = dynamodb.create_table(**arguments)["TableDescription"]
    if (ttl := inputs.get("ttl")) and ttl.get("enabled"):
        specification = {"Enabled": True, "AttributeName": ttl["attributeName"]}
        dynamodb.update_time_to_live(TableName=table_name, TimeToLiveSpecification=specification)
    if (inputs.get("pointInTimeRecovery") or {}).get("enabled"):
        recovery = {"PointInTimeRecoveryEnabled": True}
        dynamodb.update_continuous_backups(TableName=table_name, PointInTimeRecoverySpecification=recovery)
    return table_name, {
        "name": table_name,
        "arn": created["TableArn"],
        "streamArn": created.get("LatestStreamArn", ""),
    }


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

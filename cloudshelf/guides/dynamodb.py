"""The DynamoDB tables of the stacks."""

from collections.abc import Mapping
from typing import Any

from cloudshelf.graph import Graph
from cloudshelf.guides.table import table

TABLE = "aws:dynamodb/table:Table"


def tables(graphs: Mapping[str, Graph]) -> str:
    rows = [
        [stack, f"`{node.inputs['name']}`", *_row(node.inputs)]
        for stack, graph in graphs.items()
        for _, node in sorted(graph.of(TABLE).items())
    ]
    return table(["stack", "table", "partition key", "sort key", "indexes", "TTL", "restorable", "key"], rows)


def _row(inputs: dict[str, Any]) -> list[str]:
    indexes = [
        f"{index['name']} ({', '.join(key['attributeName'] for key in index['keySchemas'])})"
        for index in inputs.get("globalSecondaryIndexes", [])
    ]
    return [
        inputs["hashKey"],
        inputs.get("rangeKey", ""),
        "<br>".join(indexes),
        inputs["ttl"]["attributeName"] if "ttl" in inputs else "",
        "35 days" if inputs["pointInTimeRecovery"]["enabled"] else "no",
        "the shop's own" if "serverSideEncryption" in inputs else "AWS's",
    ]

"""A DynamoDB with a stack's own tables, and a client that notes which calls are made."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

ACTIONS = {"Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem", "ConditionCheck": "ConditionCheckItem"}
Called = dict[str, set[str]]


class Recorder:
    """A DynamoDB client that notes, for the function at work, which action goes to which table or index."""

    def __init__(self, client: Any, functions: Iterable[str]) -> None:
        self._client = client
        self.called: dict[str, Called] = {function: {} for function in functions}
        self.at_work: Called = {}

    def __getattr__(self, operation: str) -> Any:
        def call(**arguments: Any) -> Any:
            for action, resource in requests(operation, arguments):
                self.at_work.setdefault(resource, set()).add(action)
            return getattr(self._client, operation)(**arguments)

        return call

    def watch(self, function: str) -> None:
        self.at_work = self.called[function]


def requests(operation: str, arguments: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The IAM action and the table or index of each thing a call does."""
    if operation == "transact_write_items":
        for each in arguments["TransactItems"]:
            ((kind, action),) = each.items()
            yield ACTIONS[kind], action["TableName"]
    elif operation == "batch_get_item":
        yield from (("BatchGetItem", table) for table in arguments["RequestItems"])
    else:
        index = f"/index/{arguments['IndexName']}" if "IndexName" in arguments else ""
        action = "".join(part.title() for part in operation.split("_"))
        yield action, arguments["TableName"] + index


def declared(table: Mapping[str, Any]) -> dict[str, Any]:
    """The call that creates a declared table."""

    def keys(names: list[str]) -> list[dict[str, str]]:
        return [{"AttributeName": n, "KeyType": k} for n, k in zip(names, ("HASH", "RANGE"), strict=False)]

    def index(given: Mapping[str, Any]) -> dict[str, Any]:
        names = [key["attributeName"] for key in given["keySchemas"]]
        projection = {"ProjectionType": given["projectionType"]}
        return {"IndexName": given["name"], "KeySchema": keys(names), "Projection": projection}

    indexes = [index(each) for each in table.get("globalSecondaryIndexes", [])]
    return {
        "TableName": table["name"],
        "KeySchema": keys([table["hashKey"], *([table["rangeKey"]] if "rangeKey" in table else [])]),
        "AttributeDefinitions": [{"AttributeName": a["name"], "AttributeType": a["type"]} for a in table["attributes"]],
        "BillingMode": table["billingMode"],
        **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
    }

"""DynamoDB: one client for each execution environment, items as plain Python, faults as problems."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from shared.outages import error_code, outage

Item = dict[str, Any]
CONNECT_S, READ_S, ATTEMPTS = 2, 5, 3
BATCH_GET_MOST = 100


class ConditionFailed(Exception):
    """A condition did not hold: somebody else was first, or it is not there."""


class TransactionCancelled(Exception):
    """Nothing of a transaction was done. `reasons` has DynamoDB's code for each of its actions, in order."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(", ".join(reasons))
        self.reasons = tuple(reasons)


@cache
def client() -> Any:
    """Made at the first use, so that importing a function costs nothing."""
    import boto3
    from botocore.config import Config

    retries: Any = {"mode": "standard", "total_max_attempts": ATTEMPTS}
    return boto3.client("dynamodb", config=Config(connect_timeout=CONNECT_S, read_timeout=READ_S, retries=retries))


@dataclass(frozen=True, kw_only=True)
class Query:
    """One page of a partition. `values` and `names` are those of `where`, the filter."""

    key: tuple[str, str]
    index: str | None = None
    begins_with: tuple[str, str] | None = None
    where: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    start: Item | None = None
    limit: int | None = None
    forward: bool = True
    count: bool = False
    consistent: bool = False


@dataclass(frozen=True)
class Page:
    """`last` is where the next page starts, None at the end; `examined` counts items before the filter."""

    items: list[Item]
    last: Item | None
    examined: int
    matched: int


class Table:
    """A table by its physical name."""

    def __init__(self, name: str) -> None:
        self.name = name

    def get(self, key: Item, *, consistent: bool = True) -> Item | None:
        reply = call("get_item", TableName=self.name, Key=to_wire(key), ConsistentRead=consistent)
        return from_wire(reply["Item"]) if "Item" in reply else None

    def put(self, item: Item, *, condition: str | None = None, values: Item | None = None) -> None:
        """ConditionFailed when the condition does not hold."""
        call("put_item", **self.put_action(item, condition=condition, values=values))

    def update(self, key: Item, expression: str, *, condition: str | None = None, values: Item | None = None) -> Item:
        """The item as it is after the update; ConditionFailed when the condition does not hold."""
        action = self.update_action(key, expression, condition=condition, values=values)
        return from_wire(call("update_item", **action, ReturnValues="ALL_NEW")["Attributes"])

    def delete(self, key: Item, *, condition: str | None = None, values: Item | None = None) -> None:
        """ConditionFailed when the condition does not hold."""
        call("delete_item", **self.delete_action(key, condition=condition, values=values))

    def put_action(self, item: Item, *, condition: str | None = None, values: Item | None = None) -> Item:
        return {"TableName": self.name, "Item": to_wire(item), **_conditional(condition, values)}

    def update_action(
        self, key: Item, expression: str, *, condition: str | None = None, values: Item | None = None
    ) -> Item:
        given = {"TableName": self.name, "Key": to_wire(key), "UpdateExpression": expression}
        return {**given, **_conditional(condition, values)}

    def delete_action(self, key: Item, *, condition: str | None = None, values: Item | None = None) -> Item:
        return {"TableName": self.name, "Key": to_wire(key), **_conditional(condition, values)}

    def query(self, query: Query) -> Page:
        reply = call("query", **_query_arguments(self.name, query))
        last = reply.get("LastEvaluatedKey")
        return Page(
            [from_wire(item) for item in reply.get("Items", [])],
            from_wire(last) if last else None,
            reply["ScannedCount"],
            reply["Count"],
        )

    def all_pages(self, query: Query) -> Iterator[Page]:
        """Every page from the query's start on."""
        page = self.query(query)
        yield page
        while page.last is not None:
            page = self.query(replace(query, start=page.last))
            yield page

    def batch_get(self, keys: Sequence[Item]) -> list[Item]:
        """The items there are, read consistently, in no order."""
        found: list[Item] = []
        for first in range(0, len(keys), BATCH_GET_MOST):
            wanted: Any = [to_wire(key) for key in keys[first : first + BATCH_GET_MOST]]
            while wanted:
                reply = call("batch_get_item", RequestItems={self.name: {"Keys": wanted, "ConsistentRead": True}})
                found += [from_wire(item) for item in reply["Responses"].get(self.name, [])]
                wanted = reply["UnprocessedKeys"].get(self.name, {}).get("Keys", [])
        return found


def transact(actions: Sequence[Mapping[str, Item]], token: str | None = None) -> None:
    """All of `{"Put"|"Update"|"Delete": action}` or nothing. TransactionCancelled says why not."""
    arguments: Item = {"TransactItems": list(actions)}
    if token is not None:
        arguments["ClientRequestToken"] = token
    call("transact_write_items", **arguments)


def call(operation: str, **arguments: Any) -> Any:
    """A call of the API. Raises ConditionFailed, TransactionCancelled, or Unavailable for an outage."""
    try:
        return getattr(client(), operation)(**arguments)
    except Exception as error:
        code = error_code(error)
        if code == "ConditionalCheckFailedException":
            raise ConditionFailed(operation) from error
        if code == "TransactionCanceledException":
            reasons: Any = getattr(error, "response", {}).get("CancellationReasons", [])
            raise TransactionCancelled([reason.get("Code", "None") for reason in reasons]) from error
        if (unavailable := outage(error)) is not None:
            raise unavailable from error
        raise


def to_wire(item: Mapping[str, Any]) -> Item:
    serializer = _types()[0]
    return {name: serializer.serialize(value) for name, value in item.items()}


def from_wire(item: Mapping[str, Any]) -> Item:
    deserializer = _types()[1]
    return {name: deserializer.deserialize(value) for name, value in item.items()}


@cache
def _types() -> tuple[Any, Any]:
    from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

    return TypeSerializer(), TypeDeserializer()


def _conditional(condition: str | None, values: Item | None) -> Item:
    given: Item = {} if condition is None else {"ConditionExpression": condition}
    return given if values is None else {**given, "ExpressionAttributeValues": to_wire(values)}


def _query_arguments(table: str, query: Query) -> Item:
    condition, values = "#hash = :hash", {":hash": query.key[1], **query.values}
    names = {"#hash": query.key[0], **query.names}
    if query.begins_with:
        condition += " AND begins_with(#range, :prefix)"
        names["#range"], values[":prefix"] = query.begins_with
    arguments: Item = {
        "TableName": table,
        "KeyConditionExpression": condition,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": to_wire(values),
        "ScanIndexForward": query.forward,
    }
    optional = {
        "IndexName": query.index,
        "FilterExpression": query.where,
        "ExclusiveStartKey": to_wire(query.start) if query.start else None,
        "Limit": query.limit,
        "Select": "COUNT" if query.count else None,
        "ConsistentRead": query.consistent or None,
    }
    return arguments | {name: value for name, value in optional.items() if value is not None}

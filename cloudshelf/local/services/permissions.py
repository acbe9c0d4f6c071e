"""Which permissions a call of an AWS API needs.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

# Each part of a transaction needs what the same call alone would need.
TRANSACTED = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}


@dataclass(frozen=True)
class Needed:
    """An action on a resource, under what IAM is told besides."""

    action: str
    resource: str
    context: Mapping[str, str] = field(default_factory=dict)


# Makes an ARN of this account and region from a service and the rest.
Arn = Callable[[str, str], str]


def of_dynamodb(operation: str, body: Mapping[str, Any], arn: Arn) -> list[Needed]:
    """Of a call such as PutItem."""
    return [Needed(f"dynamodb:{action}", _table(table, index, arn)) for action, table, index in _parts(operation, body)]


def _parts(operation: str, body: Mapping[str, Any]) -> Iterator[tuple[str, str, str | None]]:
    """Action, table and index of each part of a call."""
    if operation in ("TransactWriteItems", "TransactGetItems"):
        for item in body["TransactItems"]:
            for kind, part in item.items():
                yield TRANSACTED[kind], part["TableName"], None
    elif operation in ("BatchGetItem", "BatchWriteItem"):
        for table in body["RequestItems"]:
            yield operation, table, None
    else:
        yield operation, body.get("TableName", "*"), body.get("IndexName")


def _table(name: str, index: str | None, arn: Arn) -> str:
    table = name if name.startswith("arn:") else arn("dynamodb", f"table/{name}")
    return f"{table}/index/{index}" if index else table


def of_ssm(operation: str, body: Mapping[str, Any], arn: Arn, key_of: Mapping[str, str]) -> list[Needed]:
    """Of a call such as GetParameter. `key_of` are the keys of encrypted parameters, by the parameter's name."""
    names = [body["Name"]] if "Name" in body else body.get("Names", [])
    needed = []
    for name in names or ["*"]:
        parameter = arn("ssm", f"parameter/{name.lstrip('/')}")
        needed.append(Needed(f"ssm:{operation}", parameter))
        if name in key_of and body.get("WithDecryption"):
            context = {"kms:EncryptionContext:PARAMETER_ARN": parameter}
            needed.append(Needed("kms:Decrypt", key_of[name], context))
    return needed


def of_s3(method: str, path: str) -> list[Needed]:
    """Of a reading call on `/bucket` or `/bucket/key`; ValueError for any other."""
    bucket, _, key = path.lstrip("/").partition("/")
    if method not in ("GET", "HEAD") or not bucket:
        raise ValueError(f"the local cloud lets functions read S3, not {method} {path}")
    action = "s3:GetObject" if key else "s3:ListBucket"
    return [Needed(action, f"arn:aws:s3:::{bucket}/{key}" if key else f"arn:aws:s3:::{bucket}")]


def parsed(body: bytes) -> Mapping[str, Any]:
    """A body in JSON; ValueError for anything else."""
    found = json.loads(body or b"{}")
    if not isinstance(found, dict):
        raise ValueError("not an object")  # noqa: TRY004 - as json's own errors
    return found

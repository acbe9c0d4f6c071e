"""Cheap transactions for moto's DynamoDB.

So that a failed transaction can be rolled back, moto 5 copies every item of a table, once for each thing that it
does. Here a copy of a table shares its items, and an item is copied before it is changed in place.
"""

import copy
from collections import defaultdict
from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table

_update_item = DynamoDBBackend.update_item


def install() -> None:
    """For the whole process; doing it again changes nothing."""
    changed: Any = Table
    changed.__deepcopy__ = _sharing_items
    backend: Any = DynamoDBBackend
    backend.update_item = _update_copy


def _sharing_items(table: Any, _: dict[int, Any]) -> Any:
    twin = copy.copy(table)
    twin.items = defaultdict(
        dict, {key: dict(found) if table.has_range_key else found for key, found in table.items.items()}
    )
    if table.stream_shard is not None:
        twin.stream_shard = copy.copy(table.stream_shard)
        twin.stream_shard.table = twin
        twin.stream_shard.items = list(table.stream_shard.items)
    return twin


def _update_copy(backend: Any, table_name: str, key: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
    table: Any = backend.get_table(table_name)
    partition, sort = key.get(table.hash_key_attr), key.get(table.range_key_attr)
    if table.has_range_key and partition and sort:
        _renew(table.items.get(DynamoType(partition), {}), DynamoType(sort))
    elif partition:
        _renew(table.items, DynamoType(partition))
    return _update_item(backend, table_name, key, *args, **kwargs)


def _renew(items: Any, key: Any) -> None:
    if key in items:
        items[key] = copy.deepcopy(items[key])

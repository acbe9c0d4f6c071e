"""Streams of moto's DynamoDB as AWS has them.

moto writes a record for a change that changes nothing, and two where an update makes an item; and a reader of a table
reads on in what a rolled-back transaction left behind.
"""

from typing import Any

from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.table import StreamShard
from moto.dynamodbstreams.models import DynamoDBStreamsBackend

_add_record = StreamShard.add


def install() -> None:
    """For the whole process; doing it again changes nothing."""
    shard: Any = StreamShard
    shard.add = _add
    backend: Any = DynamoDBStreamsBackend
    backend.get_records = _get_records


def forget(account_id: str, region: str) -> None:
    """What the streams of an account have told so far, as they do after a day."""
    for table in dynamodb_backends[account_id][region].tables.values():
        if table.stream_shard is not None:
            table.stream_shard.starting_sequence_number += len(table.stream_shard.items)
            table.stream_shard.items.clear()


def _add(shard: StreamShard, old: Any, new: Any) -> None:
    _add_record(shard, old, new)
    last = shard.items[-1].record
    if last["eventName"] == "MODIFY" and last["dynamodb"].get("OldImage") == last["dynamodb"].get("NewImage"):
        shard.items.pop()
    elif len(shard.items) > 1 and _made_twice(shard.items[-2].record, last):
        last["dynamodb"]["SequenceNumber"] = shard.items[-2].record["dynamodb"]["SequenceNumber"]
        del shard.items[-2]


def _made_twice(before: dict[str, Any], last: dict[str, Any]) -> bool:
    inserted = before["eventName"] == last["eventName"] == "INSERT"
    return inserted and bool(before["dynamodb"]["Keys"] == last["dynamodb"]["Keys"])


def _get_records(backend: DynamoDBStreamsBackend, iterator_arn: str, limit: int) -> dict[str, Any]:
    iterator = backend.shard_iterators.pop(iterator_arn)
    shard = backend.dynamodb.get_table(iterator.stream_shard.table.name).stream_shard
    assert shard is not None  # noqa: S101 - an iterator is of a table with a stream
    iterator.stream_shard = shard
    return iterator.get(limit)

"""Streams and exports of the local DynamoDB, and the poller that gives records to a function."""

import gzip
import json
import queue
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ReadTimeoutError

from cloudshelf.local.aws import AwsEmulator
from cloudshelf.local.lambdas.environment import FunctionFailed
from cloudshelf.local.lambdas.event_source import EventSource, StreamPoller, batches

SECONDS = 20.0
Event = dict[str, Any]


def put(aws: AwsEmulator, name: str, count: int = 1) -> None:
    aws.client("dynamodb").put_item(TableName="things", Item={"name": {"S": name}, "count": {"N": str(count)}})


def records(aws: AwsEmulator, stream: str) -> list[Event]:
    streams = aws.client("dynamodbstreams")
    (shard,) = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]
    iterator = streams.get_shard_iterator(StreamArn=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")[
        "ShardIterator"
    ]
    found: list[Event] = streams.get_records(ShardIterator=iterator)["Records"]
    return found


class Received:
    """Runs `answer` on each batch of names; what it takes is in `taken`."""

    def __init__(self, answer: Callable[[list[str]], Event | None] = lambda _: None) -> None:
        self._answer = answer
        self.seen: list[list[str]] = []
        self.taken: queue.Queue[list[str]] = queue.Queue()
        self.dead: queue.Queue[Event] = queue.Queue()

    def invoke(self, _function: str, event: bytes) -> bytes:
        names = [record["dynamodb"]["Keys"]["name"]["S"] for record in json.loads(event)["Records"]]
        self.seen.append(names)
        answer = self._answer(names)
        self.taken.put(names)
        return json.dumps(answer).encode()

    def poller(self, aws: AwsEmulator, stream: str, **declared: Any) -> StreamPoller:
        source = EventSource.of({"eventSourceArn": stream, "functionName": "function:mover", **declared})
        streams = aws.client("dynamodbstreams")
        return StreamPoller(source, streams, self.invoke, lambda _to, told: self.dead.put(told))


@pytest.fixture
def stream(table: Event) -> str:
    return str(table["LatestStreamArn"])


def test_a_function_receives_every_change_in_order_and_in_batches(aws: AwsEmulator, stream: str) -> None:
    received = Received()
    for number in range(5):
        put(aws, f"thing-{number}")
    poller = received.poller(aws, stream, batchSize=2)
    poller.start()
    try:
        taken = [received.taken.get(timeout=SECONDS) for _ in range(3)]
        put(aws, "later")
        taken.append(received.taken.get(timeout=SECONDS))
    finally:
        poller.stop()
    assert taken == [["thing-0", "thing-1"], ["thing-2", "thing-3"], ["thing-4"], ["later"]]


def test_a_batch_that_fails_comes_again_and_nothing_overtakes_it(aws: AwsEmulator, stream: str) -> None:
    failures = iter([True, True, False])

    def answer(_: list[str]) -> None:
        if next(failures, False):
            raise FunctionFailed("Runtime.ExitError", "crashed")

    received = Received(answer)
    put(aws, "first")
    poller = received.poller(aws, stream)
    poller.start()
    try:
        assert received.taken.get(timeout=SECONDS) == ["first"]
        put(aws, "second")
        assert received.taken.get(timeout=SECONDS) == ["second"]
    finally:
        poller.stop()
    assert received.seen == [["first"], ["first"], ["first"], ["second"]]


class Unsteady:
    """Streams of which every other look has no answer, after it was taken."""

    def __init__(self, streams: Any) -> None:
        self._streams = streams
        self.looks = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._streams, name)

    def get_records(self, **given: Any) -> Any:
        answer = self._streams.get_records(**given)
        self.looks += 1
        if self.looks % 2:
            raise ReadTimeoutError(endpoint_url="http://127.0.0.1")
        return answer


def test_a_look_that_has_no_answer_is_not_the_last_and_loses_nothing(aws: AwsEmulator, stream: str) -> None:
    received = Received()
    streams = Unsteady(aws.client("dynamodbstreams"))
    source = EventSource.of({"eventSourceArn": stream, "functionName": "function:mover"})
    poller = StreamPoller(source, streams, received.invoke, lambda _to, told: received.dead.put(told))
    put(aws, "first")
    poller.start()
    try:
        taken = [received.taken.get(timeout=SECONDS)]
        for name in ("second", "third"):
            put(aws, name)
            taken.append(received.taken.get(timeout=SECONDS))
    finally:
        poller.stop()
    assert taken == [["first"], ["second"], ["third"]]


def test_a_poison_record_is_found_by_halving_and_only_it_is_given_up(aws: AwsEmulator, stream: str) -> None:
    def answer(names: list[str]) -> None:
        if "poison" in names:
            raise FunctionFailed("ValueError", "poison")

    received = Received(answer)
    for name in ("a", "b", "poison", "c"):
        put(aws, name)
    poller = received.poller(aws, stream, bisectBatchOnFunctionError=True, maximumRetryAttempts=1)
    poller.start()
    try:
        taken = [name for _ in range(2) for name in received.taken.get(timeout=SECONDS)]
        dead = received.dead.get(timeout=SECONDS)
    finally:
        poller.stop()
    assert taken == ["a", "b", "c"]
    assert dead["DDBStreamBatchInfo"]["batchSize"] == 1


def test_only_what_a_function_says_it_did_not_take_comes_again(aws: AwsEmulator, stream: str) -> None:
    tries = iter([1])
    last = str(1100000000017454423009 + 1)

    def answer(_: list[str]) -> Event:
        return {"batchItemFailures": [{"itemIdentifier": last}] if next(tries, 0) else []}

    received = Received(answer)
    put(aws, "good")
    put(aws, "not-yet")
    poller = received.poller(aws, stream, functionResponseTypes=["ReportBatchItemFailures"])
    poller.start()
    try:
        taken = [received.taken.get(timeout=SECONDS) for _ in range(2)]
    finally:
        poller.stop()
    assert taken == [["good", "not-yet"], ["not-yet"]]


def test_what_a_mapping_may_not_say_is_named() -> None:
    with pytest.raises(ValueError, match="filterCriteria"):
        EventSource.of({"eventSourceArn": "a", "functionName": "f", "filterCriteria": {"filters": []}})


def test_no_batch_is_larger_than_an_event_may_be() -> None:
    record = {"text": "x" * 2_500_000}
    assert [len(batch) for batch in batches([record] * 5, 100)] == [2, 2, 1]


def test_an_update_that_makes_an_item_is_one_record_and_one_that_changes_nothing_is_none(
    aws: AwsEmulator, stream: str
) -> None:
    for _ in range(2):
        aws.client("dynamodb").update_item(
            TableName="things",
            Key={"name": {"S": "counter"}},
            UpdateExpression="SET #c = :one",
            ExpressionAttributeNames={"#c": "count"},
            ExpressionAttributeValues={":one": {"N": "1"}},
        )
    put(aws, "next")
    found = [(each["eventName"], each["dynamodb"]["NewImage"]) for each in records(aws, stream)]
    assert found == [
        ("INSERT", {"name": {"S": "counter"}, "count": {"N": "1"}}),
        ("INSERT", {"name": {"S": "next"}, "count": {"N": "1"}}),
    ]
    numbers = [int(each["dynamodb"]["SequenceNumber"]) for each in records(aws, stream)]
    assert numbers == [numbers[0], numbers[0] + 1]


def test_images_are_those_of_their_moment(aws: AwsEmulator, stream: str) -> None:
    dynamodb = aws.client("dynamodb")
    put(aws, "counter", 0)
    for _ in range(2):
        dynamodb.transact_write_items(
            TransactItems=[
                {
                    "Update": {
                        "TableName": "things",
                        "Key": {"name": {"S": "counter"}},
                        "UpdateExpression": "SET #c = #c + :one",
                        "ExpressionAttributeNames": {"#c": "count"},
                        "ExpressionAttributeValues": {":one": {"N": "1"}},
                    }
                }
            ]
        )
    images = [
        [each["dynamodb"].get(side, {}).get("count", {}).get("N") for side in ("OldImage", "NewImage")]
        for each in records(aws, stream)
    ]
    assert images == [[None, "0"], ["0", "1"], ["1", "2"]]


def test_a_reader_sees_nothing_of_a_transaction_rolled_back_and_all_that_comes_after(
    aws: AwsEmulator, stream: str
) -> None:
    dynamodb, streams = aws.client("dynamodb"), aws.client("dynamodbstreams")
    (shard,) = streams.describe_stream(StreamArn=stream)["StreamDescription"]["Shards"]
    reading = streams.get_shard_iterator(StreamArn=stream, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON")
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
        dynamodb.transact_write_items(
            TransactItems=[
                {"Put": {"TableName": "things", "Item": {"name": {"S": "never"}}}},
                {
                    "ConditionCheck": {
                        "TableName": "things",
                        "Key": {"name": {"S": "missing"}},
                        "ConditionExpression": "attribute_exists(#n)",
                        "ExpressionAttributeNames": {"#n": "name"},
                    }
                },
            ]
        )
    put(aws, "after")
    found = streams.get_records(ShardIterator=reading["ShardIterator"])["Records"]
    assert [each["dynamodb"]["Keys"]["name"]["S"] for each in found] == ["after"]


def test_an_export_lists_its_files_in_a_manifest_as_on_aws(aws: AwsEmulator, bucket: str, table: Event) -> None:
    dynamodb, s3 = aws.client("dynamodb"), aws.client("s3")
    for number in range(10):
        put(aws, f"thing-{number}")
    started = dynamodb.export_table_to_point_in_time(TableArn=table["TableArn"], S3Bucket=bucket, S3Prefix="books")
    told = dynamodb.describe_export(ExportArn=started["ExportDescription"]["ExportArn"])["ExportDescription"]
    assert told["ExportStatus"] == "COMPLETED"
    assert told["ItemCount"] == 10

    def read(key: str) -> bytes:
        body: bytes = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

    manifest = json.loads(read(told["ExportManifest"]))["manifestFilesS3Key"]
    files = [json.loads(line) for line in read(manifest).splitlines()]
    lines = [line for each in files for line in gzip.decompress(read(each["dataFileS3Key"])).splitlines()]
    assert sorted(json.loads(line)["Item"]["name"]["S"] for line in lines) == [f"thing-{n}" for n in range(10)]

"""Event source mappings on DynamoDB streams: Lambda reads the stream and invokes the function, batch after batch.

https://docs.aws.amazon.com/lambda/latest/dg/services-dynamodb-eventsourcemapping.html
"""

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cloudshelf.local.lambdas.environment import FunctionFailed
from cloudshelf.local.lambdas.function import TooManyRequests

POLL_SECONDS = 0.25
MOST_RECORDS = 1000
# Lambda's limit of an event.
MOST_BYTES = 6_000_000
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
UNENDING = -1
PARTIAL = "ReportBatchItemFailures"
KNOWN = frozenset(
    {"batchSize", "bisectBatchOnFunctionError", "destinationConfig", "enabled", "eventSourceArn", "functionName",
     "functionResponseTypes", "kmsKeyArn", "maximumBatchingWindowInSeconds", "maximumRecordAgeInSeconds",
     "maximumRetryAttempts", "metricsConfig", "parallelizationFactor", "startingPosition", "tags"}
)  # fmt: skip

Record = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class EventSource:
    """A mapping as declared. `retries` UNENDING repeats a batch for as long as it fails."""

    stream: str
    function: str
    batch: int
    retries: int
    bisect: bool
    partial: bool
    position: str
    failed_to: str

    @classmethod
    def of(cls, declared: Mapping[str, Any]) -> "EventSource":
        """ValueError for what the local cloud does not do."""
        if unknown := {name for name, value in declared.items() if value not in (None, [])} - KNOWN:
            raise ValueError(f"event source mapping: the local cloud does not know {', '.join(sorted(unknown))}")
        destination = (declared.get("destinationConfig") or {}).get("onFailure") or {}
        retries = declared.get("maximumRetryAttempts")
        return cls(
            stream=declared["eventSourceArn"],
            function=str(declared["functionName"]).rpartition(":")[2],
            batch=int(declared.get("batchSize") or 100),
            retries=UNENDING if retries is None else int(retries),
            bisect=bool(declared.get("bisectBatchOnFunctionError")),
            partial=PARTIAL in (declared.get("functionResponseTypes") or []),
            position=declared.get("startingPosition") or "TRIM_HORIZON",
            failed_to=destination.get("destinationArn", ""),
        )


class StreamPoller:
    """Reads one stream in a thread until `stop`.

    `invoke` runs the function; `dead_letter` takes what was given up; `measure` is told Lambda's IteratorAge.
    """

    def __init__(
        self,
        source: EventSource,
        streams: Any,
        invoke: Callable[[str, bytes], bytes],
        dead_letter: Callable[[str, dict[str, Any]], None],
        measure: Callable[[str, float], None] = lambda _metric, _value: None,
    ) -> None:
        self._source, self._streams, self._invoke = source, streams, invoke
        self._dead_letter, self._measure = dead_letter, measure
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"stream-{source.function}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(timeout=10)

    def _run(self) -> None:
        iterator = last = ""
        while not self._stopping.is_set():
            try:
                answer = self._streams.get_records(ShardIterator=iterator or self._iterator(last), Limit=MOST_RECORDS)
            except (BotoCoreError, ClientError):
                # Nobody knows whether the iterator was used.
                iterator = ""
                self._stopping.wait(POLL_SECONDS)
                continue
            iterator = answer["NextShardIterator"]
            records = [_as_lambda_has_it(record, self._source.stream) for record in answer["Records"]]
            for batch in batches(records, self._source.batch):
                self._deliver(batch, self._source.retries)
            if records:
                last = str(records[-1]["dynamodb"]["SequenceNumber"])
            else:
                self._stopping.wait(POLL_SECONDS)

    def _iterator(self, last: str) -> str:
        """After that record; where the mapping begins when there was none."""
        after = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": last}
        begin = after if last else {"ShardIteratorType": self._source.position}
        (shard,) = self._streams.describe_stream(StreamArn=self._source.stream)["StreamDescription"]["Shards"]
        found = self._streams.get_shard_iterator(StreamArn=self._source.stream, ShardId=shard["ShardId"], **begin)
        return str(found["ShardIterator"])

    def _deliver(self, batch: list[Record], retries: int) -> None:
        """Until the function has taken every record, or what it does not take is given up."""
        pause, tries = FIRST_PAUSE, 0
        while batch and not self._stopping.is_set():
            self._measure("IteratorAge", _age_ms(batch[0]))
            rest = self._left(batch)
            if not rest:
                return
            if self._source.bisect and len(rest) > 1:
                middle = len(rest) // 2
                self._deliver(rest[:middle], retries)
                batch, tries = rest[middle:], 0
                continue
            tries = tries + 1 if len(rest) == len(batch) else 0
            batch = rest
            if retries != UNENDING and tries > retries:
                self._give_up(batch, tries)
                return
            self._stopping.wait(pause)
            pause = min(LONGEST_PAUSE, pause * 2)

    def _left(self, batch: list[Record]) -> list[Record]:
        """What the function did not take: nothing, all, or from the first it names on."""
        try:
            answer = self._invoke(self._source.function, json.dumps({"Records": batch}).encode())
        except (FunctionFailed, TooManyRequests):
            return batch
        if not self._source.partial:
            return []
        failed = {each["itemIdentifier"] for each in (json.loads(answer) or {}).get("batchItemFailures", [])}
        first = next((n for n, record in enumerate(batch) if record["dynamodb"]["SequenceNumber"] in failed), None)
        if first is None:
            return batch if failed else []
        return batch[first:]

    def _give_up(self, batch: list[Record], tries: int) -> None:
        if self._stopping.is_set():
            return
        sequences = [record["dynamodb"]["SequenceNumber"] for record in batch]
        told = {
            "requestContext": {"condition": "RetryAttemptsExhausted", "approximateInvokeCount": tries},
            "version": "1.0",
            "timestamp": datetime.now(UTC).isoformat(),
            "DDBStreamBatchInfo": {
                "startSequenceNumber": sequences[0],
                "endSequenceNumber": sequences[-1],
                "batchSize": len(batch),
                "streamArn": self._source.stream,
            },
        }
        self._dead_letter(self._source.failed_to, told)


def batches(records: list[Record], most: int) -> Iterator[list[Record]]:
    """In order, each small enough to be an event."""
    batch: list[Record] = []
    size = 0
    for record in records:
        length = len(json.dumps(record))
        if batch and (len(batch) == most or size + length > MOST_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(record)
        size += length
    if batch:
        yield batch


def _as_lambda_has_it(record: Mapping[str, Any], stream: str) -> Record:
    change = dict(record["dynamodb"])
    change["ApproximateCreationDateTime"] = change["ApproximateCreationDateTime"].timestamp()
    return {**record, "dynamodb": change, "eventSourceARN": stream}


def _age_ms(record: Record) -> float:
    now = datetime.now(UTC).timestamp()
    return max(0.0, (now - float(record["dynamodb"]["ApproximateCreationDateTime"])) * 1000)

"""A move between a source in moto and a target in PostgreSQL, and what a test does to either side."""

import gzip
import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from migration import handler, verifying
from migration.cart_target import CartTarget
from migration.engine import Engine, patient
from migration.exports import Exports
from migration.exports import client as s3_client
from migration.postgres_source import PostgresSource
from migration.source import DynamoRows
from shared import dynamo
from shared.dynamo import Table
from shared.postgres import Database

from cloudshelf.local.aws import AwsEmulator
from tests.functions.stores import ITEMS, PHASE1
from tests.postgres.servers import Shop

ENTITIES = ("books", "users", "orders", "carts")
BUCKET = "move-exports"
TARGET_CARTS = f"{ITEMS}-carts"
KEYS = {
    "books": ("category", "book_id"),
    "users": ("user_id",),
    "orders": ("user_id", "order_id"),
    "carts": ("user_id", "cart_id"),
}
TABLES = (
    *("outbox", "payments", "order_items", "orders", "users", "books"),
    *(f"migration.{name}" for name in ("checkpoints", "sequences", "rejects", "pending_keys", "changes", "transfers")),
    *(f"migration.{name}" for name in ("marks", "verifications", "copies", "testers", "state")),
)
Item = dict[str, Any]
# The last record that was read of a stream, by its ARN.
READ_TO: dict[str, str] = {}

_write, _read = TypeSerializer().serialize, TypeDeserializer().deserialize


def physical(entity: str) -> str:
    return f"{PHASE1}-{entity}"


SOURCE = {entity: physical(entity) for entity in ENTITIES}


class Context:
    """What Lambda tells of a call with a minute left."""

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


class Move:
    """`call` is a step of the function; `target` is the database as its master sees it."""

    def __init__(self, aws: AwsEmulator, shop: Shop, patch: pytest.MonkeyPatch) -> None:
        self.aws, self.shop = aws, shop
        self.client = aws.client("dynamodb")
        self.target = shop.database()
        patch.setenv("POWERTOOLS_SERVICE_NAME", "test")
        patch.setenv("AWS_ENDPOINT_URL", aws.endpoint)
        dynamo.client.cache_clear()
        s3_client.cache_clear()
        self.engine = self.new_engine()
        patch.setattr(handler, "own_engine", lambda: self.engine)
        patch.setattr(verifying, "LOOKS", 2)

    def new_engine(self) -> Engine:
        """As another execution environment has it."""
        return Engine(
            target=Database(patient(self.shop.login("migration"))),
            source=DynamoRows(SOURCE),
            carts=CartTarget(Table(TARGET_CARTS)),
            tables=SOURCE,
            exports=Exports(BUCKET),
            currency="USD",
        )

    def call(self, step: str, **event: Any) -> dict[str, Any]:
        answer = handler.lambda_handler(json.loads(json.dumps({"step": step, **event})), Context())
        json.dumps(answer)
        return answer

    def clear(self) -> None:
        for entity in ENTITIES:
            for item in self.client.scan(TableName=physical(entity))["Items"]:
                key = {name: item[name] for name in KEYS[entity]}
                self.client.delete_item(TableName=physical(entity), Key=key)
        self.clear_target()
        self.records()

    def clear_target(self) -> None:
        for item in self.client.scan(TableName=TARGET_CARTS)["Items"]:
            self.client.delete_item(TableName=TARGET_CARTS, Key={name: item[name] for name in ("user_id", "book_id")})
        # Emptying small tables so is ten times faster than TRUNCATE.
        deletes = "; ".join(f"DELETE FROM {name}" for name in TABLES)  # noqa: S608
        anew = "INSERT INTO migration.state DEFAULT VALUES; SELECT migration.capture(false)"
        self.target.transaction(lambda session: session.script(f"{deletes}; {anew}"))

    def close(self) -> None:
        self.engine.target.close()
        if isinstance(self.engine.source, PostgresSource):
            self.engine.source.database.close()

    def put(self, entity: str, *items: Mapping[str, Any]) -> None:
        for item in items:
            self.client.put_item(TableName=physical(entity), Item=wire(item))

    def delete(self, entity: str, **key: Any) -> None:
        self.client.delete_item(TableName=physical(entity), Key=wire(key))

    def items(self, entity: str) -> list[Item]:
        return self.items_of(physical(entity))

    def items_of(self, table: str) -> list[Item]:
        found: list[Item] = []
        arguments: dict[str, Any] = {"TableName": table}
        while True:
            page = self.client.scan(**arguments)
            found += [{name: _read(value) for name, value in item.items()} for item in page["Items"]]
            if "LastEvaluatedKey" not in page:
                return sorted(found, key=lambda item: json.dumps(item, default=str, sort_keys=True))
            arguments["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    def export(self, files: int = 1) -> dict[str, str]:
        """Exports of all tables as they are, with a manifest, and what `begin` is told of them."""
        exports = {}
        for entity in ENTITIES:
            items = self.client.scan(TableName=physical(entity))["Items"]
            exports[entity] = self.export_lines(entity, (json.dumps({"Item": item}) for item in items), files)
        return exports

    def export_lines(self, entity: str, lines: Iterable[str], files: int = 1) -> str:
        prefix = f"{entity}/AWSDynamoDB/{uuid.uuid4().hex[:8]}"
        every, listed = list(lines), []
        for number in range(files):
            part = every[number::files]
            key = f"{prefix}/data/{number}.json.gz"
            content = gzip.compress("".join(f"{line}\n" for line in part).encode())
            self.aws.client("s3").put_object(Bucket=BUCKET, Key=key, Body=content)
            listed.append({"itemCount": len(part), "dataFileS3Key": key, "md5Checksum": "", "etag": ""})
        manifest = "\n".join(json.dumps(each) for each in listed)
        self.aws.client("s3").put_object(Bucket=BUCKET, Key=f"{prefix}/manifest-files.json", Body=manifest.encode())
        return prefix

    def load(self, exports: Mapping[str, str] | None = None) -> dict[str, dict[str, Any]]:
        """Begins with the exports, loads every file to its end, and answers with the sums by entity."""
        assert "refused" not in (begun := self.call("begin", source="phase1", exports=exports or self.export())), begun
        keys = self.keys()
        return {entity: self.load_files(entity, keys) for entity in ENTITIES}

    def keys(self) -> list[tuple[str, str]]:
        """Entities and keys of the files there are."""
        return [(file["entity"], file["key"]) for file in self.call("files")["files"]]

    def load_files(self, entity: str, keys: Sequence[tuple[str, str]] | None = None) -> dict[str, Any]:
        total: dict[str, Any] = {"read": 0, "written": 0, "same": 0, "rejected": 0, "expired": 0, "others": 0}
        for of, key in self.keys() if keys is None else keys:
            if of == entity:
                answer = self.call("load", entity=entity, key=key)
                assert answer["done"], answer
                total = {name: count + answer[name] for name, count in total.items()}
        return total

    def records(self) -> list[dict[str, Any]]:
        """What the streams have had since the last time, table by table, as Lambda is given it."""
        streams = self.aws.client("dynamodbstreams")
        found = []
        for entity in ENTITIES:
            arn = self.client.describe_table(TableName=physical(entity))["Table"]["LatestStreamArn"]
            (shard,) = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"]
            at = {"StreamArn": arn, "ShardId": shard["ShardId"]}
            # moto forgets an iterator when a transaction fails.
            begin = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "SequenceNumber": READ_TO.get(arn, "")}
            begin = begin if arn in READ_TO else {"ShardIteratorType": "TRIM_HORIZON"}
            iterator = streams.get_shard_iterator(**at, **begin)["ShardIterator"]
            while records := (page := streams.get_records(ShardIterator=iterator))["Records"]:
                found += [{**record, "eventSourceARN": arn} for record in records]
                iterator = page["NextShardIterator"]
                READ_TO[arn] = records[-1]["dynamodb"]["SequenceNumber"]
        return found

    def sync(self, records: Sequence[Mapping[str, Any]] | None = None) -> dict[str, Any]:
        """Gives the function these records, or those that came meanwhile."""
        return handler.lambda_handler({"Records": self.records() if records is None else list(records)}, Context())

    def verify(self, *entities: str, of: int = 1) -> dict[str, dict[str, Any]]:
        """By entity, all slices together; `kinds` are the last answer's."""
        found = {}
        for entity in entities or ENTITIES:
            total: dict[str, Any] = {"compared": 0, "differences": 0}
            total |= {"different": [], "only_source": [], "only_target": []}
            for slice_ in range(of):
                answer: dict[str, Any] = {"after": None, "done": False}
                while not answer["done"]:
                    answer = self.call("verify", entity=entity, slice=slice_, of=of, after=answer["after"])
                    for name in ("compared", "differences"):
                        total[name] += answer[name]
                    for kind in answer["kinds"].values():
                        for name in ("different", "only_source", "only_target"):
                            total[name] += kind[name]
            found[entity] = {**total, "kinds": answer["kinds"]}
        return found

    def rejects(self) -> dict[str, str]:
        """Reasons by entity and key."""
        return {f"{each['entity']}:{each['key']}": each["reason"] for each in self.call("rejects")["rejects"]}

    def rows(self, *, carts: bool = True) -> dict[str, list[Any]]:
        """Everything the target has, to be compared with itself at another time."""
        tables = ("books", "users", "orders", "order_items", "payments", "migration.pending_keys", "migration.rejects")
        leave = "- 'seen_at' - 'search'"
        rows = {
            table: [row for (row,) in self.target.run(f"SELECT (to_jsonb(t) {leave})::text FROM {table} AS t")]  # noqa: S608
            for table in tables
        }
        # How often a cart was changed on its way is nobody's concern.
        counts = ("version", "updated_at")
        items = self.items_of(TARGET_CARTS) if carts else []
        found = [{name: value for name, value in item.items() if name not in counts} for item in items]
        return {table: sorted(each) for table, each in rows.items()} | {"carts": found}


def wire(item: Mapping[str, Any]) -> Item:
    return {name: _write(value) for name, value in item.items()}

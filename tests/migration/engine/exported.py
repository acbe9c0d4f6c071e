"""A source as large as one likes: its tables are what was exported of them, and what its streams have told since.

moto begins a scan at the first item for each page, and takes the square of the time; so nothing of it is in DynamoDB.
"""

import gzip
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from migration import items
from migration.items import HASH, RANGE, Found
from migration.row import KEYS, ORDERS, Row, entity_of
from migration.sides import Key
from migration.source import PAGE, DynamoRows
from shared.dynamo import Item, to_wire

from tests.migration.engine.move import BUCKET, ENTITIES, SOURCE, Move

Wire = dict[str, Any]
_encode, _decode = msgspec.json.encode, msgspec.json.decode


class ExportedShop(DynamoRows):
    """Items in DynamoDB's JSON by entity and row key, in the order they were put."""

    def __init__(self) -> None:
        super().__init__(SOURCE)
        self._items: dict[str, dict[str, bytes]] = {entity: {} for entity in ENTITIES}
        self._keys: dict[str, list[str]] = {entity: [] for entity in ENTITIES}
        self._sequence = 0

    def put(self, entity: str, item: Mapping[str, Any]) -> dict[str, Any]:
        """What the table's stream tells of it."""
        wire = to_wire(item)
        first, second = item[HASH[entity]], item.get(RANGE.get(entity, ""), "")
        key = items.key_of(items.kind_of(entity, second), first, second)
        if key not in self._items[entity]:
            self._keys[entity].append(key)
        self._items[entity][key] = _encode(wire)
        self._sequence += 1
        keys = {name: wire[name] for name in (HASH[entity], RANGE.get(entity, "")) if name in wire}
        return {
            "eventSourceARN": f"arn:aws:dynamodb:us-east-1:1:table/{SOURCE[entity]}/stream/1",
            "dynamodb": {"Keys": keys, "NewImage": wire, "SequenceNumber": f"{self._sequence:021}"},
        }

    def export(self, move: Move, files: int) -> dict[str, str]:
        """Its tables in files, as DynamoDB writes them, and where."""
        return {entity: self._export(move, entity, files) for entity in ENTITIES}

    def _export(self, move: Move, entity: str, files: int) -> str:
        s3, prefix = move.aws.client("s3"), f"{entity}/AWSDynamoDB/whole"
        every, listed = list(self._items[entity].values()), []
        for number in range(files):
            part = every[number::files]
            key = f"{prefix}/data/{number}.json.gz"
            body = gzip.compress(b"".join(b'{"Item":%b}\n' % line for line in part), compresslevel=1)
            s3.put_object(Bucket=BUCKET, Key=key, Body=body)
            listed.append(_encode({"itemCount": len(part), "dataFileS3Key": key, "md5Checksum": "", "etag": ""}))
        s3.put_object(Bucket=BUCKET, Key=f"{prefix}/manifest-files.json", Body=b"\n".join(listed))
        return prefix

    def page(self, entity: str, start: Item | None, slice_: int, of: int) -> tuple[list[Found], Item | None]:
        first = slice_ if start is None else int(start["at"])
        keys = self._keys[entity][first : first + PAGE * of : of]
        after = first + PAGE * of
        found = [each for key in keys if (each := self._read(entity, key)) is not None]
        return found, {"at": after} if after < len(self._keys[entity]) else None

    def raw_page(self, entity: str, start: Item | None) -> tuple[list[Wire], Item | None]:
        first = 0 if start is None else int(start["at"])
        keys, after = self._keys[entity][first : first + PAGE], first + PAGE
        wires = [_decode(self._items[entity][key]) for key in keys]
        return wires, {"at": after} if after < len(self._keys[entity]) else None

    def count(self, entity: str) -> int:
        return len(self._keys[entity])

    def find(self, kind: str, keys: Sequence[Key]) -> dict[str, Found]:
        entity = entity_of(kind)
        known = self._items[entity]
        return {key: found for key, _ in keys if key in known and (found := self._read(entity, key)) is not None}

    def find_rows(self, rows: Sequence[Row]) -> dict[str, Found]:
        return self.find(rows[0].kind, [(row.key, "") for row in rows]) if rows else {}

    def orders_of_users(self, without: set[str]) -> Counter[str]:
        keys = (key for key in self._keys[ORDERS] if key not in without)
        pairs = (key.split("/", 1) for key in keys)
        return Counter(user for user, order in pairs if items.kind_of(ORDERS, order) != KEYS)

    def _read(self, entity: str, key: str) -> Found | None:
        return items.read(entity, _decode(self._items[entity][key]))

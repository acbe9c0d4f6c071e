"""Exports of DynamoDB tables in S3: gzipped files with an item in DynamoDB's JSON on each line.

A manifest lists the files, `manifest-files.json`, a line of JSON for each. Where there is none, they are those under
`data/`.
"""

import gzip
from collections.abc import Iterator
from functools import cache
from typing import Any, BinaryIO, cast

import msgspec

from migration.faults import Refused

MANIFEST, DATA, ENDING = "manifest-files.json", "data/", ".gz"


class File(msgspec.Struct, frozen=True):
    """`rows` is 0 where nobody says how many there are."""

    entity: str
    key: str
    rows: int
    bytes: int


class Listed(msgspec.Struct, frozen=True):
    """A line of the manifest."""

    item_count: int = msgspec.field(name="itemCount")
    data_file_s3_key: str = msgspec.field(name="dataFileS3Key")


class Line(msgspec.Struct, frozen=True):
    """A line of a file."""

    item: dict[str, Any] = msgspec.field(name="Item")


_line = msgspec.json.Decoder(Line)
_listed = msgspec.json.Decoder(Listed)


@cache
def client() -> Any:
    import boto3

    return boto3.client("s3")


class Exports:
    """The files of a bucket."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket

    def files(self, entity: str, prefix: str) -> list[File]:
        """Those of an export, by the prefix it has (…/AWSDynamoDB/<export id>)."""
        prefix = prefix.strip("/")
        sizes = dict(self._objects(f"{prefix}/"))
        manifest = f"{prefix}/{MANIFEST}"
        if manifest not in sizes:
            return [File(entity, key, 0, size) for key, size in sizes.items() if key.endswith(ENDING)]
        text: bytes = client().get_object(Bucket=self._bucket, Key=manifest)["Body"].read()
        listed = [_listed.decode(line) for line in text.splitlines() if line.strip()]
        if gone := [each.data_file_s3_key for each in listed if each.data_file_s3_key not in sizes]:
            raise Refused(f"{gone[0]}: the manifest of the export has it and the bucket does not. Export again.")
        return [File(entity, f.data_file_s3_key, f.item_count, sizes[f.data_file_s3_key]) for f in listed]

    def lines(self, key: str) -> Iterator[bytes]:
        """Those of a file, without their ends."""
        body = client().get_object(Bucket=self._bucket, Key=key)["Body"]
        with gzip.GzipFile(fileobj=cast(BinaryIO, body)) as unpacked:
            for line in unpacked:
                yield line.rstrip(b"\n")

    def _objects(self, prefix: str) -> Iterator[tuple[str, int]]:
        pages = client().get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
        for page in pages:
            for each in page.get("Contents", []):
                yield each["Key"], each["Size"]


def item_of(line: bytes) -> dict[str, Any] | None:
    """The item of a line; None for what is no such line."""
    try:
        return _line.decode(line).item
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None

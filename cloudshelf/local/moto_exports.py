"""Exports of moto's DynamoDB tables to S3 as AWS writes them: a point in time, several files, a manifest.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
"""

import base64
import gzip
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from typing import Any

from moto.dynamodb.models.table_export import TableExport
from moto.dynamodb.models.utilities import dynamo_json_dump

FILES = 4

_response = TableExport.response


def install() -> None:
    """For the whole process; doing it again changes nothing."""
    export: Any = TableExport
    # Within the request: nothing is written to the table meanwhile.
    export.start = TableExport.run
    export._backup_to_s3_file = _write
    export.response = _describe


def _write(export: Any, s3: Any) -> None:
    started = time.time()
    identity = f"{int(started * 1000):014d}-{secrets.token_hex(4)}"
    folder = f"{export.s3_prefix}/AWSDynamoDB/{identity}".lstrip("/")
    listed = []
    for lines in _parted(export.table):
        body = gzip.compress("".join(lines).encode(), compresslevel=1)
        key = f"{folder}/data/{secrets.token_hex(13)}.json.gz"
        etag = s3.put_object(bucket_name=export.s3_bucket, key_name=key, value=body).etag
        checksum = base64.b64encode(hashlib.md5(body, usedforsecurity=False).digest()).decode()
        listed.append({"itemCount": len(lines), "md5Checksum": checksum, "etag": etag.strip('"'), "dataFileS3Key": key})
        export.item_count += len(lines)
        export.processed_bytes += len(body)
    manifest = f"{folder}/manifest-files.json"
    s3.put_object(bucket_name=export.s3_bucket, key_name=manifest, value="".join(map(_line, listed)).encode())
    export.manifest = f"{folder}/manifest-summary.json"
    summary = {
        "version": "2020-06-30",
        "exportArn": export.arn,
        "tableArn": export.table.table_arn,
        "startTime": _moment(started),
        "exportTime": _moment(started),
        "endTime": _moment(time.time()),
        "s3Bucket": export.s3_bucket,
        "s3Prefix": export.s3_prefix,
        "manifestFilesS3Key": manifest,
        "billedSizeBytes": export.processed_bytes,
        "itemCount": export.item_count,
        "outputFormat": "DYNAMODB_JSON",
    }
    s3.put_object(bucket_name=export.s3_bucket, key_name=export.manifest, value=json.dumps(summary).encode())
    export.status = "COMPLETED"


def _parted(table: Any) -> Iterator[list[str]]:
    lines = [dynamo_json_dump(item.to_json(root_attr_name="Item")) + "\n" for item in table.all_items()]
    for part in range(FILES):
        yield lines[part::FILES]


def _line(entry: dict[str, Any]) -> str:
    return json.dumps(entry) + "\n"


def _moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds))


def _describe(export: Any) -> dict[str, Any]:
    return {**_response(export), "ExportManifest": getattr(export, "manifest", None)}

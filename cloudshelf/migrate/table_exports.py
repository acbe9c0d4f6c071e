"""DynamoDB's exports of the source's tables to the target's bucket."""

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cloudshelf.migrate.ports import ENTITIES, ExportJob, MigrationError

MANIFEST = "/manifest-summary.json"
DONE, FAILED = "COMPLETED", "FAILED"
DATABASE = "SOURCE_DATABASE_HOST"


def tables_of(variables: Mapping[str, str]) -> dict[str, str]:
    """Tables to export, by entity, as the migration function knows them: none where it reads a database."""
    if DATABASE in variables:
        return {}
    names = {entity: f"SOURCE_{entity.upper()}_TABLE_NAME" for entity in ENTITIES}
    return {entity: variables[name] for entity, name in names.items() if name in variables}


class TableExports:
    """`key_arn` is the key the bucket's objects are encrypted with, empty for S3's own."""

    def __init__(self, dynamodb: Any, bucket: str, tables: Mapping[str, str], key_arn: str = "") -> None:
        self._dynamodb, self._bucket, self._tables, self._key_arn = dynamodb, bucket, tables, key_arn

    def tables(self) -> Mapping[str, str]:
        return self._tables

    def start(self, entity: str, table: str, token: str, /) -> ExportJob:
        encryption = {"S3SseAlgorithm": "KMS", "S3SseKmsKeyId": self._key_arn} if self._key_arn else {}
        try:
            arn = self._dynamodb.describe_table(TableName=table)["Table"]["TableArn"]
            told = self._dynamodb.export_table_to_point_in_time(
                TableArn=arn,
                S3Bucket=self._bucket,
                S3Prefix=entity,
                ExportFormat="DYNAMODB_JSON",
                ClientToken=token,
                **encryption,
            )
        except (BotoCoreError, ClientError) as error:
            raise MigrationError(f"{table} cannot be exported: {' '.join(str(error).split())}") from None
        return _job(told["ExportDescription"], table)

    def look(self, arn: str) -> ExportJob:
        try:
            told = self._dynamodb.describe_export(ExportArn=arn)["ExportDescription"]
        except (BotoCoreError, ClientError) as error:
            raise MigrationError(f"the export {arn} cannot be looked at: {' '.join(str(error).split())}") from None
        return _job(told, told.get("TableArn", arn))


def _job(told: Mapping[str, Any], table: str) -> ExportJob:
    if told["ExportStatus"] == FAILED:
        why = f"{told.get('FailureCode')}: {told.get('FailureMessage')}"
        raise MigrationError(f"the export of {table} failed: {why}. Start again with: export --again")
    manifest = told.get("ExportManifest") or ""
    done = told["ExportStatus"] == DONE
    return ExportJob(
        arn=told["ExportArn"], done=done, prefix=manifest.removesuffix(MANIFEST), items=int(told.get("ItemCount") or 0)
    )

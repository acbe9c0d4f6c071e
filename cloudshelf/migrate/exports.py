"""export: the source's tables to S3, at a point in time; the migration begins with it."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cloudshelf.migrate.context import Tools
from cloudshelf.migrate.interfaces import ENTITIES, IN_TABLE, ExportJob, MigrationError, Refused
from cloudshelf.migrate.journal import FINISHED, State


def export(tools: Tools, *, again: bool = False) -> State:
    """Exports every table, and begins the migration with the exports. Goes on with exports that run already.

    `again` begins anew, with exports of now.
    """
    state = tools.journal.read()
    if again and state.weight == 0:
        state = tools.journal.note(state, jobs=None, export_token=None, export_t0=None, execution=None)
    elif state.begun:
        tools.told.say(f"The exports of {state.t0} are there; `load` takes them.")
        return state
    if state.step == FINISHED:
        raise Refused(f"The migration from {state.source} to {state.target} is finished.")
    jobs = dict(state.details.get("jobs") or {})
    token, t0 = state.details.get("export_token") or uuid.uuid4().hex, state.details.get("export_t0") or _now()
    if not state.details.get("export_token"):
        state = tools.journal.note(state, export_token=token, export_t0=t0)
    tables = tools.exports.tables()
    for entity, table in tables.items():
        if entity not in jobs:
            jobs[entity] = tools.exports.start(entity, table, f"{token[:24]}-{entity}").arn
            state = tools.journal.note(state, jobs=jobs)
    done = _followed(tools, {entity: jobs[entity] for entity in tables})
    prefixes = {entity: job.prefix for entity, job in done.items()}
    begin = {"source": tools.source, "target": tools.target, "exports": prefixes, "t0": t0}
    tools.steps.invoke("begin", begin)
    counts = ", ".join(f"{job.items:,} {IN_TABLE.get(entity, entity)}" for entity, job in done.items())
    tools.told.say(f"Exported: {counts}" if counts else f"Nothing to export: {tools.source} is read where it is")
    return tools.journal.read()


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _followed(tools: Tools, jobs: dict[str, str]) -> dict[str, ExportJob]:
    with tools.told.bar("export", len(jobs)) as bar:
        while True:
            found = {entity: tools.exports.look(arn) for entity, arn in jobs.items()}
            bar.reach(sum(job.done for job in found.values()), len(jobs))
            if all(job.done for job in found.values()):
                return found
            tools.pause(tools.poll_s)


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

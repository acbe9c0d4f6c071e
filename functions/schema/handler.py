"""Lambda entry point of the schema: called at deploy time as the master user, by a hash of the files.

Event: `credential`, a JSON text of `username` and `password` as RDS keeps it in Secrets Manager, or
`credential_parameter`, the name of a SecureString that holds one; and `digest`, which only makes a call for another
schema another call. Reply: `{"applied": [...], "already": [...]}`. The event is never logged.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from shared.observability import logger
from shared.postgres import Login, Session
from shared.postgres_login import own_ca_file

from schema import runner
from schema.files import migrations

# Where the files are in the artefact.
FOLDER = Path(__file__).parent / "postgres"
# An index on a large table takes its time. A change that waits for a table makes everybody else wait behind it.
# The master user connects to the instance, never through a proxy.
SETTINGS = (("statement_timeout", "0"), ("lock_timeout", "30000"))
REPLY_S = 280.0


class Credential(msgspec.Struct, frozen=True):
    """Who signs in as the master user."""

    username: str
    password: str


def lambda_handler(event: Mapping[str, Any], _: Any) -> dict[str, Any]:
    """SchemaError when the files and the database do not fit together; whatever PostgreSQL refuses is an error too."""
    files = migrations(Path(os.environ.get("SCHEMA_PATH") or FOLDER))
    session = Session(_login(event))
    try:
        outcome = runner.apply(session, files)
    finally:
        session.close()
    logger().info("schema", applied=list(outcome.applied), already=len(outcome.already))
    return {"applied": list(outcome.applied), "already": list(outcome.already)}


def _login(event: Mapping[str, Any]) -> Login:
    read = os.environ
    credential = msgspec.json.decode(_credential(event), type=Credential)
    return Login(
        host=read["DATABASE_HOST"],
        port=int(read["DATABASE_PORT"]),
        database=read["DATABASE_NAME"],
        user=credential.username,
        password=lambda: credential.password,
        ca_file=own_ca_file(),
        settings=SETTINGS,
        reply_s=REPLY_S,
    )


def _credential(event: Mapping[str, Any]) -> str:
    if "credential" in event:
        return str(event["credential"])
    import boto3

    reply = boto3.client("ssm").get_parameter(Name=event["credential_parameter"], WithDecryption=True)
    return str(reply["Parameter"]["Value"])

"""The tools of a migration: between two stacks on AWS, or between two on this machine."""

import time
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from cloudshelf.migrate.endpoints import Endpoints
from cloudshelf.migrate.engine import LambdaSteps, function_name
from cloudshelf.migrate.patience import Patient
from cloudshelf.migrate.ports import MigrationError, Steps
from cloudshelf.migrate.progress import Told
from cloudshelf.migrate.routers import EdgeRouter, LocalRouter, store_name
from cloudshelf.migrate.state_machine import StateMachine, machine_name
from cloudshelf.migrate.table_exports import DATABASE, TableExports, tables_of
from cloudshelf.migrate.tools import Tools

# A step may take all of a function's time, and its answer comes at the end.
LONG = Config(connect_timeout=5, read_timeout=920, retries={"mode": "standard", "max_attempts": 2})
AWS_WORKERS, AWS_POLL_S = 8, 5.0
# The local cloud runs four at a time of a function, and streams want one of them, too.
LOCAL_WORKERS, LOCAL_SLICES, LOCAL_POLL_S = 2, 2, 0.2


def local_tools(at: Endpoints, told: Told) -> Tools:
    session = boto3.Session(
        at.credentials["AWS_ACCESS_KEY_ID"],
        at.credentials["AWS_SECRET_ACCESS_KEY"],
        at.credentials["AWS_SESSION_TOKEN"],
        region_name=at.region,
    )
    settings = LONG.merge(Config(account_id_endpoint_mode="disabled"))
    lambda_ = session.client("lambda", endpoint_url=at.services, config=settings)
    dynamodb = session.client("dynamodb", endpoint_url=at.aws, config=settings)
    return Tools(
        source=at.source,
        target=at.target,
        steps=_patient(lambda_, at.function),
        router=LocalRouter(at.url),
        exports=TableExports(dynamodb, at.variables["EXPORT_BUCKET_NAME"], tables_of(at.variables)),
        told=told,
        streams=DATABASE not in at.variables,
        workers=LOCAL_WORKERS,
        slices=LOCAL_SLICES,
        poll_s=LOCAL_POLL_S,
    )


def aws_tools(source: str, target: str, region: str | None, told: Told) -> Tools:
    """MigrationError where the account does not have what the migration needs."""
    try:
        session = boto3.Session(region_name=region)
        function = function_name(target)
        lambda_ = session.client("lambda", config=LONG)
        found = lambda_.get_function_configuration(FunctionName=function)
        variables = found["Environment"]["Variables"]
        states = found["FunctionArn"].partition(":function:")[0].replace(":lambda:", ":states:")
        machine = f"{states}:stateMachine:{machine_name(target)}"
        cloudfront, values = session.client("cloudfront"), session.client("cloudfront-keyvaluestore")
        return Tools(
            source=source,
            target=target,
            steps=_patient(lambda_, function),
            router=EdgeRouter(cloudfront, values, store_name(source)),
            exports=_exports(session, variables),
            told=told,
            # A database is read by the function itself.
            machine=None if DATABASE in variables else StateMachine(session.client("stepfunctions"), machine),
            streams=DATABASE not in variables,
            workers=AWS_WORKERS,
            slices=AWS_WORKERS * 4,
            poll_s=AWS_POLL_S,
        )
    except (BotoCoreError, ClientError) as error:
        raise MigrationError(
            f"{target} has no migration to work with: {' '.join(str(error).split())}. "
            f"Deploy it with cloudshelf:migrateFrom {source}; or is it --local?"
        ) from None


def _patient(client: Any, function: str) -> Steps:
    return Patient(LambdaSteps(client, function), time.sleep)


def _exports(session: Any, variables: dict[str, str]) -> TableExports:
    """Into the bucket under the key it is set to encrypt with."""
    bucket = variables["EXPORT_BUCKET_NAME"]
    encryption = session.client("s3").get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]
    default = encryption["Rules"][0]["ApplyServerSideEncryptionByDefault"]
    return TableExports(session.client("dynamodb"), bucket, tables_of(variables), default.get("KMSMasterKeyID", ""))

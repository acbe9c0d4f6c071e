"""Where a pair of stacks on this machine is, for a command in another terminal."""

import json
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import boto3
import requests
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, MissingDependencyException

from cloudshelf.migrate.context import Patient, Tools
from cloudshelf.migrate.engine import LambdaSteps, function_name
from cloudshelf.migrate.exports import DATABASE, TableExports, tables_of
from cloudshelf.migrate.interfaces import MigrationError, Pause, Steps
from cloudshelf.migrate.loading import StateMachine, machine_name
from cloudshelf.migrate.progress import Told

FILE = "endpoints.json"


@dataclass(frozen=True, kw_only=True)
class Endpoints:
    """`url` is the shop as shoppers know it, `source_url` the same, `target_url` the new one by itself.

    `services` answers for Lambda, `aws` for DynamoDB and S3. `variables` are the migration function's.
    """

    source: str
    target: str
    url: str
    target_url: str
    region: str
    services: str
    aws: str
    function: str
    variables: Mapping[str, str]
    credentials: Mapping[str, str] = field(repr=False)

    def write(self, folder: Path) -> Path:
        """Readable by its owner only."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / FILE
        path.unlink(missing_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(asdict(self), file, indent=2)
        return path

    @classmethod
    def read(cls, folder: Path) -> "Endpoints":
        try:
            return cls(**json.loads((folder / FILE).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            raise MigrationError(
                f"no pair of stacks runs on this machine by {folder / FILE}. Start one in another terminal: "
                "cloudshelf migrate local"
            ) from None


def folder_of(root: Path, source: str, target: str) -> Path:
    return root / ".local" / f"migrate-{source}-{target}"


# API Gateway gives an answer up after 29 s; a change is at every edge within a few seconds of being accepted.
LONGEST_REQUEST_S, SPREAD_S = 30.0, 15.0
TRIES = 5
REQUEST_S = 90.0
NO_CRT = (
    "CloudFront's KeyValueStore takes signatures that only awscrt makes. Install it beside the command: "
    ".venv/bin/uv sync --frozen --inexact --extra move"
)

Result = TypeVar("Result")


def store_name(stack: str) -> str:
    return f"cloudshelf-{stack}-router"


class EdgeRouter:
    """`cloudfront` finds the store by name, `values` is a client of `cloudfront-keyvaluestore`."""

    def __init__(self, cloudfront: Any, values: Any, name: str, pause: Pause = time.sleep) -> None:
        self._cloudfront, self._values, self._name, self._pause = cloudfront, values, name, pause
        self._arn = ""

    def read(self) -> dict[str, str]:
        return _asked(self._read)

    def put(self, values: Mapping[str, str]) -> None:
        _asked(lambda: self._put(values))

    def spread(self) -> None:
        self._pause(SPREAD_S)

    def settle(self) -> None:
        self.spread()
        self._pause(LONGEST_REQUEST_S)

    def _read(self) -> dict[str, str]:
        pages = self._values.get_paginator("list_keys").paginate(KvsARN=self._found())
        return {item["Key"]: item["Value"] for page in pages for item in page["Items"]}

    def _put(self, values: Mapping[str, str]) -> None:
        arn = self._found()
        puts = [{"Key": key, "Value": value} for key, value in values.items()]
        for attempt in range(TRIES):
            version = self._values.describe_key_value_store(KvsARN=arn)["ETag"]
            try:
                self._values.update_keys(KvsARN=arn, IfMatch=version, Puts=puts)
            except self._values.exceptions.ConflictException:
                if attempt == TRIES - 1:
                    raise
            else:
                return

    def _found(self) -> str:
        if not self._arn:
            self._arn = self._cloudfront.describe_key_value_store(Name=self._name)["KeyValueStore"]["ARN"]
        return self._arn


def _asked(ask: Callable[[], Result]) -> Result:
    try:
        return ask()
    except MissingDependencyException:
        raise MigrationError(NO_CRT) from None
    except (BotoCoreError, ClientError) as error:
        raise MigrationError(f"the router's values cannot be reached: {' '.join(str(error).split())}") from None


class LocalRouter:
    """The router of a shop on this machine, at `url`."""

    def __init__(self, url: str) -> None:
        self._url = f"{url.rstrip('/')}/_local/router"
        self._session = requests.Session()
        self._session.trust_env = False  # a proxy cannot reach this machine

    def read(self) -> dict[str, str]:
        return dict(self._ask("GET", "values")["values"])

    def put(self, values: Mapping[str, str]) -> None:
        self._ask("PUT", "values", dict(values))

    def spread(self) -> None:
        """What is put here is read by the next request."""

    def settle(self) -> None:
        if not self._ask("POST", "settle")["settled"]:
            raise MigrationError("requests of before are still under way after a minute; try again")

    def _ask(self, method: str, what: str, body: object = None) -> Any:
        try:
            answer = self._session.request(method, f"{self._url}/{what}", json=body, timeout=REQUEST_S)
            answer.raise_for_status()
            return answer.json()
        except (requests.RequestException, ValueError) as error:
            raise MigrationError(f"the router at {self._url} does not answer: {error}") from None


# A step may take all of a function's time, and its answer comes at the end. A NAT gateway, as before an operator's own
# machine in a VPC, drops a connection that is silent for 350 seconds, and tells nobody:
# https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
LONG = Config(connect_timeout=5, read_timeout=920, tcp_keepalive=True, retries={"mode": "standard", "max_attempts": 2})
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

"""The values the router at the edge reads: in CloudFront's KeyValueStore, and in the local cloud's place of it."""

import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import requests
from botocore.exceptions import BotoCoreError, ClientError, MissingDependencyException

from cloudshelf.migrate.ports import MigrationError, Pause

# API Gateway gives an answer up after 29 s; a change is at every edge within a few seconds of being accepted.
LONGEST_REQUEST_S, SPREAD_S = 30.0, 15.0
TRIES = 5
REQUEST_S = 90.0
NO_CRT = (
    "CloudFront's KeyValueStore takes signatures that only awscrt makes. Install it beside the command: "
    ".venv/bin/pip install -c constraints.txt awscrt"
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

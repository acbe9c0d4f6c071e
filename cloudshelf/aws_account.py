"""The AWS account an operator's command asks, as boto3 finds its credentials."""

from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

# What a call can end with that is no answer.
NO_ANSWER = (BotoCoreError, ClientError, ResponseParserError)
PATIENCE = Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "max_attempts": 3})


class AwsAccount:
    """Clients by service, made once for each region. `endpoint_url` is asked in place of AWS."""

    def __init__(self, region: str, endpoint_url: str | None = None) -> None:
        self.region = region
        self._endpoint_url = endpoint_url
        self._session: Any = boto3.Session(region_name=region)
        self._clients: dict[tuple[str, str], Any] = {}

    def client(self, service: str, region: str | None = None) -> Any:
        where = region or self.region
        if (service, where) not in self._clients:
            made = self._session.client(service, region_name=where, endpoint_url=self._endpoint_url, config=PATIENCE)
            self._clients[service, where] = made
        return self._clients[service, where]


def is_missing(error: BaseException) -> bool:
    """Whether a call ended because the thing asked for is not there."""
    code = str(error.response["Error"]["Code"]) if isinstance(error, ClientError) else ""
    return "NotFound" in code or "NoSuch" in code


def told(error: BaseException) -> str:
    """One line."""
    return " ".join(str(error).split())[:300]

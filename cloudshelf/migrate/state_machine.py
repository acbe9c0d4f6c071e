"""The state machine that loads export files on AWS."""

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cloudshelf.migrate.ports import MigrationError

RUNNING, SUCCEEDED = "RUNNING", "SUCCEEDED"


def machine_name(stack: str) -> str:
    return f"cloudshelf-{stack}-load"


class StateMachine:
    """`client` is one of `stepfunctions`. An execution is known by its name, for ninety days."""

    def __init__(self, client: Any, arn: str) -> None:
        self._client, self._arn = client, arn

    def start(self, exports: Mapping[str, str], name: str) -> str:
        known = f"{self._arn.replace(':stateMachine:', ':execution:')}:{name}"
        try:
            self._client.describe_execution(executionArn=known)
        except self._client.exceptions.ExecutionDoesNotExist:
            return self._begin(exports, name)
        except (BotoCoreError, ClientError) as error:
            raise self._failed(error) from None
        return known

    def is_done(self, execution: str) -> bool:
        try:
            told = self._client.describe_execution(executionArn=execution)
        except (BotoCoreError, ClientError) as error:
            raise self._failed(error) from None
        if told["status"] in (RUNNING, SUCCEEDED):
            return bool(told["status"] == SUCCEEDED)
        why = f"{told.get('error', '')} {told.get('cause', '')}".strip()
        raise MigrationError(f"the load {execution} ended as {told['status']}: {why}. Start anew with: load --again")

    def _begin(self, exports: Mapping[str, str], name: str) -> str:
        try:
            begun = self._client.start_execution(
                stateMachineArn=self._arn, name=name, input=json.dumps({"exports": dict(exports)})
            )
        except (BotoCoreError, ClientError) as error:
            raise self._failed(error) from None
        return str(begun["executionArn"])

    def _failed(self, error: Exception) -> MigrationError:
        return MigrationError(f"{self._arn} cannot be asked: {' '.join(str(error).split())}")

"""The migration function of the target, asked through Lambda."""

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cloudshelf.migrate.interfaces import Answer, Conflict, MigrationError, Refused, StepFailed

# What another call may mend.
PASSING = frozenset(
    {"TooManyRequestsException", "ServiceException", "EC2ThrottledException", "ENILimitReachedException"}
)


def function_name(stack: str) -> str:
    return f"cloudshelf-{stack}-migration"


class LambdaSteps:
    """`client` must wait for as long as a function may run."""

    def __init__(self, client: Any, name: str) -> None:
        self._client, self._name = client, name

    def invoke(self, step: str, event: Mapping[str, Any]) -> Answer:
        try:
            reply = self._client.invoke(FunctionName=self._name, Payload=json.dumps({**event, "step": step}).encode())
        except ClientError as error:
            code = error.response["Error"]["Code"]
            kind = StepFailed if code in PASSING else MigrationError
            raise kind(f"{self._name} cannot be asked: {code}: {error.response['Error'].get('Message', '')}") from None
        except BotoCoreError as error:
            raise StepFailed(f"{self._name} cannot be asked: {' '.join(str(error).split())}") from None
        answer = json.loads(reply["Payload"].read() or b"{}")
        if "FunctionError" in reply:
            what = f"{answer.get('errorType', reply['FunctionError'])}: {answer.get('errorMessage', '')}"
            raise StepFailed(f"step {step} failed in {self._name}, whose log says more: {what}")
        if "refused" in answer:
            raise (Conflict if answer.get("code") == "conflict" else Refused)(str(answer["refused"]))
        return dict(answer)

"""The rollout: the master user's secret goes from Secrets Manager to the schema's function, and nowhere else."""

import io
import json
from typing import Any

import boto3
import pytest
from rollout.handler import REPLY_S, RolloutError, lambda_handler

SECRET = json.dumps({"username": "shelfmaster", "password": "kept by RDS"})
EVENT = {"secret_arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:rds!db-1", "digest": "d1"}


class Aws:
    """Secrets Manager with one secret, and Lambda with the schema's function, which answers `reply`."""

    def __init__(self, reply: dict[str, Any], **more: str) -> None:
        self.reply, self.more, self.called, self.config = reply, more, [], None  # type: ignore[var-annotated]

    def client(self, service: str, config: Any = None) -> "Aws":
        assert service in ("secretsmanager", "lambda")
        self.config = config or self.config
        return self

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803 - boto3's name
        assert SecretId == EVENT["secret_arn"]
        return {"SecretString": SECRET}

    def invoke(self, FunctionName: str, Payload: str) -> dict[str, Any]:  # noqa: N803 - boto3's names
        self.called.append((FunctionName, json.loads(Payload)))
        return {"Payload": io.BytesIO(json.dumps(self.reply).encode()), **self.more}


@pytest.fixture
def schema(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHEMA_FUNCTION_NAME", "shop-schema")


@pytest.mark.usefixtures("schema")
def test_the_schemas_function_is_called_once_with_the_secret_and_its_answer_passed_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    aws = Aws({"applied": ["0006_timeouts"], "already": 5})
    monkeypatch.setattr(boto3, "client", aws.client)
    assert lambda_handler(EVENT, None) == {"applied": ["0006_timeouts"], "already": 5}
    assert aws.called == [("shop-schema", {"credential": SECRET, "digest": "d1"})]
    assert aws.config.retries == {"total_max_attempts": 1}
    assert aws.config.read_timeout == REPLY_S
    assert "kept by RDS" not in capsys.readouterr().out


@pytest.mark.usefixtures("schema")
def test_a_schema_that_was_not_applied_fails_the_deployment_with_its_own_words(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = Aws({"errorMessage": "0006_timeouts.sql: was edited after it was applied"}, FunctionError="Unhandled")
    monkeypatch.setattr(boto3, "client", aws.client)
    with pytest.raises(RolloutError, match="was edited after it was applied"):
        lambda_handler(EVENT, None)

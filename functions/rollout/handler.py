"""Lambda entry point of the rollout: called at deploy time, outside the VPC.

It reads the master user's secret, which RDS changes every week, and hands it to the schema's function, which is inside
the VPC and could not. So neither the program nor its state ever has the secret.

Event: `secret_arn`, and `digest`, which only makes a call for another schema another call. Reply: the schema's.
"""

import json
import os
from collections.abc import Mapping
from typing import Any

from shared.observability import logger

# Longer than the schema's function may take.
REPLY_S = 610


class RolloutError(Exception):
    """The schema was not applied; the text is the function's own."""


def lambda_handler(event: Mapping[str, Any], _: Any) -> dict[str, Any]:
    import boto3
    from botocore.config import Config

    secret = boto3.client("secretsmanager").get_secret_value(SecretId=event["secret_arn"])["SecretString"]
    # The call is not repeated: while it runs, another would wait for it.
    patience = Config(read_timeout=REPLY_S, retries={"total_max_attempts": 1}, tcp_keepalive=True)
    reply = boto3.client("lambda", config=patience).invoke(
        FunctionName=os.environ["SCHEMA_FUNCTION_NAME"],
        Payload=json.dumps({"credential": secret, "digest": event["digest"]}),
    )
    answer: dict[str, Any] = json.loads(reply["Payload"].read())
    if "FunctionError" in reply:
        raise RolloutError(str(answer.get("errorMessage", answer)))
    logger().info("rollout", applied=answer["applied"])
    return answer

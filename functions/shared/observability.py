"""Logs and metrics as JSON lines. Ids, codes and counts only: no bodies, tokens, names or e-mail addresses."""

import json
import os
import time
from functools import cache

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

NAMESPACE = "CloudShelf"

_invocations = 0


@cache
def logger() -> Logger:
    """The function's logger; its service is POWERTOOLS_SERVICE_NAME."""
    return Logger()


def invoked(context: LambdaContext, request_id: str) -> None:
    """Begins a request: what is logged from now on tells which one it is, and by whom it is answered."""
    global _invocations
    _invocations += 1
    logger().append_keys(
        cold_start=_invocations == 1,
        function_name=context.function_name,
        function_memory_size=context.memory_limit_in_mb,
        function_arn=context.invoked_function_arn,
        function_request_id=context.aws_request_id,
        correlation_id=request_id,
    )


def count(name: str) -> None:
    """One more of something, as a CloudWatch metric of this function.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    """
    dimensions = {
        "FunctionName": os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "none"),
        "service": os.environ["POWERTOOLS_SERVICE_NAME"],
    }
    metric = {"Namespace": NAMESPACE, "Dimensions": [list(dimensions)], "Metrics": [{"Name": name, "Unit": "Count"}]}
    about = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [metric]}
    print(json.dumps({"_aws": about, **dimensions, name: [1.0]}, separators=(",", ":")))

"""Logs and metrics as JSON lines. Ids, codes and counts only: no bodies, tokens, names or e-mail addresses."""

import os
from functools import cache

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit, single_metric

NAMESPACE = "CloudShelf"


@cache
def logger() -> Logger:
    """The function's logger; its service is POWERTOOLS_SERVICE_NAME."""
    return Logger()


def count(name: str) -> None:
    """One more of something, as a CloudWatch metric of this function in embedded metric format."""
    of = {"FunctionName": os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "none")}
    with single_metric(name=name, unit=MetricUnit.Count, value=1, namespace=NAMESPACE, default_dimensions=of):
        pass

"""What is counted in the API's access log: answers that API Gateway has no metric of its own for."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

NAMESPACE, OF_API = "CloudShelf", "ApiId"
SERVER_ERRORS, AUTHORIZER_FAILURES = "ServerErrors", "AuthorizerFailures"
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
PATTERNS: Mapping[str, str] = {
    # 501 says what this phase has not got: nothing is broken.
    SERVER_ERRORS: '{ ($.status = "5*") && ($.status != "501") }',
    # A function that says "no" raises, and Lambda counts that as an error; API Gateway tells it from one that fails.
    AUTHORIZER_FAILURES: '{ $.responseType = "AUTHORIZER_*" }',
}


@dataclass(frozen=True, kw_only=True)
class ApiCountsArgs:
    """`counted` are names of PATTERNS."""

    api_name: str
    log_group_name: pulumi.Input[str]
    counted: tuple[str, ...]


class ApiCounts(pulumi.ComponentResource):
    """A metric for each of what is counted. There is data only where something was counted."""

    def __init__(self, name: str, args: ApiCountsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:edge:ApiCounts", name, None, opts)
        for metric in args.counted:
            aws.cloudwatch.LogMetricFilter(
                f"{name}-{metric}",
                name=f"{args.api_name}-{metric}",
                log_group_name=args.log_group_name,
                pattern=PATTERNS[metric],
                metric_transformation={
                    "namespace": NAMESPACE,
                    "name": metric,
                    "value": "1",
                    "unit": "Count",
                    "dimensions": {OF_API: "$.apiId"},
                },
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})

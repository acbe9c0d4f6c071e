"""Where API Gateway logs: a line for each request, what is counted of them, and its own errors."""

import json
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.api_counts import ApiCounts, ApiCountsArgs

# No query strings, headers or bodies: they hold what people search for, tokens and addresses. Cognito's authorizer
# names the caller among its claims, a function as principal.
ACCESS_LOG = {
    "apiId": "$context.apiId",
    "requestId": "$context.requestId",
    "ip": "$context.identity.sourceIp",
    "method": "$context.httpMethod",
    "resource": "$context.resourcePath",
    "status": "$context.status",
    "responseType": "$context.error.responseType",
    "latencyMs": "$context.responseLatency",
    "bytes": "$context.responseLength",
    "user": "$context.authorizer.claims.sub",
    "principal": "$context.authorizer.principalId",
    "time": "$context.requestTimeEpoch",
}


@dataclass(frozen=True, kw_only=True)
class ApiLogsArgs:
    """The stage need not exist yet: it is to be made after its logs. `key_arn` None leaves AWS's own key.

    `counted` are names of `api_counts.PATTERNS`.
    """

    api_name: str
    rest_api_id: pulumi.Input[str]
    stage_name: str
    retention_days: int
    key_arn: pulumi.Input[str] | None
    counted: tuple[str, ...]


class ApiLogs(pulumi.ComponentResource):
    """`access_log_settings` is what the stage is told."""

    access_log_settings: aws.apigateway.StageAccessLogSettingsArgsDict

    def __init__(self, name: str, args: ApiLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:edge:ApiLogs", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        access = aws.cloudwatch.LogGroup(
            f"{name}-access",
            name=f"/aws/apigateway/{args.api_name}",
            retention_in_days=args.retention_days,
            kms_key_id=args.key_arn,
            opts=child,
        )
        ApiCounts(
            f"{name}-counts",
            ApiCountsArgs(api_name=args.api_name, log_group_name=access.name, counted=args.counted),
            child,
        )
        # API Gateway writes its errors to a group of this name, and would make one that keeps them for ever.
        aws.cloudwatch.LogGroup(
            f"{name}-errors",
            name=pulumi.Output.concat("API-Gateway-Execution-Logs_", args.rest_api_id, "/", args.stage_name),
            retention_in_days=args.retention_days,
            kms_key_id=args.key_arn,
            opts=child,
        )
        self.access_log_settings = {"destination_arn": access.arn, "format": json.dumps(ACCESS_LOG)}
        self.register_outputs({})

"""The REST API, made from the contract, with one stage."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import contract
from components.api_body import api_body
from components.api_gateway_account import ApiGatewayAccount
from components.api_logs import ApiLogs, ApiLogsArgs
from components.service_function import ServiceFunction


@dataclass(frozen=True, kw_only=True)
class RestApiArgs:
    """`services` are the functions by the contract's service names.

    API Gateway refuses a stage with `logs` while its account has no role to write them with: `log_role` is that role
    where the stack sets it, None where the account has one.
    """

    api_name: str
    region: str
    services: Mapping[str, ServiceFunction]
    user_pool_arn: pulumi.Input[str]
    throttle_rate: int
    throttle_burst: int
    log_retention_days: int
    logs: bool
    log_role: ApiGatewayAccount | None

    def __post_init__(self) -> None:
        if missing := set(contract.services()) - set(self.services):
            raise ValueError(f"the contract has operations of {', '.join(sorted(missing))}, and no such function")


class RestApi(pulumi.ComponentResource):
    """`domain_name` is where CloudFront finds the API, the stage's name being the first part of the path."""

    domain_name: pulumi.Output[str]
    stage_path: str
    api_name: str

    def __init__(self, name: str, args: RestApiArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:edge:RestApi", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.api_name, (self.stage_path, _) = args.api_name, contract.base()
        body = _body(args)
        api = aws.apigateway.RestApi(
            f"{name}-api",
            name=args.api_name,
            description="CloudShelf",
            body=body,
            endpoint_configuration={"types": "REGIONAL"},
            opts=child,
        )
        deployment = aws.apigateway.Deployment(
            f"{name}-deployment",
            rest_api=api.id,
            # A stage serves a snapshot: without a new deployment a change of the body never goes live.
            triggers={"body": body.apply(lambda text: hashlib.sha256(text.encode()).hexdigest())},
            opts=child,
        )
        stage = self._stage(name, args, api, deployment)
        _throttle(name, args, api, stage, child)
        for service, function in args.services.items():
            aws.lambda_.Permission(
                f"{name}-invokes-{service}",
                function=function.function_name,
                action="lambda:InvokeFunction",
                principal="apigateway.amazonaws.com",
                source_arn=pulumi.Output.concat(api.execution_arn, "/", stage.stage_name, "/*"),
                opts=child,
            )
        self.domain_name = pulumi.Output.concat(api.id, f".execute-api.{args.region}.amazonaws.com")
        self.register_outputs({"domain_name": self.domain_name})

    def _stage(
        self, name: str, args: RestApiArgs, api: aws.apigateway.RestApi, deployment: aws.apigateway.Deployment
    ) -> aws.apigateway.Stage:
        logs = self._logs(name, args, api) if args.logs else None
        return aws.apigateway.Stage(
            f"{name}-stage",
            rest_api=api.id,
            deployment=deployment.id,
            stage_name=self.stage_path,
            access_log_settings=logs.access_log_settings if logs else None,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[each for each in (logs, args.log_role) if each]),
        )

    def _logs(self, name: str, args: RestApiArgs, api: aws.apigateway.RestApi) -> ApiLogs:
        return ApiLogs(
            f"{name}-logs",
            ApiLogsArgs(
                api_name=args.api_name,
                rest_api_id=api.id,
                stage_name=self.stage_path,
                retention_days=args.log_retention_days,
            ),
            pulumi.ResourceOptions(parent=self),
        )


def _body(args: RestApiArgs) -> pulumi.Output[str]:
    services = list(args.services)
    arns = pulumi.Output.all(args.user_pool_arn, *[args.services[service].invoke_arn for service in services])

    def rendered(values: list[str]) -> str:
        pool, *invoke_arns = values
        return json.dumps(api_body(args.api_name, dict(zip(services, invoke_arns, strict=True)), [pool]))

    return arns.apply(rendered)


def _throttle(
    name: str,
    args: RestApiArgs,
    api: aws.apigateway.RestApi,
    stage: aws.apigateway.Stage,
    opts: pulumi.ResourceOptions,
) -> None:
    aws.apigateway.MethodSettings(
        f"{name}-settings",
        rest_api=api.id,
        stage_name=stage.stage_name,
        method_path="*/*",
        settings={
            "metrics_enabled": True,
            "logging_level": "ERROR" if args.logs else "OFF",
            # Bodies and tokens would be in the trace.
            "data_trace_enabled": False,
            "throttling_rate_limit": args.throttle_rate,
            "throttling_burst_limit": args.throttle_burst,
        },
        opts=opts,
    )

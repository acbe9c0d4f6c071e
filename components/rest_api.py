"""The REST API, made from the contract, with one stage."""

import hashlib
import json
from collections.abc import Mapping, Set
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components import contract
from components.api_body import api_body
from components.api_counts import AUTHORIZER_FAILURES, SERVER_ERRORS
from components.api_gateway_account import ApiGatewayAccount
from components.api_keys import ApiKeys, ApiKeysArgs
from components.api_stage import ApiStage, ApiStageArgs
from components.service_function import ServiceFunction


@dataclass(frozen=True, kw_only=True)
class KeySettings:
    """Partners by name, each with a key of their own and so many requests a month."""

    partners: tuple[str, ...]
    partner_requests_per_month: int


@dataclass(frozen=True, kw_only=True)
class RestApiArgs:
    """`services` are the functions by the contract's service names, for the operations the capabilities allow.

    `authorizer` checks tokens in place of Cognito's own. `keys` asks an API key of every call. API Gateway refuses a
    stage with `logs` while its account has no role to write them with: `set_log_role` sets it first. `cache_gb` empty
    is no cache. `canary_percent` of requests go to the newest deployment, the others to the one before; at 0 all do.
    """

    api_name: str
    region: str
    services: Mapping[str, ServiceFunction]
    capabilities: Set[str] = field(default_factory=frozenset)
    user_pool_arn: pulumi.Input[str]
    authorizer: ServiceFunction | None = None
    keys: KeySettings | None = None
    throttle_rate: int
    throttle_burst: int
    log_retention_days: int
    log_key_arn: pulumi.Input[str] | None = None
    logs: bool
    set_log_role: bool
    traced: bool = False
    cache_gb: str = ""
    canary_percent: int = 0

    def __post_init__(self) -> None:
        if missing := set(contract.services(self.capabilities)) - set(self.services):
            raise ValueError(f"the contract has operations of {', '.join(sorted(missing))}, and no such function")


class RestApi(pulumi.ComponentResource):
    """`domain_name` is where CloudFront finds the API, the stage's name being the first part of the path.

    `counted` is what of its access log is, by `api_counts`: nothing without a log. `storefront_key` is what CloudFront
    sends as x-api-key, None where no key is asked for.
    """

    domain_name: pulumi.Output[str]
    url: pulumi.Output[str]
    stage_path: str
    stage_arn: pulumi.Output[str]
    api_name: str
    api_id: pulumi.Output[str]
    counted: tuple[str, ...]
    storefront_key: pulumi.Output[str] | None

    def __init__(self, name: str, args: RestApiArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:edge:RestApi", name, None, opts)
        self._child = pulumi.ResourceOptions(parent=self)
        self.api_name, (self.stage_path, _) = args.api_name, contract.base()
        self.counted = _counted(args)
        body = _body(args)
        api = aws.apigateway.RestApi(
            f"{name}-api",
            name=args.api_name,
            description="CloudShelf",
            body=body,
            endpoint_configuration={"types": "REGIONAL"},
            opts=self._child,
        )
        stage = self._stage(name, args, api, self._deployment(name, args, api, body))
        self._permissions(name, args, api, stage)
        self.storefront_key = self._keys(args, api, stage, args.keys) if args.keys else None
        self.api_id = api.id
        self.domain_name = pulumi.Output.concat(api.id, f".execute-api.{args.region}.amazonaws.com")
        self.url = pulumi.Output.concat("https://", self.domain_name, contract.load()["servers"][0]["url"])
        self.stage_arn = stage.arn
        self.register_outputs({"domain_name": self.domain_name})

    def _deployment(
        self, name: str, args: RestApiArgs, api: aws.apigateway.RestApi, body: pulumi.Output[str]
    ) -> aws.apigateway.Deployment:
        return aws.apigateway.Deployment(
            f"{name}-deployment",
            rest_api=api.id,
            # A stage serves a snapshot: without a new deployment a change of the body never goes live.
            triggers={"body": body.apply(lambda text: hashlib.sha256(text.encode()).hexdigest())},
            # A canary's stage still serves the deployment before.
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True if args.canary_percent else None),
        )

    def _stage(
        self, name: str, args: RestApiArgs, api: aws.apigateway.RestApi, deployment: aws.apigateway.Deployment
    ) -> ApiStage:
        role = ApiGatewayAccount("api-gateway", self._child) if args.set_log_role else None
        return ApiStage(
            name,
            ApiStageArgs(
                api_name=args.api_name,
                rest_api_id=api.id,
                deployment_id=deployment.id,
                stage_name=self.stage_path,
                throttle_rate=args.throttle_rate,
                throttle_burst=args.throttle_burst,
                log_retention_days=args.log_retention_days,
                log_key_arn=args.log_key_arn,
                logs=args.logs,
                counted=self.counted,
                log_role=role,
                traced=args.traced,
                cached=contract.operations(args.capabilities) if args.cache_gb else (),
                cache_gb=args.cache_gb,
                canary_percent=args.canary_percent,
            ),
            self._child,
        )

    def _permissions(self, name: str, args: RestApiArgs, api: aws.apigateway.RestApi, stage: ApiStage) -> None:
        for service, function in args.services.items():
            _permission(f"{name}-invokes-{service}", function, [api.execution_arn, "/", stage.name, "/*"], self._child)
        if args.authorizer:
            _permission(f"{name}-asks-authorizer", args.authorizer, [api.execution_arn, "/authorizers/*"], self._child)

    def _keys(
        self, args: RestApiArgs, api: aws.apigateway.RestApi, stage: ApiStage, keys: KeySettings
    ) -> pulumi.Output[str]:
        made = ApiKeys(
            "keys",
            ApiKeysArgs(
                prefix=args.api_name,
                rest_api_id=api.id,
                stage_name=stage.name,
                rate=args.throttle_rate,
                burst=args.throttle_burst,
                partners=keys.partners,
                partner_requests_per_month=keys.partner_requests_per_month,
            ),
            self._child,
        )
        return made.storefront


def _counted(args: RestApiArgs) -> tuple[str, ...]:
    if not args.logs:
        return ()
    return (SERVER_ERRORS, AUTHORIZER_FAILURES) if args.authorizer else (SERVER_ERRORS,)


def _permission(
    name: str, function: ServiceFunction, source: list[pulumi.Input[str]], opts: pulumi.ResourceOptions
) -> None:
    aws.lambda_.Permission(
        name,
        function=function.function_name,
        action="lambda:InvokeFunction",
        principal="apigateway.amazonaws.com",
        source_arn=pulumi.Output.concat(*source),
        opts=opts,
    )


def _body(args: RestApiArgs) -> pulumi.Output[str]:
    services = list(args.services)
    authorizer = args.authorizer.invoke_arn if args.authorizer else ""
    arns = pulumi.Output.all(
        args.user_pool_arn, authorizer, *[args.services[service].invoke_arn for service in services]
    )

    def rendered(values: list[str]) -> str:
        pool, authorizer_uri, *invoke_arns = values
        body = api_body(
            args.api_name,
            dict(zip(services, invoke_arns, strict=True)),
            [pool],
            authorizer_uri=authorizer_uri or None,
            capabilities=args.capabilities,
            api_key=args.keys is not None,
        )
        return json.dumps(body)

    return arns.apply(rendered)

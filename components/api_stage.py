"""The stage that serves the API: throttling, logs, traces, cache and canary."""

from collections.abc import Iterable
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components import contract
from components.api_logs import ApiLogs, ApiLogsArgs


@dataclass(frozen=True, kw_only=True)
class ApiStageArgs:
    """`cached` are operations of which those with cache seconds are kept, in a cache of `cache_gb`.

    `counted` is what of its access log is, by `api_counts`. `log_role` is what must be there before a stage may have
    `logs`, None where the account has it.
    """

    api_name: str
    rest_api_id: pulumi.Input[str]
    deployment_id: pulumi.Input[str]
    stage_name: str
    throttle_rate: int
    throttle_burst: int
    log_retention_days: int
    log_key_arn: pulumi.Input[str] | None
    logs: bool
    counted: tuple[str, ...]
    log_role: pulumi.Resource | None
    traced: bool
    cached: Iterable[contract.Operation]
    cache_gb: str
    canary_percent: int


class ApiStage(pulumi.ComponentResource):
    """`name` and `arn` are the stage's."""

    name: pulumi.Output[str]
    arn: pulumi.Output[str]

    def __init__(self, name: str, args: ApiStageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:edge:ApiStage", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        logs = self._logs(name, args) if args.logs else None
        stage = aws.apigateway.Stage(
            f"{name}-stage",
            rest_api=args.rest_api_id,
            deployment=args.deployment_id,
            stage_name=args.stage_name,
            access_log_settings=logs.access_log_settings if logs else None,
            xray_tracing_enabled=args.traced,
            cache_cluster_enabled=True if args.cache_gb else None,
            cache_cluster_size=args.cache_gb or None,
            canary_settings=_canary(args) if args.canary_percent else None,
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=[part for part in (logs, args.log_role) if part],
                # The stage stays where it is while the canary serves the new deployment.
                ignore_changes=["deployment"] if args.canary_percent else None,
            ),
        )
        every = _Settings(name, args, stage, child)
        every.declare("settings", "*/*", {"caching_enabled": False} if args.cache_gb else {})
        for operation in args.cached:
            if operation.cache_seconds:
                every.cache(operation)
        self.name, self.arn = stage.stage_name, stage.arn
        self.register_outputs({"name": self.name, "arn": self.arn})

    def _logs(self, name: str, args: ApiStageArgs) -> ApiLogs:
        return ApiLogs(
            f"{name}-logs",
            ApiLogsArgs(
                api_name=args.api_name,
                rest_api_id=args.rest_api_id,
                stage_name=args.stage_name,
                retention_days=args.log_retention_days,
                key_arn=args.log_key_arn,
                counted=args.counted,
            ),
            pulumi.ResourceOptions(parent=self),
        )


class _Settings:
    """How methods of a stage behave. What is set for one method replaces what is set for all."""

    def __init__(
        self, name: str, args: ApiStageArgs, stage: aws.apigateway.Stage, opts: pulumi.ResourceOptions
    ) -> None:
        self._name, self._args, self._stage, self._opts = name, args, stage, opts

    def declare(self, name: str, path: str, more: aws.apigateway.MethodSettingsSettingsArgsDict) -> None:
        settings: aws.apigateway.MethodSettingsSettingsArgsDict = {
            "metrics_enabled": True,
            "logging_level": "ERROR" if self._args.logs else "OFF",
            # Bodies and tokens would be in the trace.
            "data_trace_enabled": False,
            "throttling_rate_limit": self._args.throttle_rate,
            "throttling_burst_limit": self._args.throttle_burst,
        }
        aws.apigateway.MethodSettings(
            f"{self._name}-{name}",
            rest_api=self._args.rest_api_id,
            stage_name=self._stage.stage_name,
            method_path=path,
            settings={**settings, **more},
            opts=self._opts,
        )

    def cache(self, operation: contract.Operation) -> None:
        path = f"{contract.base()[1]}{operation.path}".lstrip("/")
        kept: aws.apigateway.MethodSettingsSettingsArgsDict = {
            "caching_enabled": True,
            "cache_ttl_in_seconds": operation.cache_seconds,
            "cache_data_encrypted": True,
            # Otherwise anyone could empty the cache with a header.
            "require_authorization_for_cache_control": True,
            "unauthorized_cache_control_header_strategy": "SUCCEED_WITHOUT_RESPONSE_HEADER",
        }
        self.declare(f"cache-{operation.operation_id}", f"{path}/{operation.method.upper()}", kept)


def _canary(args: ApiStageArgs) -> aws.apigateway.StageCanarySettingsArgsDict:
    return {
        "deployment_id": args.deployment_id,
        "percent_traffic": args.canary_percent,
        "use_stage_cache": False,
    }

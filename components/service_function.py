"""A Lambda function with its own role and log group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components import artifact
from components.grant import Grant, policy_document, trust_policy
from components.runtime import ARCHITECTURE, RUNTIME


@dataclass(frozen=True, kw_only=True)
class ServiceFunctionArgs:
    """`package` is a folder under functions/ with a handler.py. Time-out in seconds, memory in MiB."""

    function_name: str
    package: str
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    grants: Sequence[Grant] = ()
    log_retention_days: int
    timeout: int = 20
    memory_size: int = 512

    def __post_init__(self) -> None:
        # API Gateway gives up after 29 seconds.
        if not 1 <= self.timeout < 29:
            raise ValueError(f"{self.function_name}: a time-out of {self.timeout} s; API Gateway waits at most 29 s")


class ServiceFunction(pulumi.ComponentResource):
    """The function may do what its grants say and write to its own log group, nothing else."""

    function_name: pulumi.Output[str]
    arn: pulumi.Output[str]
    invoke_arn: pulumi.Output[str]

    def __init__(self, name: str, args: ServiceFunctionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:compute:ServiceFunction", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        log_group = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=f"/aws/lambda/{args.function_name}",
            retention_in_days=args.log_retention_days,
            opts=child,
        )
        logging = Grant(actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[_streams(log_group)])
        role = aws.iam.Role(
            f"{name}-role",
            name=args.function_name,
            assume_role_policy=trust_policy("lambda.amazonaws.com"),
            opts=child,
        )
        policy = aws.iam.RolePolicy(
            f"{name}-policy", role=role.name, policy=policy_document([logging, *args.grants]), opts=child
        )
        function = aws.lambda_.Function(
            f"{name}-function",
            name=args.function_name,
            runtime=RUNTIME,
            architectures=[ARCHITECTURE],
            handler=f"{args.package}.handler.lambda_handler",
            code=pulumi.FileArchive(str(artifact.build(args.package))),
            role=role.arn,
            timeout=args.timeout,
            memory_size=args.memory_size,
            environment={"variables": {"POWERTOOLS_SERVICE_NAME": args.package, **args.environment}},
            logging_config={"log_format": "JSON", "log_group": log_group.name},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        self.function_name, self.arn, self.invoke_arn = function.name, function.arn, function.invoke_arn
        self.register_outputs({"function_name": self.function_name, "arn": self.arn})


def _streams(log_group: aws.cloudwatch.LogGroup) -> pulumi.Output[str]:
    # The streams of a log group are the group's ARN and everything below it.
    return pulumi.Output.concat(log_group.arn, ":*")

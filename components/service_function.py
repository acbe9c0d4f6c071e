"""A Lambda function with its own role and log group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
import pulumi_aws as aws

from components import artifact
from components.account import Account
from components.execution_role import ExecutionRole, ExecutionRoleArgs
from components.grant import Grant
from components.network.placement import Placement
from components.runtime import ARCHITECTURE, RUNTIME


@dataclass(frozen=True, kw_only=True)
class ServiceFunctionArgs:
    """`package` is a folder under functions/ with a handler.py. Time-out in seconds, memory in MiB.

    `placement` None is outside any VPC. `concurrency` is how many copies may run at once, 0 as many as the account may.
    `key_arn` encrypts the variables, `log_key_arn` the log; None leaves AWS's own keys.
    """

    account: Account
    function_name: str
    package: str
    environment: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    grants: Sequence[Grant] = ()
    log_retention_days: int
    timeout: int = 20
    memory_size: int = 512
    placement: Placement | None = None
    concurrency: int = 0
    traced: bool = False
    serves_requests: bool = True
    key_arn: pulumi.Input[str] | None = None
    log_key_arn: pulumi.Input[str] | None = None

    def __post_init__(self) -> None:
        # API Gateway gives up after 29 seconds.
        if not 1 <= self.timeout < 29 and self.serves_requests:
            raise ValueError(f"{self.function_name}: a time-out of {self.timeout} s; API Gateway waits at most 29 s")


class ServiceFunction(pulumi.ComponentResource):
    """The function may do what its grants say and write to its own log group, nothing else."""

    function_name: pulumi.Output[str]
    arn: pulumi.Output[str]
    invoke_arn: pulumi.Output[str]

    def __init__(self, name: str, args: ServiceFunctionArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:compute:ServiceFunction", name, None, opts)
        log_group = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=f"/aws/lambda/{args.function_name}",
            retention_in_days=args.log_retention_days,
            kms_key_id=args.log_key_arn,
            opts=pulumi.ResourceOptions(parent=self),
        )
        role = ExecutionRole(
            name,
            ExecutionRoleArgs(
                account=args.account,
                function_name=args.function_name,
                log_group_arn=log_group.arn,
                grants=args.grants,
                networked=args.placement is not None,
                traced=args.traced,
            ),
            pulumi.ResourceOptions(parent=self),
        )
        function = self._function(name, args, log_group, role)
        self.function_name, self.arn, self.invoke_arn = function.name, function.arn, function.invoke_arn
        self.register_outputs({"function_name": self.function_name, "arn": self.arn})

    def invoke(self) -> Grant:
        """Lets another function call this one."""
        return Grant(actions=["lambda:InvokeFunction"], resources=[self.arn])

    def _function(
        self, name: str, args: ServiceFunctionArgs, log_group: aws.cloudwatch.LogGroup, role: ExecutionRole
    ) -> aws.lambda_.Function:
        return aws.lambda_.Function(
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
            kms_key_arn=args.key_arn,
            reserved_concurrent_executions=args.concurrency or None,
            tracing_config={"mode": "Active"} if args.traced else None,
            vpc_config=_vpc_config(args.placement) if args.placement else None,
            # The interfaces of a deleted function stay up to 40 minutes, and would keep their group from going.
            replace_security_groups_on_destroy=True if args.placement else None,
            logging_config={"log_format": "JSON", "log_group": log_group.name},
            opts=pulumi.ResourceOptions(parent=self, depends_on=[role.policy]),
        )


def _vpc_config(placement: Placement) -> aws.lambda_.FunctionVpcConfigArgsDict:
    return {"subnet_ids": placement.subnet_ids, "security_group_ids": [placement.security_group.id]}

"""The distributed map that loads exports, and the role it runs as."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.account import Account
from components.grant import Grant, Permission, UnscopedGrant, policy_document, trust_policy
from components.migration.exports import Exports
from components.migration.load_states import definition
from components.service_function import ServiceFunction

MACHINE_TRACED = UnscopedGrant(
    actions=(
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    ),
    fact="https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html: no resource types",
)
LOGGING = UnscopedGrant(
    actions=(
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
    ),
    fact="https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html: deliveries are no resources of IAM's",
)


@dataclass(frozen=True, kw_only=True)
class LoadingArgs:
    account: Account
    machine_name: str
    function: ServiceFunction
    exports: Exports
    log_retention_days: int
    log_key_arn: pulumi.Input[str] | None = None
    traced: bool = False


class Loading(pulumi.ComponentResource):
    """Logs failures, without the rows."""

    arn: pulumi.Output[str]

    def __init__(self, name: str, args: LoadingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:migration:Loading", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            f"{name}-role",
            name=args.machine_name,
            assume_role_policy=trust_policy("states.amazonaws.com", args.account.id),
            opts=child,
        )
        policy = aws.iam.RolePolicy(
            f"{name}-policy", role=role.name, policy=policy_document(_permissions(args)), opts=child
        )
        logs = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            # AWS lets log deliveries write to groups of this prefix without a policy of their own.
            name=f"/aws/vendedlogs/states/{args.machine_name}",
            retention_in_days=args.log_retention_days,
            kms_key_id=args.log_key_arn,
            opts=child,
        )
        machine = aws.sfn.StateMachine(
            f"{name}-machine",
            name=args.machine_name,
            role_arn=role.arn,
            definition=pulumi.Output.json_dumps(definition(args.function.arn, args.exports.bucket_name)),
            logging_configuration={
                "level": "ERROR",
                "include_execution_data": False,
                "log_destination": pulumi.Output.concat(logs.arn, ":*"),
            },
            tracing_configuration={"enabled": True} if args.traced else None,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        self.arn = machine.arn
        self.register_outputs({"arn": self.arn})


def _permissions(args: LoadingArgs) -> list[Permission]:
    machine = args.account.arn("states", f"stateMachine:{args.machine_name}")
    # A distributed map runs each item as an execution of the machine's own.
    runs = args.account.arn("states", f"execution:{args.machine_name}/*")
    permissions: list[Permission] = [
        args.function.invoke(),
        args.exports.list(),
        Grant(actions=["states:StartExecution"], resources=[machine]),
        Grant(actions=["states:DescribeExecution", "states:StopExecution"], resources=[runs]),
        LOGGING,
    ]
    return [*permissions, MACHINE_TRACED] if args.traced else permissions

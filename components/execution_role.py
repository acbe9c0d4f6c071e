"""The role a function runs as."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.account import Account
from components.grant import Denial, Grant, Permission, UnscopedGrant, policy_document, trust_policy

NETWORK_ACTIONS = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:UnassignPrivateIpAddresses",
)
IN_A_NETWORK = UnscopedGrant(
    actions=NETWORK_ACTIONS,
    fact="https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html: the interfaces are yet to be made",
)
TRACED = UnscopedGrant(
    actions=("xray:PutTelemetryRecords", "xray:PutTraceSegments"),
    fact="https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsx-ray.html: no resource types",
)


@dataclass(frozen=True, kw_only=True)
class ExecutionRoleArgs:
    """`log_group_arn` is the function's own; `networked` is a function inside a VPC."""

    account: Account
    function_name: str
    log_group_arn: pulumi.Output[str]
    grants: Sequence[Grant]
    networked: bool
    traced: bool


class ExecutionRole(pulumi.ComponentResource):
    """`policy` is in force before the function is made."""

    arn: pulumi.Output[str]
    policy: aws.iam.RolePolicy

    def __init__(self, name: str, args: ExecutionRoleArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:compute:ExecutionRole", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            f"{name}-role",
            name=args.function_name,
            assume_role_policy=trust_policy("lambda.amazonaws.com"),
            opts=child,
        )
        self.policy = aws.iam.RolePolicy(
            f"{name}-policy", role=role.name, policy=policy_document(_permissions(args)), opts=child
        )
        self.arn = role.arn
        self.register_outputs({"arn": self.arn})


def _permissions(args: ExecutionRoleArgs) -> Sequence[Permission]:
    logging = Grant(actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[_streams(args.log_group_arn)])
    permissions: list[Permission] = [logging, *args.grants]
    if args.traced:
        permissions.append(TRACED)
    if args.networked:
        # Lambda itself needs the interfaces; the code it runs must not have them:
        # https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-best-practice
        own_code = {
            "ArnEquals": {"lambda:SourceFunctionArn": args.account.arn("lambda", f"function:{args.function_name}")}
        }
        permissions += [IN_A_NETWORK, Denial(actions=NETWORK_ACTIONS, condition=own_code)]
    return permissions


def _streams(log_group_arn: pulumi.Output[str]) -> pulumi.Output[str]:
    # The streams of a log group are the group's ARN and everything below it.
    return pulumi.Output.concat(log_group_arn, ":*")

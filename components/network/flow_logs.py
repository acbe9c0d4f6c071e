"""Who talked to whom in a network: a line for each flow."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.account import Account
from components.grant import Grant, policy_document, trust_policy

MINUTE_S = 60


@dataclass(frozen=True, kw_only=True)
class FlowLogsArgs:
    """`key_arn` is a KMS key that CloudWatch Logs may use."""

    prefix: str
    vpc_id: pulumi.Input[str]
    account: Account
    key_arn: pulumi.Input[str]
    retention_days: int


class FlowLogs(pulumi.ComponentResource):
    """Accepted and refused flows, summed over a minute."""

    def __init__(self, name: str, args: FlowLogsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:network:FlowLogs", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        group = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            name=f"/aws/vpc/{args.prefix}",
            retention_in_days=args.retention_days,
            kms_key_id=args.key_arn,
            opts=child,
        )
        role = aws.iam.Role(
            f"{name}-role",
            name=f"{args.prefix}-flow-logs",
            assume_role_policy=trust_policy("vpc-flow-logs.amazonaws.com", args.account.id),
            opts=child,
        )
        write = Grant(
            actions=["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"],
            resources=[pulumi.Output.concat(group.arn, ":*")],
        )
        policy = aws.iam.RolePolicy(f"{name}-policy", role=role.name, policy=policy_document([write]), opts=child)
        aws.ec2.FlowLog(
            f"{name}-flows",
            vpc_id=args.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_destination=group.arn,
            iam_role_arn=role.arn,
            max_aggregation_interval=MINUTE_S,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        self.register_outputs({})

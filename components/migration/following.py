"""Changes of a source that is in a database, asked for by the clock: a database has no stream that would tell them."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.account import Account
from components.database.schema import Schema
from components.grant import policy_document, trust_policy
from components.service_function import ServiceFunction

EVERY = "rate(1 minute)"
# One call ends before the next begins.
BUDGET_S = 50


@dataclass(frozen=True, kw_only=True)
class FollowingArgs:
    """`function` brings what the source noted, once the `schema` is there."""

    prefix: str
    account: Account
    function: ServiceFunction
    schema: Schema


class Following(pulumi.ComponentResource):
    """What fails is asked for again a minute later: the source keeps what it noted."""

    def __init__(self, name: str, args: FollowingArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:migration:Following", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            f"{name}-role",
            name=f"{args.prefix}-follow",
            assume_role_policy=trust_policy("scheduler.amazonaws.com", args.account.id),
            opts=child,
        )
        policy = aws.iam.RolePolicy(
            f"{name}-policy", role=role.name, policy=policy_document([args.function.invoke()]), opts=child
        )
        aws.scheduler.Schedule(
            f"{name}-schedule",
            name=f"{args.prefix}-follow",
            flexible_time_window={"mode": "OFF"},
            schedule_expression=EVERY,
            target={
                "arn": args.function.arn,
                "role_arn": role.arn,
                "input": pulumi.Output.json_dumps({"step": "sync", "budget_s": BUDGET_S}),
                "retry_policy": {"maximum_retry_attempts": 0},
            },
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy, args.schema]),
        )
        self.register_outputs({})

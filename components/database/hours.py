"""Starts and stops the database by the clock, to save money. AWS starts a stopped one after seven days by itself."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.account import Account
from components.database.database import Database
from components.grant import Grant, policy_document, trust_policy


@dataclass(frozen=True, kw_only=True)
class DatabaseHoursArgs:
    """`hours` such as `MON-FRI 07:00-19:00`, in `time_zone` such as Europe/Paris."""

    prefix: str
    database: Database
    hours: str
    time_zone: str
    account: Account


class DatabaseHours(pulumi.ComponentResource):
    """While it is stopped the shop answers 503 and says so."""

    def __init__(self, name: str, args: DatabaseHoursArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:database:DatabaseHours", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            f"{name}-role",
            name=f"{args.prefix}-database-hours",
            assume_role_policy=trust_policy("scheduler.amazonaws.com", args.account.id),
            opts=child,
        )
        may = Grant(actions=["rds:StartDBInstance", "rds:StopDBInstance"], resources=[args.database.arn])
        policy = aws.iam.RolePolicy(f"{name}-policy", role=role.name, policy=policy_document([may]), opts=child)
        for action, cron in crons(args.hours).items():
            aws.scheduler.Schedule(
                f"{name}-{action}",
                name=f"{args.prefix}-database-{action}",
                flexible_time_window={"mode": "OFF"},
                schedule_expression=cron,
                schedule_expression_timezone=args.time_zone,
                target={
                    "arn": f"arn:aws:scheduler:::aws-sdk:rds:{action}DBInstance",
                    "role_arn": role.arn,
                    "input": pulumi.Output.json_dumps({"DbInstanceIdentifier": args.database.identifier}),
                    "retry_policy": {"maximum_retry_attempts": 5, "maximum_event_age_in_seconds": 3600},
                },
                opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
            )
        self.register_outputs({})


def crons(hours: str) -> dict[str, str]:
    """`MON-FRI 07:00-19:00` as the scheduler's expressions for `start` and `stop`."""
    days, span = hours.split(" ")
    return {
        action: f"cron({int(time[3:])} {int(time[:2])} ? * {days} *)"
        for action, time in zip(("start", "stop"), span.split("-"), strict=True)
    }

"""Starts and stops the database by the clock, to save money. AWS starts a stopped one after seven days by itself."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pulumi
import pulumi_aws as aws

from components.account import Account
from components.database.database import Database
from components.grant import Grant, policy_document, trust_policy

DAYS = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")


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


def windows(hours: str, time_zone: str) -> tuple[str, str]:
    """RDS's backup and maintenance windows in UTC, both while the database runs, in summer and in winter.

    The backup begins half an hour after the start, maintenance two hours after it on the first of the days; a stopped
    instance gets neither: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_StopInstance.html
    """
    days, span = hours.split(" ")
    hour, minute = (int(part) for part in span.split("-")[0].split(":"))
    zone, first = ZoneInfo(time_zone), DAYS.index(days[:3])
    # A Monday in winter and one in summer, whichever of both begins later by UTC.
    mondays = (datetime(2027, 1, 4, hour, minute, tzinfo=zone), datetime(2027, 7, 5, hour, minute, tzinfo=zone))
    start = max(each.astimezone(UTC) - datetime(each.year, each.month, each.day, tzinfo=UTC) for each in mondays)
    opened = datetime(2027, 1, 4, tzinfo=UTC) + timedelta(days=first) + start
    backup, maintenance = opened + timedelta(minutes=30), opened + timedelta(hours=2)
    return (
        f"{backup:%H:%M}-{backup + timedelta(minutes=30):%H:%M}",
        f"{maintenance:%a:%H:%M}-{maintenance + timedelta(hours=1):%a:%H:%M}".lower(),
    )


def crons(hours: str) -> dict[str, str]:
    """`MON-FRI 07:00-19:00` as the scheduler's expressions for `start` and `stop`."""
    days, span = hours.split(" ")
    return {
        action: f"cron({int(time[3:])} {int(time[:2])} ? * {days} *)"
        for action, time in zip(("start", "stop"), span.split("-"), strict=True)
    }

"""What happens to the database itself, told to the alarm topic: failover, failure, maintenance."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.database.database import Database

CATEGORIES = (
    "availability",
    "configuration change",
    "deletion",
    "failover",
    "failure",
    "low storage",
    "maintenance",
    "notification",
    "recovery",
)


@dataclass(frozen=True, kw_only=True)
class DatabaseEventsArgs:
    """The topic lets RDS publish."""

    prefix: str
    database: Database
    topic_arn: pulumi.Input[str]


class DatabaseEvents(pulumi.ComponentResource):
    """One subscription for the database's own events."""

    def __init__(self, name: str, args: DatabaseEventsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:operations:DatabaseEvents", name, None, opts)
        aws.rds.EventSubscription(
            f"{name}-events",
            name=f"{args.prefix}-database",
            sns_topic=args.topic_arn,
            source_type="db-instance",
            source_ids=[args.database.identifier],
            event_categories=list(CATEGORIES),
            enabled=True,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})

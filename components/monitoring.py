"""Alarms, the topic they go to, and the month's budget."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.account import Account
from components.alarms import Alarm, alarms
from components.api_alarms import api_alarms
from components.grant import document
from components.rest_api import RestApi
from components.service_function import ServiceFunction
from components.table import Table

FIVE_MINUTES = 300
PUBLISHERS = ("budgets.amazonaws.com", "cloudwatch.amazonaws.com", "events.rds.amazonaws.com")
WARNINGS = (("ACTUAL", 50), ("ACTUAL", 80), ("FORECASTED", 100))


@dataclass(frozen=True, kw_only=True)
class MonitoringArgs:
    """`alert_email` empty subscribes nobody. The budget is in US dollars a month, for the whole account.

    `more_alarms` are those of parts that not every phase has. `key_arn` None leaves the topic unencrypted: AWS's own
    key for topics would keep alarms out.
    """

    prefix: str
    account: Account
    alert_email: str
    monthly_budget_usd: int
    account_concurrency: int
    functions: Mapping[str, ServiceFunction]
    tables: Mapping[str, Table]
    rest_api: RestApi
    more_alarms: Sequence[Alarm] = ()
    key_arn: pulumi.Input[str] | None = None


class Monitoring(pulumi.ComponentResource):
    """`topic_arn` takes every alarm and budget warning."""

    topic_arn: pulumi.Output[str]

    def __init__(self, name: str, args: MonitoringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:operations:Monitoring", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        topic = aws.sns.Topic(f"{name}-topic", name=f"{args.prefix}-alarms", kms_master_key_id=args.key_arn, opts=child)
        policy = aws.sns.TopicPolicy(
            f"{name}-topic-policy", arn=topic.arn, policy=_topic_policy(topic.arn, args.account), opts=child
        )
        if args.alert_email:
            aws.sns.TopicSubscription(
                f"{name}-email", topic=topic.arn, protocol="email", endpoint=args.alert_email, opts=child
            )
        own = [*alarms(args.functions, args.tables, args.account_concurrency), *api_alarms(args.rest_api)]
        for alarm in [*own, *args.more_alarms]:
            self._declare(args.prefix, alarm, topic.arn)
        aws.budgets.Budget(
            f"{name}-budget",
            name=f"{args.prefix}-monthly",
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount=str(args.monthly_budget_usd),
            limit_unit="USD",
            notifications=[_warning(*when, topic) for when in WARNINGS],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        self.topic_arn = topic.arn
        self.register_outputs({"topic_arn": self.topic_arn})

    def _declare(self, prefix: str, alarm: Alarm, topic_arn: pulumi.Output[str]) -> None:
        aws.cloudwatch.MetricAlarm(
            f"{alarm.name}-alarm",
            name=f"{prefix}-{alarm.name}",
            alarm_description=alarm.description,
            **(_filled(alarm) if alarm.filled else _plain(alarm)),
            comparison_operator="LessThanThreshold" if alarm.below else "GreaterThanThreshold",
            threshold=alarm.threshold,
            evaluation_periods=alarm.periods,
            treat_missing_data="notBreaching",
            alarm_actions=[topic_arn],
            ok_actions=[topic_arn],
            opts=pulumi.ResourceOptions(parent=self),
        )


def _plain(alarm: Alarm) -> dict[str, Any]:
    percentile = alarm.statistic.startswith("p")
    return {
        "namespace": alarm.namespace,
        "metric_name": alarm.metric,
        "dimensions": alarm.dimensions or None,
        "statistic": None if percentile else alarm.statistic,
        "extended_statistic": alarm.statistic if percentile else None,
        "period": FIVE_MINUTES,
    }


def _filled(alarm: Alarm) -> dict[str, Any]:
    """The same with 0 where there is no data."""
    metric = {
        "namespace": alarm.namespace,
        "metric_name": alarm.metric,
        "dimensions": alarm.dimensions,
        "stat": alarm.statistic,
        "period": FIVE_MINUTES,
    }
    return {
        "metric_queries": [
            {"id": "filled", "expression": "FILL(measured, 0)", "label": alarm.metric, "return_data": True},
            {"id": "measured", "metric": metric},
        ]
    }


def _warning(kind: str, percent: int, topic: aws.sns.Topic) -> aws.budgets.BudgetNotificationArgsDict:
    return {
        "notification_type": kind,
        "comparison_operator": "GREATER_THAN",
        "threshold": percent,
        "threshold_type": "PERCENTAGE",
        "subscriber_sns_topic_arns": [topic.arn],
    }


def _topic_policy(topic_arn: pulumi.Output[str], account: Account) -> pulumi.Output[str]:
    """AWS's services publish for this account, over TLS."""
    publish = {"Effect": "Allow", "Action": "sns:Publish", "Resource": topic_arn}
    return document(
        [
            {
                **publish,
                "Principal": {"Service": list(PUBLISHERS)},
                "Condition": {"StringEquals": {"aws:SourceAccount": account.id}},
            },
            {
                **publish,
                "Principal": {"Service": "events.amazonaws.com"},
                "Condition": {"ArnLike": {"aws:SourceArn": account.arn("events", "rule/*")}},
            },
            {
                **publish,
                "Effect": "Deny",
                "Principal": "*",
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            },
        ]
    )

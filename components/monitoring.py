"""Alarms, the topic they go to, and the month's budget."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.rest_api import RestApi
from components.service_function import ServiceFunction
from components.table import Table

FIVE_MINUTES = 300
WARNINGS = (("ACTUAL", 50), ("ACTUAL", 80), ("FORECASTED", 100))


@dataclass(frozen=True, kw_only=True)
class MonitoringArgs:
    """`alert_email` empty subscribes nobody. The budget is in US dollars a month."""

    prefix: str
    account_id: pulumi.Input[str]
    alert_email: str
    monthly_budget_usd: int
    functions: Mapping[str, ServiceFunction]
    tables: Mapping[str, Table]
    rest_api: RestApi


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """A threshold over five minutes. `statistic` is Sum or a percentile such as p95."""

    name: str
    description: str
    namespace: str
    metric: str
    statistic: str
    threshold: float
    dimensions: Mapping[str, pulumi.Input[str]]
    periods: int = 1


class Monitoring(pulumi.ComponentResource):
    """`topic_arn` takes every alarm and budget warning."""

    topic_arn: pulumi.Output[str]

    def __init__(self, name: str, args: MonitoringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:operations:Monitoring", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        topic = aws.sns.Topic(f"{name}-topic", name=f"{args.prefix}-alarms", opts=child)
        policy = aws.sns.TopicPolicy(
            f"{name}-topic-policy", arn=topic.arn, policy=_topic_policy(topic.arn, args.account_id), opts=child
        )
        if args.alert_email:
            aws.sns.TopicSubscription(
                f"{name}-email", topic=topic.arn, protocol="email", endpoint=args.alert_email, opts=child
            )
        for alarm in _alarms(args):
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
        percentile = alarm.statistic.startswith("p")
        aws.cloudwatch.MetricAlarm(
            f"{alarm.name}-alarm",
            name=f"{prefix}-{alarm.name}",
            alarm_description=alarm.description,
            namespace=alarm.namespace,
            metric_name=alarm.metric,
            dimensions=alarm.dimensions,
            statistic=None if percentile else alarm.statistic,
            extended_statistic=alarm.statistic if percentile else None,
            comparison_operator="GreaterThanThreshold",
            threshold=alarm.threshold,
            period=FIVE_MINUTES,
            evaluation_periods=alarm.periods,
            treat_missing_data="notBreaching",
            alarm_actions=[topic_arn],
            ok_actions=[topic_arn],
            opts=pulumi.ResourceOptions(parent=self),
        )


def _alarms(args: MonitoringArgs) -> Sequence[Alarm]:
    api = {"ApiName": args.rest_api.api_name, "Stage": args.rest_api.stage_path}
    return [
        *[alarm for name, function in args.functions.items() for alarm in _function_alarms(name, function)],
        *[alarm for name, table in args.tables.items() for alarm in _table_alarms(name, table)],
        Alarm(
            name="api-errors",
            description="The API answered a shopper with 5xx.",
            namespace="AWS/ApiGateway",
            metric="5XXError",
            statistic="Sum",
            threshold=0,
            dimensions=api,
        ),
        Alarm(
            name="api-slow",
            description="One request in twenty took longer than two seconds, for fifteen minutes.",
            namespace="AWS/ApiGateway",
            metric="Latency",
            statistic="p95",
            threshold=2000,
            dimensions=api,
            periods=3,
        ),
    ]


def _function_alarms(name: str, function: ServiceFunction) -> Sequence[Alarm]:
    dimensions = {"FunctionName": function.function_name}
    return [
        Alarm(
            name=f"{name}-errors",
            description=f"The {name} function crashed, timed out or raised.",
            namespace="AWS/Lambda",
            metric="Errors",
            statistic="Sum",
            threshold=0,
            dimensions=dimensions,
        ),
        Alarm(
            name=f"{name}-throttles",
            description=f"Lambda refused to run the {name} function: the account's concurrency is used up.",
            namespace="AWS/Lambda",
            metric="Throttles",
            statistic="Sum",
            threshold=0,
            dimensions=dimensions,
        ),
    ]


def _table_alarms(name: str, table: Table) -> Sequence[Alarm]:
    return [
        Alarm(
            name=f"{name}-table-throttles",
            description=f"DynamoDB throttled the {name} table.",
            namespace="AWS/DynamoDB",
            metric="ThrottledRequests",
            statistic="Sum",
            threshold=0,
            dimensions={"TableName": table.table_name},
        )
    ]


def _warning(kind: str, percent: int, topic: aws.sns.Topic) -> aws.budgets.BudgetNotificationArgsDict:
    return {
        "notification_type": kind,
        "comparison_operator": "GREATER_THAN",
        "threshold": percent,
        "threshold_type": "PERCENTAGE",
        "subscriber_sns_topic_arns": [topic.arn],
    }


def _topic_policy(topic_arn: pulumi.Output[str], account_id: pulumi.Input[str]) -> pulumi.Output[str]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]},
        "Action": "sns:Publish",
        "Resource": topic_arn,
        "Condition": {"StringEquals": {"aws:SourceAccount": account_id}},
    }
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": [statement]})

"""CloudWatch, X-Ray, notifications and queues."""

from collections.abc import Iterator
from decimal import Decimal

from cloudshelf.cost.charges import MILLION, THOUSAND, Charge, Context, Rule, charge
from cloudshelf.cost.rules.logs import written
from cloudshelf.graph import Node

# What AWS's own examples take for what compression leaves: https://aws.amazon.com/cloudwatch/pricing/
COMPRESSED = Decimal("0.15")
MONTH_DAYS = Decimal(365) / 12


def log_group(node: Node, context: Context) -> Iterator[Charge]:
    """What is written in a month, and what is kept once the oldest begins to go."""
    amount, vended = written(node, context)
    months = Decimal(node.inputs["retentionInDays"]) / MONTH_DAYS
    yield charge("logs-vended" if vended else "logs-in", amount)
    yield charge("logs-kept", amount * COMPRESSED * months)


def alarm(node: Node, _: Context) -> Iterator[Charge]:
    """For each metric it looks at."""
    looked_at = [each for each in node.inputs.get("metricQueries", []) if "metric" in each]
    yield charge("alarm", max(1, len(looked_at)))


def dashboard(_node: Node, _context: Context) -> Iterator[Charge]:
    yield charge("dashboard", 1)


def trace_group(node: Node, context: Context) -> Iterator[Charge]:
    """A saved filter is free; Insights looks at every trace."""
    if node.inputs.get("insightsConfiguration", {}).get("insightsEnabled"):
        yield charge("trace-insights", context.usage("api_requests") * context.usage("traced") / MILLION)


def topic(_: Node, context: Context) -> Iterator[Charge]:
    yield charge("mails", context.usage("alarm_mails") / THOUSAND)


def queue(_: Node, context: Context) -> Iterator[Charge]:
    yield charge("queue-requests", context.usage("queue_requests") / MILLION)


RULES: dict[str, Rule] = {
    "aws:cloudwatch/dashboard:Dashboard": dashboard,
    "aws:cloudwatch/logGroup:LogGroup": log_group,
    "aws:cloudwatch/metricAlarm:MetricAlarm": alarm,
    "aws:sns/topic:Topic": topic,
    "aws:sqs/queue:Queue": queue,
    "aws:xray/group:Group": trace_group,
}

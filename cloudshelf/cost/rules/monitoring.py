"""Logs, metrics, alarms, dashboards, traces."""

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal

from cloudshelf.cost.charges import MILLION, THOUSAND, Charge, Context, Rule, Unpriceable, charge, gigabytes
from cloudshelf.graph import Node

ACCESS_LINE_KB, CDN_LINE_KB = Decimal("0.5"), Decimal("0.5")
# One request in a thousand fails in a way API Gateway logs at level ERROR.
FAILURES, FAILURE_KB = Decimal("0.001"), Decimal(2)
VENDED = True


def _function(node: Node, context: Context) -> Decimal:
    used = f"functions.{node.name.removesuffix('-logs')}"
    return gigabytes(context.usage(f"{used}.requests") * context.usage(f"{used}.log_kb"))


def _access(_: Node, context: Context) -> Decimal:
    return gigabytes(context.usage("api_requests") * ACCESS_LINE_KB)


def _errors(_: Node, context: Context) -> Decimal:
    return gigabytes(context.usage("api_requests") * FAILURES * FAILURE_KB)


def _cdn(_: Node, context: Context) -> Decimal:
    return gigabytes(context.usage("cdn.requests") * CDN_LINE_KB)


def _postgresql(node: Node, context: Context) -> Decimal:
    """The log of upgrades is empty but for the day of one."""
    return context.usage("database.log_gb") if node.inputs["name"].endswith("/postgresql") else Decimal(0)


def _loads(_: Node, context: Context) -> Decimal:
    return gigabytes(context.usage("move.files") * FAILURES * FAILURE_KB)


def _figure(path: str) -> Callable[[Node, Context], Decimal]:
    return lambda _, context: context.usage(path)


# By how a group's name begins: what is written to it, and whether an AWS service delivers it.
GROUPS: Mapping[str, tuple[Callable[[Node, Context], Decimal], bool]] = {
    "/aws/lambda/": (_function, not VENDED),
    "/aws/apigateway/": (_access, not VENDED),
    "API-Gateway-Execution-Logs_": (_errors, not VENDED),
    "/aws/rds/instance/": (_postgresql, not VENDED),
    "/aws/cloudtrail/": (_figure("audit.trail_log_gb"), not VENDED),
    "/aws/vendedlogs/cloudfront/": (_cdn, VENDED),
    "/aws/vendedlogs/states/": (_loads, VENDED),
    "/aws/vpc/": (_figure("network.flow_log_gb"), VENDED),
    "aws-waf-logs-": (_figure("audit.firewall_log_gb"), VENDED),
}


def written(node: Node, context: Context) -> tuple[Decimal, bool]:
    """GB a month, and whether they are vended logs."""
    for prefix, (amount, vended) in GROUPS.items():
        if str(node.inputs["name"]).startswith(prefix):
            return amount(node, context), vended
    raise Unpriceable(f"{node.name}: nobody said how much is written to a log group {node.inputs['name']}")


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

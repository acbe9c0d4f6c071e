"""A dashboard for each service, and one for what they share."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.operations.widgets import Chart, Line, dashboard

# What functions count themselves, each by its name and service: functions/shared/observability.py.
OWN_NAMESPACE = "CloudShelf"
OWN_METRICS: Mapping[str, Sequence[str]] = {
    "orders": ("OrdersAnswered",),
    "carts": ("CartLinesUnreadable",),
}


@dataclass(frozen=True, kw_only=True)
class DashboardsArgs:
    """`functions` and `tables` are physical names by what they are for; `database` is an identifier."""

    prefix: str
    region: str
    functions: Mapping[str, str]
    tables: Mapping[str, str]
    api_name: str
    stage_name: str
    database: str


class Dashboards(pulumi.ComponentResource):
    """Named `<prefix>-<service>`; the shared one is `<prefix>`."""

    def __init__(self, name: str, args: DashboardsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:operations:Dashboards", name, None, opts)
        pages = {service: _service(service, function) for service, function in args.functions.items()}
        for page, charts in {**pages, "shop": _shop(args)}.items():
            aws.cloudwatch.Dashboard(
                f"{name}-{page}",
                dashboard_name=f"{args.prefix}-{page}",
                dashboard_body=json.dumps(dashboard(charts, args.region)),
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})


def _service(service: str, function: str) -> Sequence[Chart]:
    of = ("FunctionName", function)

    def chart(title: str, *lines: tuple[str, str]) -> Chart:
        return Chart(title, [Line("AWS/Lambda", metric, of, statistic) for metric, statistic in lines])

    counted = (*of, "service", service)
    own = [Chart(metric, [Line(OWN_NAMESPACE, metric, counted)]) for metric in OWN_METRICS.get(service, ())]
    return [
        chart("Calls and errors", ("Invocations", "Sum"), ("Errors", "Sum"), ("Throttles", "Sum")),
        chart("Duration, ms", ("Duration", "p50"), ("Duration", "p95"), ("Duration", "p99")),
        chart("At once", ("ConcurrentExecutions", "Maximum")),
        *own,
    ]


def _shop(args: DashboardsArgs) -> Sequence[Chart]:
    api, rds = ("ApiName", args.api_name, "Stage", args.stage_name), ("DBInstanceIdentifier", args.database)

    def chart(title: str, namespace: str, of: Sequence[str], *lines: tuple[str, str]) -> Chart:
        return Chart(title, [Line(namespace, metric, of, statistic) for metric, statistic in lines])

    return [
        chart("Requests", "AWS/ApiGateway", api, ("Count", "Sum"), ("4XXError", "Sum"), ("5XXError", "Sum")),
        chart("Latency, ms", "AWS/ApiGateway", api, ("Latency", "p50"), ("Latency", "p95"), ("Latency", "p99")),
        chart("Cache", "AWS/ApiGateway", api, ("CacheHitCount", "Sum"), ("CacheMissCount", "Sum")),
        chart("Database processor, %", "AWS/RDS", rds, ("CPUUtilization", "Average")),
        chart("Database connections", "AWS/RDS", rds, ("DatabaseConnections", "Maximum")),
        chart("Database latency, s", "AWS/RDS", rds, ("ReadLatency", "Average"), ("WriteLatency", "Average")),
        *[
            chart(
                f"Table {name}",
                "AWS/DynamoDB",
                ("TableName", table),
                ("ConsumedReadCapacityUnits", "Sum"),
                ("ConsumedWriteCapacityUnits", "Sum"),
            )
            for name, table in args.tables.items()
        ],
    ]

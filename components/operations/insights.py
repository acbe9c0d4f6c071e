"""Questions to the logs that are asked again and again, and the traces worth a look."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

TROUBLE = "(responsetime > 2 OR fault = true)"

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
FUNCTION_QUERIES: Mapping[str, Sequence[str]] = {
    "errors": (
        "fields @timestamp, @log, message, exception_name",
        "filter level = 'ERROR'",
        "sort @timestamp desc",
        "limit 100",
    ),
    "slowest": (
        "filter type = 'platform.report'",
        "stats max(record.metrics.durationMs) as slowest_ms, count() as calls by @log",
        "sort slowest_ms desc",
    ),
    "cold-starts": (
        "filter type = 'platform.report' and ispresent(record.metrics.initDurationMs)",
        "stats count() as starts, avg(record.metrics.initDurationMs) as average_ms by @log",
    ),
}
ACCESS_QUERIES: Mapping[str, Sequence[str]] = {
    "answers": (
        "stats count() as requests, pct(latencyMs, 95) as p95_ms by method, resource, status",
        "sort requests desc",
    ),
    "busiest-addresses": ("stats count() as requests by ip", "sort requests desc", "limit 20"),
}


@dataclass(frozen=True, kw_only=True)
class InsightsArgs:
    """Log groups by name."""

    prefix: str
    stage_name: str
    function_logs: Sequence[str]
    access_log: str


class Insights(pulumi.ComponentResource):
    """Saved queries under the stack's name, and a group of traces that were slow or failed."""

    def __init__(self, name: str, args: InsightsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:operations:Insights", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        for queries, groups in ((FUNCTION_QUERIES, args.function_logs), (ACCESS_QUERIES, [args.access_log])):
            for query, steps in queries.items():
                aws.cloudwatch.QueryDefinition(
                    f"{name}-{query}",
                    name=f"{args.prefix}/{query}",
                    log_group_names=list(groups),
                    query_string="\n| ".join(steps),
                    opts=child,
                )
        aws.xray.Group(
            f"{name}-trouble",
            group_name=args.prefix,
            filter_expression=f'service("{args.prefix}/{args.stage_name}") AND {TROUBLE}',
            insights_configuration={"insights_enabled": True, "notifications_enabled": False},
            opts=child,
        )
        self.register_outputs({})

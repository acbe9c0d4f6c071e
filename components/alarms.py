"""Which metrics alarm whom, as data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from components.service_function import ServiceFunction
from components.table import Table

HIGH_CONCURRENCY = 0.8


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """More than a threshold, or with `below` less, over five minutes, `periods` times running.

    `statistic` is Sum, Average, Maximum or a percentile such as p95. Without dimensions it is over account and region.
    """

    name: str
    description: str
    namespace: str
    metric: str
    statistic: str
    threshold: float
    dimensions: Mapping[str, pulumi.Input[str]]
    periods: int = 1
    below: bool = False

    @property
    def filled(self) -> bool:
        """Whether a time without data must count as 0. CloudWatch ignores missing data of DynamoDB whatever an alarm
        says of it, so that a throttle once would be an alarm for ever:
        https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
        """
        return self.namespace == "AWS/DynamoDB"


def alarms(
    functions: Mapping[str, ServiceFunction], tables: Mapping[str, Table], account_concurrency: int
) -> Sequence[Alarm]:
    """Those of functions and tables, and of how many functions an account runs at once, at most `account_concurrency`:
    https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    """
    return [
        *[alarm for name, function in functions.items() for alarm in function_alarms(name, function)],
        *[alarm for name, table in tables.items() for alarm in table_alarms(name, table)],
        _unreadable("carts", functions["carts"]),
        Alarm(
            name="concurrency",
            description="Lambda refused to run a function: the account's concurrency in this region is used up.",
            namespace="AWS/Lambda",
            metric="Throttles",
            statistic="Sum",
            threshold=0,
            dimensions={},
        ),
        Alarm(
            name="concurrency-high",
            description="Functions use four fifths of the concurrency AWS gives an account, for 15 minutes.",
            namespace="AWS/Lambda",
            metric="ConcurrentExecutions",
            statistic="Maximum",
            threshold=int(HIGH_CONCURRENCY * account_concurrency),
            dimensions={},
            periods=3,
        ),
    ]


def function_alarms(name: str, function: ServiceFunction) -> Sequence[Alarm]:
    return [
        Alarm(
            name=f"{name}-errors",
            description=f"The {name} function crashed, timed out or raised.",
            namespace="AWS/Lambda",
            metric="Errors",
            statistic="Sum",
            threshold=0,
            dimensions={"FunctionName": function.function_name},
        ),
        slow(name, function),
    ]


def slow(name: str, function: ServiceFunction) -> Alarm:
    return Alarm(
        name=f"{name}-slow",
        description=f"One call in twenty of the {name} function took longer than three seconds, for 15 minutes.",
        namespace="AWS/Lambda",
        metric="Duration",
        statistic="p95",
        threshold=3000,
        dimensions={"FunctionName": function.function_name},
        periods=3,
    )


def _unreadable(name: str, function: ServiceFunction) -> Alarm:
    return Alarm(
        name=f"{name}-unreadable",
        description="A line of a cart was written by nobody of the shop: its shopper has the cart without it.",
        namespace="CloudShelf",
        metric="CartLinesUnreadable",
        statistic="Sum",
        threshold=0,
        dimensions={"FunctionName": function.function_name, "service": name},
    )


def table_alarms(name: str, table: Table) -> Sequence[Alarm]:
    # ThrottledRequests and SystemErrors exist for each operation only, these for the table:
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
    return [
        Alarm(
            name=f"{name}-table-{kind.lower()}-throttles",
            description=f"DynamoDB throttled {kind.lower()}s of the {name} table.",
            namespace="AWS/DynamoDB",
            metric=f"{kind}ThrottleEvents",
            statistic="Sum",
            threshold=0,
            dimensions={"TableName": table.table_name},
        )
        for kind in ("Read", "Write")
    ]

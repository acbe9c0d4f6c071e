"""How much of a week a database runs that is started and stopped by the clock."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from cloudshelf.cost.charges import MONTH_HOURS, Charge, Context, Rule, Unpriceable, charge, gigabytes
from cloudshelf.graph import Graph, Node

SCHEDULE = "aws:scheduler/schedule:Schedule"
# Calls a function, and no database.
FUNCTION = ":function:"
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
DAY, WEEK = 24 * 60, 7 * 24 * 60
START, STOP = "startDBInstance", "stopDBInstance"
CRON = re.compile(r"cron\((?P<minute>\d+) (?P<hour>\d+) \? \* (?P<first>[A-Z]{3}|\*)(?:-(?P<last>[A-Z]{3}))? \*\)")


def running_share(graph: Graph) -> Decimal:
    """1 where nothing stops it."""
    nodes = (node for node in graph.of(SCHEDULE).values() if FUNCTION not in _target(node))
    moments = sorted(moment for node in nodes for moment in _moments(node))
    if not moments:
        return Decimal(1)
    following = [*moments[1:], (moments[0][0] + WEEK, moments[0][1])]
    running = sum(later - now for (now, action), (later, _) in zip(moments, following, strict=True) if action == START)
    return Decimal(running) / WEEK


def _moments(node: Node) -> Iterator[tuple[int, str]]:
    """Minute of the week, from Sunday on, and what happens to the database then."""
    action = _target(node).rpartition(":")[2]
    expression = str(node.inputs["scheduleExpression"])
    found = CRON.fullmatch(expression)
    if action not in (START, STOP) or found is None:
        raise Unpriceable(f"{node.name}: {action} at {expression} is no schedule whose effect on cost is known")
    minute = int(found["hour"]) * 60 + int(found["minute"])
    for day in _days(found["first"], found["last"]):
        yield day * DAY + minute, action


def _target(node: Node) -> str:
    return str(node.inputs["target"]["arn"])


def _days(first: str, last: str | None) -> list[int]:
    if first == "*":
        return list(range(7))
    start = DAYS.index(first)
    length = (DAYS.index(last) - start) % 7 + 1 if last else 1
    return [(start + step) % 7 for step in range(length)]


INSTANCE, VAULT = "aws:rds/instance:Instance", "aws:backup/vault:Vault"
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html: t3, t4g, m and r classes
# from micro to large have two.
PROCESSORS = 2
# The operating system's metrics as a line of JSON; a guess, for AWS names no size.
MONITORING_KB = Decimal(5)
MONTH_SECONDS = MONTH_HOURS * 3600
FREE_INSIGHT_DAYS = 7


def instance(node: Node, context: Context) -> Iterator[Charge]:
    """A standby in another zone is charged for as a second instance, with its storage."""
    given = described(node, context.graph)
    copies = 2 if given.get("multiAz") else 1
    storage = Decimal(given["allocatedStorage"])
    yield charge(f"rds-{given['instanceClass']}", MONTH_HOURS * copies * running_share(context.graph))
    yield charge(f"rds-{given['storageType']}", storage * copies)
    yield charge("rds-cpu-credits", context.usage("database.cpu_above_baseline_hours"))
    if given.get("manageMasterUserPassword"):
        yield charge("secret", 1)
    if given.get("monitoringInterval"):
        samples = MONTH_SECONDS / Decimal(given["monitoringInterval"])
        yield charge("logs-in", gigabytes(samples * MONITORING_KB))
    if int(given.get("performanceInsightsRetentionPeriod", FREE_INSIGHT_DAYS)) > FREE_INSIGHT_DAYS:
        raise Unpriceable(f"{node.name}: there is no price of Performance Insights beyond {FREE_INSIGHT_DAYS} days")
    if "replicateSourceDb" not in given:
        yield charge("rds-backup", _backups_above(storage, context))
        # Each GB is charged for where it leaves a zone and where it enters one.
        yield charge("between-zones", context.usage("database.between_zones_gb") * 2)


def described(node: Node, graph: Graph) -> Mapping[str, Any]:
    """A replica has its storage from its source."""
    if "replicateSourceDb" not in node.inputs:
        return node.inputs
    (source,) = [
        each
        for each in graph.of(INSTANCE).values()
        if each.inputs.get("identifier") == node.inputs["replicateSourceDb"]
    ]
    storage = {key: source.inputs[key] for key in ("allocatedStorage", "storageType")}
    return {**storage, **node.inputs, "manageMasterUserPassword": False}


def _backups_above(storage: Decimal, context: Context) -> Decimal:
    """As much as the database's own storage is free, automatic backups and snapshots together."""
    kept = context.usage("database.backup_gb")
    if context.graph.of(VAULT):
        kept += context.usage("backups.rds_gb")
    return max(Decimal(0), kept - storage)


def proxy(_: Node, context: Context) -> Iterator[Charge]:
    """By the processors of the database behind it."""
    yield charge("rds-proxy", MONTH_HOURS * PROCESSORS * running_share(context.graph))


def schedule(_: Node, context: Context) -> Iterator[Charge]:
    """Nothing for itself, but it must be one that running_share understands."""
    running_share(context.graph)
    yield from ()


RULES: dict[str, Rule] = {
    INSTANCE: instance,
    "aws:rds/proxy:Proxy": proxy,
    SCHEDULE: schedule,
}

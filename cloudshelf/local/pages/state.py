"""What runs now: functions, alarms, what waits to be done."""

from collections.abc import Iterator
from typing import Any

from pg8000.native import DatabaseError, InterfaceError  # type: ignore[import-untyped]

from cloudshelf.graph import Graph
from cloudshelf.local.databases import Database
from cloudshelf.local.lambdas.function import MOST_ENVIRONMENTS
from cloudshelf.local.metrics import alarms
from cloudshelf.local.metrics.known import LAMBDA
from cloudshelf.local.metrics.store import Key
from cloudshelf.local.world import World

MINUTE_S = 60
QUEUE = "aws:sqs/queue:Queue"
OWN_DATABASES = "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"
OUTBOX = """SELECT task, count(*), extract(epoch FROM now() - min(created_at))::int FROM outbox GROUP BY task
    ORDER BY task"""


def functions(world: World, prefix: str) -> Iterator[dict[str, Any]]:
    """Figures are of the last minute."""
    end = int(world.metrics.now()) + 1
    for name, function in sorted(world.functions.deployed.items()):
        busy, idle = function.environments

        def of_minute(metric: str, statistic: str, name: str = name) -> float:
            found = world.metrics.between(Key.of(LAMBDA, metric, {"FunctionName": name}), end - MINUTE_S, end)
            return round(found.statistic(statistic), 1) if found else 0.0

        yield {
            "name": name,
            "label": name.removeprefix(f"{prefix}-"),
            "busy": busy,
            "idle": idle,
            "most": min(MOST_ENVIRONMENTS, function.config.concurrency or MOST_ENVIRONMENTS),
            "memory_mb": function.config.memory_mb,
            "in_vpc": name in world.functions.placements,
            "calls": of_minute("Invocations", "Sum"),
            "errors": of_minute("Errors", "Sum"),
            "p95_ms": of_minute("Duration", "p95"),
        }


def waiting(world: World, graph: Graph) -> Iterator[dict[str, Any]]:
    """Debts in the outbox of each database, and the queues the stack declares."""
    for database in world.databases.instances.values():
        yield from _outbox(database)
    for node in graph.of(QUEUE).values():
        yield {
            "name": node.inputs.get("name", node.name),
            "kind": "queue",
            "count": None,
            "note": "nothing sends to it here",
        }


def _outbox(database: Database) -> Iterator[dict[str, Any]]:
    kind = f"outbox of {database.identifier}"
    try:
        ((name,),) = _asked(database, database.server.superuser, OWN_DATABASES)
        rows = _asked(database, str(name), OUTBOX)
    except (InterfaceError, DatabaseError, OSError, ValueError):
        yield {"name": "outbox", "kind": kind, "count": None, "note": "the database does not answer"}
        return
    for task, count, oldest_s in rows:
        yield {"name": task, "kind": kind, "count": count, "note": f"the oldest for {oldest_s} s"}
    if not rows:
        yield {"name": "outbox", "kind": kind, "count": 0, "note": "every order is paid and its cart cleared"}


def _asked(database: Database, name: str, sql: str) -> list[list[Any]]:
    connection = database.server.connect(database=name)
    try:
        return connection.run(sql) or []
    finally:
        connection.close()


def alarm_states(world: World, graph: Graph) -> list[dict[str, Any]]:
    """The declared alarms, by their own arguments."""
    world.metrics.refresh()
    now = world.metrics.now()
    return [
        {
            "name": alarm.name,
            "state": alarms.evaluate(alarm, world.metrics, now).value,
            "rule": alarm.rule,
            "description": alarm.description,
            "why_not": alarm.why_not,
        }
        for alarm in sorted(alarms.declared(graph), key=lambda alarm: alarm.name)
    ]

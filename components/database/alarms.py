"""Which metrics of the database alarm whom, as data."""

from collections.abc import Sequence

import pulumi

from components.alarms import Alarm
from components.database.parameters import max_connections, memory_gib

GIBIBYTE = 2**30
# Out of credits, a T2 is slowed down, and others go on and are charged for:
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Types.html
SLOWED, CHARGED = "db.t2.", "db.t"
LEAST_CREDITS, MOST_CPU_PERCENT, MOST_LAG_S = 20, 80, 60
LEAST_MEMORY, MOST_CONNECTIONS = 0.06, 0.75
QUARTER_HOUR = 3


def database_alarms(
    identifier: pulumi.Input[str], instance_class: str, storage: int, replica: pulumi.Input[str] | None = None
) -> Sequence[Alarm]:
    """`storage` in GiB; `replica` is a read replica's identifier."""
    alarms = [
        _alarm(
            identifier,
            "cpu",
            "CPUUtilization",
            MOST_CPU_PERCENT,
            "The database's processor is busy for a quarter of an hour.",
            periods=QUARTER_HOUR,
        ),
        _alarm(
            identifier,
            "storage",
            "FreeStorageSpace",
            storage * GIBIBYTE / 10,
            "Less than a tenth of the database's storage is free.",
            below=True,
        ),
        _alarm(
            identifier,
            "memory",
            "FreeableMemory",
            LEAST_MEMORY * memory_gib(instance_class) * GIBIBYTE,
            "The database's memory is nearly used up.",
            below=True,
            periods=QUARTER_HOUR,
        ),
        _alarm(
            identifier,
            "connections",
            "DatabaseConnections",
            int(MOST_CONNECTIONS * max_connections(instance_class)),
            "Connections are about to run out: three quarters of what a server of this class takes are open.",
        ),
    ]
    if instance_class.startswith(SLOWED):
        slowed = "The database's processor is about to be slowed down: its credits are used up."
        alarms.append(_alarm(identifier, "credits", "CPUCreditBalance", LEAST_CREDITS, slowed, below=True))
    elif instance_class.startswith(CHARGED):
        charged = "The database's processor works more than its class earns, for which AWS charges: a larger class?"
        alarms.append(_alarm(identifier, "credits", "CPUSurplusCreditsCharged", 0, charged))
    if replica is not None:
        lag = "The read replica is more than a minute behind."
        alarms.append(_alarm(replica, "replica-lag", "ReplicaLag", MOST_LAG_S, lag, periods=QUARTER_HOUR))
    return alarms


def _alarm(
    identifier: pulumi.Input[str],
    name: str,
    metric: str,
    threshold: float,
    description: str,
    *,
    below: bool = False,
    periods: int = 1,
) -> Alarm:
    return Alarm(
        name=f"database-{name}",
        description=description,
        namespace="AWS/RDS",
        metric=metric,
        statistic="Average",
        threshold=threshold,
        dimensions={"DBInstanceIdentifier": identifier},
        periods=periods,
        below=below,
    )

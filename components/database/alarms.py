"""Which metrics of the database alarm whom, as data."""

from collections.abc import Sequence

import pulumi

from components.alarms import Alarm

MEBIBYTE, GIBIBYTE = 2**20, 2**30
BURSTABLE = "db.t"
LEAST_CREDITS, LEAST_MEMORY_MIB, MOST_CPU_PERCENT, MOST_LAG_S = 20, 64, 80, 60
QUARTER_HOUR = 3
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html: LEAST({DBInstanceClassMemory/9531392}, 5000),
# about 100 for the smallest class, of which RDS keeps some.
MOST_CONNECTIONS = 75


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
            LEAST_MEMORY_MIB * MEBIBYTE,
            "The database's memory is used up.",
            below=True,
            periods=QUARTER_HOUR,
        ),
        _alarm(identifier, "connections", "DatabaseConnections", MOST_CONNECTIONS, "Connections are about to run out."),
    ]
    if instance_class.startswith(BURSTABLE):
        credits_left = "The database's processor is about to be slowed down: its credits are used up."
        alarms.append(_alarm(identifier, "credits", "CPUCreditBalance", LEAST_CREDITS, credits_left, below=True))
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

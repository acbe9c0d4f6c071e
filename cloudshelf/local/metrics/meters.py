"""Where the local cloud counts: at the gateway, at each function, at the databases."""

from collections.abc import Callable

from cloudshelf.local.metrics.known import API, DATABASE, LAMBDA
from cloudshelf.local.metrics.store import Metrics

Measure = Callable[[str, float], None]


def of_stage(metrics: Metrics, api_name: str, stage: str) -> Measure:
    """API Gateway counts for each API and for each of its stages."""
    both = ({"ApiName": api_name}, {"ApiName": api_name, "Stage": stage})

    def measure(metric: str, value: float) -> None:
        for dimensions in both:
            metrics.record(API, metric, dimensions, value)

    return measure


def of_function(metrics: Metrics, name: str) -> Measure:
    """Lambda counts for each function and for all of a region."""
    both: tuple[dict[str, str], ...] = ({"FunctionName": name}, {})

    def measure(metric: str, value: float) -> None:
        for dimensions in both:
            metrics.record(LAMBDA, metric, dimensions, value)

    return measure


def count_connections(metrics: Metrics, identifier: str, connections: int) -> None:
    metrics.record(DATABASE, "DatabaseConnections", {"DBInstanceIdentifier": identifier}, connections)

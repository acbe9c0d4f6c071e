"""Which answers of the API alarm whom, as data."""

from collections.abc import Mapping, Sequence

import pulumi

from components import api_counts
from components.alarms import Alarm, slow
from components.rest_api import RestApi
from components.service_function import ServiceFunction


def api_alarms(api: RestApi) -> Sequence[Alarm]:
    dimensions = {"ApiName": api.api_name, "Stage": api.stage_path}
    return [
        _errors(api, dimensions),
        Alarm(
            name="api-refusals",
            description="More than half of all requests were refused with 4xx, for 15 minutes.",
            namespace="AWS/ApiGateway",
            metric="4XXError",
            statistic="Average",
            threshold=0.5,
            dimensions=dimensions,
            periods=3,
        ),
        Alarm(
            name="api-slow",
            description="One request in twenty took longer than two seconds, for 15 minutes.",
            namespace="AWS/ApiGateway",
            metric="Latency",
            statistic="p95",
            threshold=2000,
            dimensions=dimensions,
            periods=3,
        ),
    ]


def _errors(api: RestApi, dimensions: Mapping[str, pulumi.Input[str]]) -> Alarm:
    """API Gateway's own metric, which 501 counts for, where no log is there to count in."""
    if api_counts.SERVER_ERRORS in api.counted:
        told = "The API answered a shopper with 5xx, and not to say what this phase has not got (501)."
        return _counted("api-errors", told, api_counts.SERVER_ERRORS, api)
    return Alarm(
        name="api-errors",
        description="The API answered a shopper with 5xx.",
        namespace="AWS/ApiGateway",
        metric="5XXError",
        statistic="Sum",
        threshold=0,
        dimensions=dimensions,
    )


def authorizer_alarms(name: str, function: ServiceFunction, api: RestApi) -> Sequence[Alarm]:
    """For a function that API Gateway asks about tokens. Its own errors are also what it says no with."""
    told = [
        _counted(
            f"{name}-errors",
            f"The {name} could not tell who calls: it crashed, timed out, raised or was throttled.",
            api_counts.AUTHORIZER_FAILURES,
            api,
        )
    ]
    return [*(told if api_counts.AUTHORIZER_FAILURES in api.counted else []), slow(name, function)]


def _counted(name: str, description: str, metric: str, api: RestApi) -> Alarm:
    """At the first one."""
    return Alarm(
        name=name,
        description=description,
        namespace=api_counts.NAMESPACE,
        metric=metric,
        statistic="Sum",
        threshold=0,
        dimensions={api_counts.OF_API: api.api_id},
    )

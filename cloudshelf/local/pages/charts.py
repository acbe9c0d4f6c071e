"""Charts of local metrics: what every stack has, and its declared dashboards."""

from collections.abc import Iterator
from typing import Any

from cloudshelf.graph import Graph
from cloudshelf.local.metrics import dashboards
from cloudshelf.local.metrics.dashboards import Chart, Line
from cloudshelf.local.metrics.known import API, LAMBDA
from cloudshelf.local.metrics.store import Key, Metrics
from cloudshelf.local.world import World

# CloudWatch draws a point a minute; here one is drawn every five seconds, of the last five minutes.
PERIOD_S, POINTS = 5, 60
PERCENTILES = ("p50", "p95", "p99")


def always(world: World) -> list[Chart]:
    """Requests and latency of each API stage, and how many functions run at once."""
    found = []
    for api in world.rest_apis.values():
        for stage in api.stages:
            of = {"ApiName": api.name, "Stage": stage}
            counts = [_line(metric, of, "Sum") for metric in ("Count", "4XXError", "5XXError")]
            latency = [_line("Latency", of, percentile) for percentile in PERCENTILES]
            found += [
                Chart(title="Requests", lines=tuple(counts)),
                Chart(title="Latency, ms", lines=tuple(latency)),
            ]
    at_once = Line(key=Key.of(LAMBDA, "ConcurrentExecutions", {}), statistic="Maximum", why_not="")
    return [*found, Chart(title="Functions at once", lines=(at_once,))]


def _line(metric: str, dimensions: dict[str, str], statistic: str) -> Line:
    return Line(key=Key.of(API, metric, dimensions), statistic=statistic, why_not="")


def as_json(world: World, graph: Graph) -> dict[str, Any]:
    """Every chart with its points, the oldest first; null where nothing was counted."""
    metrics = world.metrics
    metrics.refresh()
    end = metrics.now()
    return {
        "period_s": PERIOD_S,
        "points": POINTS,
        "now": [_chart(chart, metrics, end) for chart in always(world)],
        "dashboards": [
            {"name": each.name, "charts": [_chart(chart, metrics, end) for chart in each.charts]}
            for each in dashboards.declared(graph)
        ],
    }


def _chart(chart: Chart, metrics: Metrics, end: float) -> dict[str, Any]:
    return {"title": chart.title, "lines": list(_lines(chart, metrics, end))}


def _lines(chart: Chart, metrics: Metrics, end: float) -> Iterator[dict[str, Any]]:
    for line in chart.lines:
        yield {
            "label": f"{line.key.metric} {line.statistic}",
            "why_not": line.why_not,
            "points": dashboards.points(line, metrics, end, PERIOD_S, POINTS),
        }

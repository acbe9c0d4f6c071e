"""The declared dashboards, each line with what this machine knows of its metric."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cloudshelf.graph import Graph
from cloudshelf.local.metrics.known import reason
from cloudshelf.local.metrics.store import Key, Metrics

DASHBOARD = "aws:cloudwatch/dashboard:Dashboard"
SAME = "."  # in a dashboard's body: as in the line above


@dataclass(frozen=True, kw_only=True)
class Line:
    """One metric of a chart. `why_not` says why there are no values of it here."""

    key: Key
    statistic: str
    why_not: str


@dataclass(frozen=True, kw_only=True)
class Chart:
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class Dashboard:
    name: str
    charts: tuple[Chart, ...]


def declared(graph: Graph) -> list[Dashboard]:
    """Every dashboard of a stack, by name."""
    nodes = sorted(graph.of(DASHBOARD).values(), key=lambda node: node.inputs["dashboardName"])
    return [
        Dashboard(
            name=node.inputs["dashboardName"],
            charts=tuple(_charts(json.loads(node.inputs["dashboardBody"])["widgets"])),
        )
        for node in nodes
    ]


def _charts(widgets: list[dict[str, Any]]) -> Iterator[Chart]:
    for widget in widgets:
        if widget["type"] == "metric":
            shown = widget["properties"]
            lines = tuple(_lines(shown["metrics"], shown.get("stat", "Average")))
            yield Chart(title=shown.get("title", ""), lines=lines)


def _lines(rows: list[list[Any]], default: str) -> Iterator[Line]:
    before: list[str] = []
    for row in rows:
        names = [name for name in row if isinstance(name, str)]
        options = next((part for part in row if isinstance(part, dict)), {})
        names = [before[place] if name == SAME else name for place, name in enumerate(names)]
        before = names
        namespace, metric, *of = names
        yield Line(
            key=Key.of(namespace, metric, dict(zip(of[::2], of[1::2], strict=True))),
            statistic=options.get("stat", default),
            why_not=reason(namespace, metric),
        )


def points(line: Line, metrics: Metrics, end: float, period_s: int, count: int) -> list[float | None]:
    """So many values, the last of the period that ends at `end`; None where there is none."""
    if line.why_not:
        return [None] * count
    starts = [int(end) + 1 - period_s * (count - number) for number in range(count)]
    found = [metrics.between(line.key, start, start + period_s) for start in starts]
    return [each.statistic(line.statistic) if each else None for each in found]

"""Charts of a CloudWatch dashboard, as data.

Structure: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT, COLUMNS, MINUTE_S = 8, 6, 3, 60


@dataclass(frozen=True)
class Line:
    """One metric. `dimensions` are names and values in turn."""

    namespace: str
    metric: str
    dimensions: Sequence[str]
    statistic: str = "Sum"


@dataclass(frozen=True)
class Chart:
    """`lines` share an axis."""

    title: str
    lines: Sequence[Line]


def dashboard(charts: Sequence[Chart], region: str) -> dict[str, Any]:
    """The body of a dashboard: charts three in a row."""
    return {"widgets": [_widget(number, chart, region) for number, chart in enumerate(charts)]}


def _widget(number: int, chart: Chart, region: str) -> dict[str, Any]:
    return {
        "type": "metric",
        "x": number % COLUMNS * WIDTH,
        "y": number // COLUMNS * HEIGHT,
        "width": WIDTH,
        "height": HEIGHT,
        "properties": {
            "title": chart.title,
            "region": region,
            "view": "timeSeries",
            "period": MINUTE_S,
            "metrics": [
                [line.namespace, line.metric, *line.dimensions, {"stat": line.statistic}] for line in chart.lines
            ],
        },
    }

"""The declared alarms, held against local metrics by their own arguments.

How CloudWatch does it: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
"""

import operator
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cloudshelf.graph import Graph
from cloudshelf.local.metrics.known import reason
from cloudshelf.local.metrics.store import Key, Metrics

METRIC_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
FILLED = re.compile(r"FILL\((\w+), *0\)")
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


class State(StrEnum):
    """CloudWatch's three, and one for what is not measured here."""

    OK = "OK"
    ALARM = "ALARM"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"
    NOT_MEASURED = "not measured here"


@dataclass(frozen=True, kw_only=True)
class Alarm:
    """A declared metric alarm. `why_not` says why it cannot be judged here; empty where it can."""

    name: str
    description: str
    key: Key
    statistic: str
    period_s: int
    periods: int
    datapoints: int
    threshold: float
    comparison: str
    missing: str
    why_not: str

    def breaches(self, value: float) -> bool:
        return COMPARISONS[self.comparison](value, self.threshold)

    @property
    def rule(self) -> str:
        """In words: 5XXError Sum > 0 over 300 s, 1 of 1."""
        sign = {"Gre": ">", "Les": "<"}[self.comparison[:3]] + ("=" if "OrEqual" in self.comparison else "")
        return (
            f"{self.key.metric} {self.statistic} {sign} {self.threshold:g} over {self.period_s} s, "
            f"{self.datapoints} of {self.periods}"
        )


def declared(graph: Graph) -> list[Alarm]:
    """Every metric alarm of a stack."""
    return [_read(node.inputs) for node in graph.of(METRIC_ALARM).values()]


def _read(inputs: Mapping[str, Any]) -> Alarm:
    inputs = {**inputs, **measured(inputs)}
    namespace, metric = str(inputs.get("namespace") or ""), str(inputs.get("metricName") or "")
    periods = int(inputs["evaluationPeriods"])
    comparison = str(inputs["comparisonOperator"])
    why_not = reason(namespace, metric) if metric else "it is calculated from several metrics"
    if comparison not in COMPARISONS:
        why_not = f"{comparison} needs CloudWatch's own models"
    return Alarm(
        name=str(inputs["name"]),
        description=str(inputs.get("alarmDescription", "")),
        key=Key.of(namespace, metric, inputs.get("dimensions") or {}),
        statistic=str(inputs.get("extendedStatistic") or inputs.get("statistic")),
        period_s=int(inputs.get("period", 0)),
        periods=periods,
        datapoints=int(inputs.get("datapointsToAlarm") or periods),
        threshold=float(inputs.get("threshold", 0)),
        comparison=comparison,
        missing=str(inputs.get("treatMissingData", "missing")),
        why_not=why_not,
    )


def measured(inputs: Mapping[str, Any]) -> Mapping[str, Any]:
    """The metric of an alarm on it, or on `FILL(<metric>, 0)`; empty for an alarm that calculates otherwise."""
    if "metricQueries" not in inputs:
        return inputs
    queries = {query["id"]: query for query in inputs["metricQueries"]}
    for query in queries.values():
        found = FILLED.fullmatch(str(query.get("expression", "")))
        if found and query.get("returnData") and "metric" in queries.get(found[1], {}):
            metric: Mapping[str, Any] = queries[found[1]]["metric"]
            return {**metric, "statistic": metric["stat"]}
    return {}


def evaluate(alarm: Alarm, metrics: Metrics, at: float, *, faster: float = 1.0) -> State:
    """The state at a moment, over the declared periods that end with it.

    `faster` shortens every period so many times, to no less than a second: what takes a quarter of an hour on AWS can
    be seen in a drill. Thresholds, statistics and counts stay as declared.
    """
    if alarm.why_not:
        return State.NOT_MEASURED
    values = list(_datapoints(alarm, metrics, at, faster))
    known = [value for value in values if value is not None]
    breaching = sum(alarm.breaches(value) for value in known)
    if alarm.missing == "breaching":
        breaching += len(values) - len(known)
    if breaching >= alarm.datapoints:
        return State.ALARM
    return State.OK if known or alarm.missing == "notBreaching" else State.INSUFFICIENT_DATA


def _datapoints(alarm: Alarm, metrics: Metrics, at: float, faster: float) -> Iterator[float | None]:
    period, end = max(1, round(alarm.period_s / faster)), int(at) + 1
    for number in range(alarm.periods):
        found = metrics.between(alarm.key, end - (number + 1) * period, end - number * period)
        yield found.statistic(alarm.statistic) if found else None


@dataclass(frozen=True, kw_only=True)
class Fired:
    """An alarm, and how many seconds after the beginning it went off."""

    alarm: Alarm
    after_s: float


def fired(alarms: Sequence[Alarm], metrics: Metrics, since: float, until: float, *, faster: float = 1.0) -> list[Fired]:
    """Which alarms went off between two moments, first things first: every second is looked at."""
    metrics.refresh()
    found = []
    for alarm in alarms:
        for at in range(int(since), int(until) + 1):
            if evaluate(alarm, metrics, at, faster=faster) is State.ALARM:
                found.append(Fired(alarm=alarm, after_s=max(0.0, at - since)))
                break
    return sorted(found, key=lambda each: (each.after_s, each.alarm.name))

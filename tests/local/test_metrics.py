"""Metrics as CloudWatch keeps them, and declared alarms held against them."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from cloudshelf.graph import Graph
from cloudshelf.graph.stacks import stack_graph
from cloudshelf.local.metrics import alarms, dashboards
from cloudshelf.local.metrics.alarms import State, evaluate, fired
from cloudshelf.local.metrics.embedded import EmbeddedMetrics
from cloudshelf.local.metrics.filters import MetricFilter
from cloudshelf.local.metrics.store import KEPT_SECONDS, Key, Metrics
from components.api_counts import PATTERNS

NOON = 1_800_000_000
API = {"ApiName": "shop", "Stage": "api"}


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(clock=lambda: NOON)


def declared(**inputs: Any) -> alarms.Alarm:
    graph = Graph()
    whole = {
        "name": "shop-errors",
        "namespace": "AWS/ApiGateway",
        "metricName": "5XXError",
        "dimensions": API,
        "statistic": "Sum",
        "comparisonOperator": "GreaterThanThreshold",
        "threshold": 0,
        "period": 300,
        "evaluationPeriods": 1,
        "treatMissingData": "notBreaching",
        **inputs,
    }
    graph.nodes["urn"] = node(alarms.METRIC_ALARM, whole)
    (alarm,) = alarms.declared(graph)
    return alarm


def node(token: str, inputs: Mapping[str, Any]) -> Any:
    from cloudshelf.graph.model import Node

    return Node(
        urn="urn",
        type=token,
        name="it",
        parent="",
        custom=True,
        inputs=dict(inputs),
        secrets=set(),
        unknowns=set(),
        dependencies=[],
        property_dependencies={},
        options={},
    )


def errors(metrics: Metrics, *values: float, at: float = NOON) -> None:
    for value in values:
        metrics.record("AWS/ApiGateway", "5XXError", API, value, at)


def test_statistics_are_those_of_all_values_of_the_time(metrics: Metrics) -> None:
    for value in range(1, 101):
        metrics.record("Own", "Took", {}, value, NOON + value % 7)
    found = metrics.between(Key("Own", "Took"), NOON, NOON + 7)
    assert found is not None
    told = {name: found.statistic(name) for name in ("Sum", "Average", "Minimum", "Maximum", "SampleCount")}
    assert told == {"Sum": 5050, "Average": 50.5, "Minimum": 1, "Maximum": 100, "SampleCount": 100}
    for percentile in (50, 95, 99):
        assert found.statistic(f"p{percentile}") == pytest.approx(percentile, rel=0.011)
    assert found.statistic("p100") == 100
    with pytest.raises(ValueError, match="p101x is no statistic"):
        found.statistic("p101x")


def test_other_dimensions_are_another_metric_and_old_values_are_forgotten(metrics: Metrics) -> None:
    metrics.record("Own", "Took", {"A": "1", "B": "2"}, 5, NOON)
    assert metrics.between(Key.of("Own", "Took", {"B": "2", "A": "1"}), NOON, NOON + 1)
    assert not metrics.between(Key.of("Own", "Took", {"A": "1"}), NOON, NOON + 1)
    metrics.record("Own", "Took", {"A": "1", "B": "2"}, 5, NOON + KEPT_SECONDS + 1)
    assert not metrics.between(Key.of("Own", "Took", {"B": "2", "A": "1"}), NOON, NOON + 1)


@pytest.mark.parametrize(
    ("inputs", "values", "state"),
    [
        ({}, [0, 0, 1], State.ALARM),
        ({}, [0, 0], State.OK),
        ({}, [], State.OK),
        ({"treatMissingData": "missing"}, [], State.INSUFFICIENT_DATA),
        ({"treatMissingData": "breaching"}, [], State.ALARM),
        ({"threshold": 1}, [1], State.OK),
        ({"threshold": 1, "comparisonOperator": "GreaterThanOrEqualToThreshold"}, [1], State.ALARM),
        ({"threshold": 1, "comparisonOperator": "LessThanThreshold"}, [0], State.ALARM),
        ({"statistic": "Average", "threshold": 0.5}, [0, 1], State.OK),
        ({"statistic": "Average", "threshold": 0.5}, [0, 1, 1], State.ALARM),
        ({"statistic": None, "extendedStatistic": "p95", "threshold": 90}, range(100), State.ALARM),
        ({"evaluationPeriods": 2}, [1], State.OK),
        ({"evaluationPeriods": 2, "datapointsToAlarm": 1}, [1], State.ALARM),
        ({"dimensions": {"ApiName": "other"}}, [1], State.OK),
    ],
)
def test_an_alarm_is_judged_by_its_own_arguments(
    metrics: Metrics, inputs: dict[str, Any], values: list[float], state: State
) -> None:
    errors(metrics, *values)
    assert evaluate(declared(**inputs), metrics, NOON) is state


def test_three_periods_running_are_three_periods(metrics: Metrics) -> None:
    slow = declared(evaluationPeriods=3)
    errors(metrics, 1, at=NOON)
    errors(metrics, 1, at=NOON - 300)
    assert evaluate(slow, metrics, NOON) is State.OK
    errors(metrics, 1, at=NOON - 600)
    assert evaluate(slow, metrics, NOON) is State.ALARM
    assert evaluate(slow, metrics, NOON + 300) is State.OK


def test_a_drill_may_make_periods_shorter_and_nothing_else(metrics: Metrics) -> None:
    slow = declared(evaluationPeriods=3)
    for second in range(3):
        errors(metrics, 1, at=NOON - second)
    assert evaluate(slow, metrics, NOON) is State.OK
    assert evaluate(slow, metrics, NOON, faster=300) is State.ALARM
    assert evaluate(declared(threshold=2), metrics, NOON, faster=300) is State.OK


def test_when_an_alarm_went_off_is_told(metrics: Metrics) -> None:
    errors(metrics, 0, at=NOON)
    errors(metrics, 1, at=NOON + 4)
    (only,) = fired([declared(), declared(threshold=9)], metrics, NOON, NOON + 9)
    assert (only.alarm.name, only.after_s) == ("shop-errors", 4)


def test_what_is_not_measured_is_never_called_fine(metrics: Metrics) -> None:
    blocked = declared(namespace="AWS/WAFV2", metricName="BlockedRequests")
    assert evaluate(blocked, metrics, NOON) is State.NOT_MEASURED
    assert blocked.why_not == "there is no firewall on this machine"
    assert declared(metricName=None).why_not == "it is calculated from several metrics"


@pytest.mark.parametrize("stack", ["phase1", "phase2"])
def test_every_alarm_and_chart_of_a_stack_is_read(stack: str) -> None:
    graph = stack_graph(stack)
    found = alarms.declared(graph)
    assert {each.name for each in found} >= {f"cloudshelf-{stack}-api-errors", f"cloudshelf-{stack}-books-slow"}
    by_name = {each.name.removeprefix(f"cloudshelf-{stack}-"): each for each in found}
    assert by_name["api-errors"].rule == "ServerErrors Sum > 0 over 300 s, 1 of 1"
    assert by_name["books-slow"].rule == "Duration p95 > 3000 over 300 s, 3 of 3"
    assert by_name["carts-table-read-throttles"].why_not
    assert bool(dashboards.declared(graph)) is (stack == "phase2")


def test_a_dashboards_lines_become_points(metrics: Metrics) -> None:
    graph = Graph()
    body = {
        "widgets": [
            {"type": "text", "properties": {}},
            {
                "type": "metric",
                "properties": {
                    "title": "Requests",
                    "metrics": [
                        ["AWS/ApiGateway", "5XXError", "ApiName", "shop", "Stage", "api", {"stat": "Sum"}],
                        [".", "Count", ".", ".", ".", "."],
                        ["AWS/RDS", "CPUUtilization", "DBInstanceIdentifier", "db"],
                    ],
                },
            },
        ]
    }
    graph.nodes["urn"] = node(dashboards.DASHBOARD, {"dashboardName": "shop", "dashboardBody": json.dumps(body)})
    (shop,) = dashboards.declared(graph)
    errors_line, count, processor = shop.charts[0].lines
    assert (count.key, count.statistic) == (Key.of("AWS/ApiGateway", "Count", API), "Average")
    assert processor.why_not
    errors(metrics, 1, 1, at=NOON)
    errors(metrics, 1, at=NOON - 60)
    assert dashboards.points(errors_line, metrics, NOON, 60, 3) == [None, 1, 2]
    assert dashboards.points(processor, metrics, NOON, 60, 2) == [None, None]


def test_a_functions_own_metrics_are_read_from_its_log(metrics: Metrics, tmp_path: Path) -> None:
    log = tmp_path / "orders.log"
    line = {
        "_aws": {
            "Timestamp": NOON * 1000,
            "CloudWatchMetrics": [
                {"Namespace": "CloudShelf", "Dimensions": [["FunctionName"]], "Metrics": [{"Name": "Orders"}]}
            ],
        },
        "FunctionName": "orders",
        "Orders": [1, 1],
    }
    key = Key.of("CloudShelf", "Orders", {"FunctionName": "orders"})
    metrics.sources.append(EmbeddedMetrics(metrics, lambda: [log, tmp_path / "never-run.log"]))
    text = json.dumps(line)
    log.write_text(f'{{"level":"INFO"}}\n{{"_aws": 1}}\n{text}\n{text[:40]}')
    for expected, rest in ((2, text[40:] + "\n"), (4, "")):
        metrics.refresh()
        found = metrics.between(key, NOON, NOON + 1)
        assert found is not None
        assert found.statistic("Sum") == expected
        with log.open("a") as end:
            end.write(rest)


def counting(pattern: str, **told: Any) -> MetricFilter:
    transformation = {"namespace": "CloudShelf", "name": "It", "value": "1", "dimensions": {"ApiId": "$.apiId"}, **told}
    return MetricFilter.of({"pattern": pattern, "metricTransformation": transformation})


@pytest.mark.parametrize(
    ("what", "line", "times"),
    [
        ("ServerErrors", {"status": "500"}, 1),
        ("ServerErrors", {"status": "503", "responseType": "AUTHORIZER_FAILURE"}, 1),
        ("ServerErrors", {"status": "501"}, 0),
        ("ServerErrors", {"status": "200"}, 0),
        ("ServerErrors", {"status": "405"}, 0),
        ("ServerErrors", {}, 0),
        ("AuthorizerFailures", {"status": "503", "responseType": "AUTHORIZER_FAILURE"}, 1),
        ("AuthorizerFailures", {"status": "500", "responseType": "AUTHORIZER_CONFIGURATION_ERROR"}, 1),
        ("AuthorizerFailures", {"status": "401", "responseType": "UNAUTHORIZED"}, 0),
        ("AuthorizerFailures", {"status": "403", "responseType": "ACCESS_DENIED"}, 0),
        ("AuthorizerFailures", {"status": "200", "responseType": "-"}, 0),
    ],
)
def test_what_the_program_counts_in_the_access_log(
    what: str, line: Mapping[str, str], times: int, metrics: Metrics
) -> None:
    counting(PATTERNS[what]).count({"apiId": "abc", **line}, metrics)
    found = metrics.between(Key.of("CloudShelf", "It", {"ApiId": "abc"}), NOON, NOON + 1)
    assert (found.statistic("Sum") if found else 0) == times


@pytest.mark.parametrize(
    ("pattern", "told"),
    [
        ("ERROR", {}),
        ("[ip, user]", {}),
        ("{ $.status >= 500 }", {}),
        ('{ ($.status = "5*") || ($.status = "4*") }', {}),
        ('{ $.a.b = "c" }', {}),
        ('{ $.a = "c" }', {"defaultValue": "0"}),
        ('{ $.a = "c" }', {"dimensions": {"Id": "abc"}}),
    ],
)
def test_a_filter_that_is_not_imitated_is_refused(pattern: str, told: Mapping[str, Any]) -> None:
    with pytest.raises(ValueError, match="the local cloud counts"):
        counting(pattern, **told)

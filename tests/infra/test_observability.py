"""Backup and maintenance windows, latency alarms, dashboards and saved log queries."""

import json
import re

import pytest

from components.database.database import WINDOWS
from tests.captured import STACKS, captured


def test_the_vpc_is_the_plans() -> None:
    assert captured("phase2").one("aws:ec2/vpc:Vpc").inputs["cidrBlock"] == "10.0.0.0/16"


@pytest.mark.parametrize("stack", ["enhanced", "phase2"])
def test_backups_and_maintenance_have_their_hours(stack: str) -> None:
    database = captured(stack).one("aws:rds/instance:Instance").inputs
    assert (database["backupWindow"], database["maintenanceWindow"]) == WINDOWS
    assert database["autoMinorVersionUpgrade"] is True


@pytest.mark.parametrize("stack", STACKS)
def test_an_alarm_tells_when_answers_take_longer_than_the_plan_allows(stack: str) -> None:
    alarm = captured(stack).named("api-slow-alarm").inputs
    assert (alarm["namespace"], alarm["metricName"], alarm["extendedStatistic"]) == ("AWS/ApiGateway", "Latency", "p95")
    assert alarm["threshold"] <= 2000


def test_counted_orders_are_shown() -> None:
    graph = captured("phase2")
    function = graph.named("orders-function").inputs["name"]
    widgets = json.loads(graph.named("dashboards-orders").inputs["dashboardBody"])["widgets"]
    shown = [metric[:4] for widget in widgets for metric in widget["properties"]["metrics"]]
    assert ["CloudShelf", "OrdersAnswered", "FunctionName", function] in shown


def test_saved_queries_ask_logs_that_are_written() -> None:
    graph = captured("phase2")
    written = {group.inputs["name"] for group in graph.of("aws:cloudwatch/logGroup:LogGroup").values()}
    queries = graph.of("aws:cloudwatch/queryDefinition:QueryDefinition")
    assert len(queries) == 5
    assert {group for query in queries.values() for group in query.inputs["logGroupNames"]} <= written
    logged = json.loads(graph.one("aws:apigateway/stage:Stage").inputs["accessLogSettings"]["format"])
    for name in ("insights-answers", "insights-busiest-addresses"):
        asked = re.findall(r"\bby ([\w, ]+)|pct\((\w+)", queries[name].inputs["queryString"])
        fields = {field for each in asked for text in each for field in re.findall(r"\w+", text)}
        assert fields
        assert fields <= logged.keys(), name

"""Alarms, logs, the budget, and what an account has only once."""

import os

import pytest

from cloudshelf.graph import Graph
from cloudshelf.graph.inventory import inventory
from tests.infra.permissions import PERMISSIONS
from tests.infra.provider import ROOT, Declare

# It has the API's id in it.
NAMED_BY_AWS = "API-Gateway-Execution-Logs_"
ACCOUNT_ROLE = "aws:apigateway/account:Account"


def test_the_accounts_log_role_outlives_the_stack_that_set_it(phase1: Graph) -> None:
    assert phase1.one(ACCOUNT_ROLE).options["retainOnDelete"] is True


@pytest.mark.parametrize(("choice", "logs"), [("reuse", True), ("skip", False)])
def test_the_accounts_log_role_is_set_only_when_told(declare: Declare, choice: str, logs: bool) -> None:
    graph = declare("phase1", {"cloudshelf:apiGatewayLogRole": choice})
    assert graph.of(ACCOUNT_ROLE) == {}
    assert ("accessLogSettings" in graph.one("aws:apigateway/stage:Stage").inputs) is logs


def test_two_stacks_share_no_physical_name(declare: Declare, phase1: Graph) -> None:
    def names(graph: Graph) -> set[tuple[str, str]]:
        physical = {(n.type, n.inputs["name"]) for n in graph.resources if n.custom and "name" in n.inputs}
        return {(kind, name) for kind, name in physical if not name.startswith(NAMED_BY_AWS) and name != "admin"}

    other = declare("phase1", stack="phase1-eu")
    assert names(phase1)
    assert names(phase1).isdisjoint(names(other))


def test_alarms_reach_the_topic_and_say_what_missing_data_means(phase1: Graph) -> None:
    topic = phase1.one("aws:sns/topic:Topic").outputs["arn"]
    alarms = phase1.of("aws:cloudwatch/metricAlarm:MetricAlarm")
    watched = {(a.inputs["namespace"], a.inputs["metricName"]) for a in alarms.values()}
    assert watched == {
        ("AWS/Lambda", "Errors"),
        ("AWS/Lambda", "Duration"),
        ("AWS/Lambda", "Throttles"),
        ("AWS/DynamoDB", "ReadThrottleEvents"),
        ("AWS/DynamoDB", "WriteThrottleEvents"),
        ("AWS/ApiGateway", "5XXError"),
        ("AWS/ApiGateway", "Latency"),
    }
    for name, alarm in alarms.items():
        assert alarm.inputs["alarmActions"] == [topic], name
        assert alarm.inputs["treatMissingData"] == "notBreaching", name


def test_the_budget_warns_before_it_is_spent(phase1: Graph) -> None:
    budget = phase1.one("aws:budgets/budget:Budget").inputs
    assert (budget["limitAmount"], budget["limitUnit"]) == ("10", "USD")
    warnings = {(n["notificationType"], n["threshold"]) for n in budget["notifications"]}
    assert warnings == {("ACTUAL", 50), ("ACTUAL", 80), ("FORECASTED", 100)}


@pytest.mark.parametrize(("address", "count"), [("", 0), ("ops@example.com", 1)])
def test_alarms_are_mailed_where_told(declare: Declare, address: str, count: int) -> None:
    graph = declare("phase1", {"cloudshelf:alertEmail": address})
    assert len(graph.of("aws:sns/topicSubscription:TopicSubscription")) == count


def test_logs_are_kept_as_long_as_told(phase1: Graph) -> None:
    groups = phase1.of("aws:cloudwatch/logGroup:LogGroup")
    assert groups.keys() == {f"{name}-logs" for name in PERMISSIONS} | {"rest-logs-access", "rest-logs-errors"}
    assert {g.inputs["retentionInDays"] for g in groups.values()} == {14}


def test_the_inventory_in_git_is_what_the_program_declares(phase1: Graph) -> None:
    path = ROOT / "tests/infra/inventory-phase1.txt"
    if os.environ.get("UPDATE_INVENTORY"):
        path.write_text(inventory(phase1))
    assert path.read_text() == inventory(phase1), "see what changed, then run: make inventory"

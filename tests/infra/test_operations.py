"""Alarms, logs, the budget, and what an account has only once."""

import json
import os

from cloudshelf.graph import Graph
from cloudshelf.graph.inventory import inventory
from tests.infra.permissions import PERMISSIONS
from tests.infra.provider import ACCOUNT, ROOT, Declare

# It has the API's id in it.
NAMED_BY_AWS = "API-Gateway-Execution-Logs_"
ACCOUNT_ROLE = "aws:apigateway/account:Account"


def test_the_accounts_log_role_outlives_the_stack_that_set_it(phase1: Graph) -> None:
    assert phase1.one(ACCOUNT_ROLE).options["retainOnDelete"] is True


def test_a_log_role_the_account_has_is_logged_with_and_left_alone(declare: Declare) -> None:
    graph = declare("phase1", {"apiGatewayLogRole": "reuse"})
    assert graph.of(ACCOUNT_ROLE) == {}
    assert "accessLogSettings" in graph.one("aws:apigateway/stage:Stage").inputs


def test_without_a_log_role_the_api_writes_no_logs(trial: Graph) -> None:
    assert trial.of(ACCOUNT_ROLE) == {}
    assert "accessLogSettings" not in trial.one("aws:apigateway/stage:Stage").inputs
    assert trial.named("rest-settings").inputs["settings"]["loggingLevel"] == "OFF"


def test_two_stacks_share_no_physical_name(trial: Graph, phase1: Graph) -> None:
    def names(graph: Graph) -> set[tuple[str, str]]:
        physical = {(n.type, n.inputs["name"]) for n in graph.resources if n.custom and "name" in n.inputs}
        return {(kind, name) for kind, name in physical if not name.startswith(NAMED_BY_AWS) and name != "admin"}

    assert names(phase1)
    assert names(phase1).isdisjoint(names(trial))


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


def test_alarms_are_mailed_where_told(trial: Graph, phase1: Graph) -> None:
    subscription = "aws:sns/topicSubscription:TopicSubscription"
    assert phase1.of(subscription) == {}
    assert trial.one(subscription).inputs["endpoint"] == "ops@example.com"
    assert trial.one(subscription).inputs["topic"] == trial.one("aws:sns/topic:Topic").outputs["arn"]


def test_only_aws_itself_publishes_for_this_account_alone(phase1: Graph) -> None:
    (statement,) = json.loads(phase1.one("aws:sns/topicPolicy:TopicPolicy").inputs["policy"])["Statement"]
    assert statement["Principal"] == {"Service": ["budgets.amazonaws.com", "cloudwatch.amazonaws.com"]}
    assert statement["Action"] == "sns:Publish"
    assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}


def test_logs_are_kept_as_long_as_told(phase1: Graph) -> None:
    groups = phase1.of("aws:cloudwatch/logGroup:LogGroup")
    assert groups.keys() == {f"{name}-logs" for name in PERMISSIONS} | {"rest-logs-access", "rest-logs-errors"}
    assert {g.inputs["retentionInDays"] for g in groups.values()} == {14}


def test_the_inventory_in_git_is_what_the_program_declares(phase1: Graph) -> None:
    path = ROOT / "tests/infra/inventory-phase1.txt"
    if os.environ.get("UPDATE_INVENTORY"):
        path.write_text(inventory(phase1))
    assert path.read_text() == inventory(phase1), "see what changed, then run: make inventory"

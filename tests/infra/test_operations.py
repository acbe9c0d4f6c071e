"""Alarms, logs, the budget, and what an account has only once."""

import json
import re

import pytest

from cloudshelf.graph import Graph
from cloudshelf.local.metrics.alarms import measured
from tests.infra.permissions import PERMISSIONS
from tests.infra.provider import ACCOUNT, Declare

ACCOUNT_ROLE = "aws:apigateway/account:Account"
ALARM, METRIC_FILTER = "aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/logMetricFilter:LogMetricFilter"


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


@pytest.mark.parametrize("stack", ["phase1", "enhanced", "phase2"], indirect=True)
def test_an_alarm_on_throttles_of_dynamodb_ends_for_what_is_missing_counts_as_zero(graph: Graph) -> None:
    found = [alarm.inputs for name, alarm in graph.of(ALARM).items() if name.endswith("-throttles-alarm")]
    assert found
    for alarm in found:
        filled, plain = alarm["metricQueries"]
        assert (filled["expression"], filled["returnData"], plain["id"]) == ("FILL(measured, 0)", True, "measured")
        assert plain["metric"]["namespace"] == "AWS/DynamoDB"
        assert "metricName" not in alarm


def test_alarms_reach_the_topic_and_say_what_missing_data_means(phase1: Graph) -> None:
    topic = phase1.one("aws:sns/topic:Topic").outputs["arn"]
    alarms = phase1.of(ALARM)
    watched = {(told["namespace"], told["metricName"]) for told in (measured(a.inputs) for a in alarms.values())}
    assert watched == {
        ("AWS/Lambda", "ConcurrentExecutions"),
        ("AWS/Lambda", "Errors"),
        ("AWS/Lambda", "Duration"),
        ("AWS/Lambda", "Throttles"),
        ("AWS/DynamoDB", "ReadThrottleEvents"),
        ("AWS/DynamoDB", "WriteThrottleEvents"),
        ("AWS/ApiGateway", "4XXError"),
        ("CloudShelf", "CartLinesUnreadable"),
        ("CloudShelf", "ServerErrors"),
        ("AWS/ApiGateway", "Latency"),
    }
    for name, alarm in alarms.items():
        assert alarm.inputs["alarmActions"] == [topic], name
        assert alarm.inputs["treatMissingData"] == "notBreaching", name


def test_each_count_of_the_access_log_has_an_alarm_that_reads_it(phase1: Graph, phase2: Graph) -> None:
    for graph, expected in ((phase1, {"ServerErrors"}), (phase2, {"ServerErrors", "AuthorizerFailures"})):
        stage = graph.one("aws:apigateway/stage:Stage").inputs
        group = stage["accessLogSettings"]["destinationArn"].partition(":log-group:")[2]
        line = json.loads(stage["accessLogSettings"]["format"])
        filters = [each.inputs for each in graph.of(METRIC_FILTER).values()]
        assert {each["metricTransformation"]["name"] for each in filters} == expected
        for each in filters:
            told = each["metricTransformation"]
            assert group == each["logGroupName"]
            assert set(re.findall(r"\$\.(\w+)", each["pattern"])) <= line.keys()
            assert (told["value"], told["dimensions"], line["apiId"]) == ("1", {"ApiId": "$.apiId"}, "$context.apiId")
            (alarm,) = [a.inputs for a in graph.of(ALARM).values() if measured(a.inputs)["metricName"] == told["name"]]
            assert (alarm["namespace"], alarm["dimensions"]) == (told["namespace"], {"ApiId": "rest-api-id"})
            assert (alarm["statistic"], alarm["threshold"]) == ("Sum", 0)


def test_no_alarm_counts_the_authorizers_errors_which_are_also_its_refusals(phase2: Graph) -> None:
    authorizer = phase2.named("authorizer-function").inputs["name"]
    watched = {
        measured(alarm.inputs)["metricName"]
        for alarm in phase2.of(ALARM).values()
        if (alarm.inputs.get("dimensions") or {}).get("FunctionName") == authorizer
    }
    assert watched == {"Duration"}


def test_without_a_log_the_alarm_has_api_gateways_own_count(trial: Graph) -> None:
    assert trial.of(METRIC_FILTER) == {}
    alarm = trial.named("api-errors-alarm").inputs
    assert (alarm["namespace"], alarm["metricName"]) == ("AWS/ApiGateway", "5XXError")


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


def test_only_aws_itself_publishes_for_this_account_alone(graph: Graph) -> None:
    services, rules, unencrypted = json.loads(graph.one("aws:sns/topicPolicy:TopicPolicy").inputs["policy"])[
        "Statement"
    ]
    assert set(services["Principal"]["Service"]) == {
        f"{s}.amazonaws.com" for s in ("budgets", "cloudwatch", "events.rds")
    }
    assert services["Action"] == rules["Action"] == "sns:Publish"
    assert services["Condition"] == {"StringEquals": {"aws:SourceAccount": ACCOUNT}}
    assert rules["Principal"] == {"Service": "events.amazonaws.com"}
    assert ACCOUNT in rules["Condition"]["ArnLike"]["aws:SourceArn"]
    assert unencrypted["Effect"] == "Deny"
    assert unencrypted["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_logs_are_kept_as_long_as_told(phase1: Graph) -> None:
    groups = phase1.of("aws:cloudwatch/logGroup:LogGroup")
    assert groups.keys() == {f"{name}-logs" for name in PERMISSIONS} | {"rest-logs-access", "rest-logs-errors"}
    assert {g.inputs["retentionInDays"] for g in groups.values()} == {14}

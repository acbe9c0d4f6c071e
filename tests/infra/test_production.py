"""What phase 2 has besides network, database and keys: firewalls, a domain, audit, backups, tracing."""

import json
from typing import Any

import pytest

from cloudshelf.graph import Graph
from tests.infra.provider import ACCOUNT, Declare

PRODUCTION = pytest.mark.parametrize("stack", ["phase2", "everything"], indirect=True)
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
SINGLETONS = ("cloudTrail", "guardDuty", "accessAnalyzer")


def rules(graph: Graph, name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = graph.named(name).inputs["rules"]
    return found


@PRODUCTION
def test_a_firewall_stands_before_cloudfront_and_one_before_the_stage(graph: Graph) -> None:
    edge, api = graph.named("cdn-firewall-acl"), graph.named("api-firewall-acl")
    assert (edge.inputs["scope"], api.inputs["scope"]) == ("CLOUDFRONT", "REGIONAL")
    assert graph.one(DISTRIBUTION).inputs["webAclId"] == edge.outputs["arn"]
    association = graph.one("aws:wafv2/webAclAssociation:WebAclAssociation").inputs
    assert association["webAclArn"] == api.outputs["arn"]
    assert association["resourceArn"] == graph.one("aws:apigateway/stage:Stage").outputs["arn"]


@PRODUCTION
@pytest.mark.parametrize("firewall", ["cdn-firewall-acl", "api-firewall-acl"])
def test_a_firewall_knows_aws_own_rules_and_counts_requests(graph: Graph, firewall: str) -> None:
    named = {rule["name"] for rule in rules(graph, firewall)}
    assert {"AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"} <= named
    limits = {
        rule["name"]: rule["statement"]["rateBasedStatement"]
        for rule in rules(graph, firewall)
        if "rateBasedStatement" in rule["statement"] and rule["action"] == {"block": {}}
    }
    assert limits["limit-orders"]["limit"] < limits["limit-everything"]["limit"]
    assert "scopeDownStatement" not in limits["limit-everything"]
    assert len({rule["priority"] for rule in rules(graph, firewall)}) == len(named)


@PRODUCTION
def test_a_firewalls_log_shows_no_token_cookie_or_key(graph: Graph) -> None:
    for name, logging in graph.of("aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration").items():
        hidden = {field["singleHeader"]["name"] for field in logging.inputs["redactedFields"]}
        assert hidden == {"authorization", "cookie", "x-api-key"}, name


def test_a_domain_of_ones_own_is_served_with_its_certificate(everything: Graph, phase2: Graph) -> None:
    distribution = everything.one(DISTRIBUTION).inputs
    assert distribution["aliases"] == ["shop.example.com"]
    validated = everything.named("domain-validated")
    certificate = distribution["viewerCertificate"]
    assert certificate["acmCertificateArn"] == validated.inputs["certificateArn"]
    assert certificate["minimumProtocolVersion"].startswith("TLSv1.2")
    assert {everything.named(f"domain-{kind}").inputs["type"] for kind in ("a", "aaaa")} == {"A", "AAAA"}
    assert phase2.one(DISTRIBUTION).inputs["viewerCertificate"] == {"cloudfrontDefaultCertificate": True}


def test_only_the_countries_named_are_served(everything: Graph, phase2: Graph) -> None:
    chosen = everything.one(DISTRIBUTION).inputs["restrictions"]["geoRestriction"]
    assert chosen == {"restrictionType": "whitelist", "locations": ["DE", "FR"]}
    assert phase2.one(DISTRIBUTION).inputs["restrictions"]["geoRestriction"]["restrictionType"] == "none"


def test_real_time_logs_are_of_every_request_when_told(everything: Graph, phase2: Graph) -> None:
    config = everything.one("aws:cloudfront/realtimeLogConfig:RealtimeLogConfig")
    distribution = everything.one(DISTRIBUTION).inputs
    behaviors = [distribution["defaultCacheBehavior"], *distribution["orderedCacheBehaviors"]]
    assert {behavior["realtimeLogConfigArn"] for behavior in behaviors} == {config.outputs["arn"]}
    assert phase2.of("aws:cloudfront/realtimeLogConfig:RealtimeLogConfig") == {}


@PRODUCTION
def test_the_trail_is_of_every_region_checked_and_kept(graph: Graph) -> None:
    trail = graph.one("aws:cloudtrail/trail:Trail").inputs
    assert trail["isMultiRegionTrail"] is True
    assert trail["enableLogFileValidation"] is True
    assert trail["s3BucketName"] == graph.named("logs-bucket").outputs["bucket"]
    assert graph.named("logs-bucket").protected


@PRODUCTION
def test_only_aws_writes_to_the_log_bucket_and_for_this_account(graph: Graph) -> None:
    *allowed, unencrypted = json.loads(graph.named("logs-policy").inputs["policy"])["Statement"]
    assert {statement["Principal"]["Service"] for statement in allowed} == {
        "cloudtrail.amazonaws.com",
        "logging.s3.amazonaws.com",
    }
    assert all(ACCOUNT in json.dumps(statement["Condition"]) for statement in allowed)
    assert unencrypted["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


@PRODUCTION
def test_every_bucket_is_private_encrypted_and_keeps_old_versions(graph: Graph) -> None:
    for name, bucket in graph.of("aws:s3/bucket:Bucket").items():
        kind = name.removesuffix("-bucket")
        block = graph.named(f"{kind}-private").inputs
        assert {block[key] for key in block if key != "bucket"} == {True}, name
        assert block["bucket"] == bucket.outputs["bucket"]
        assert graph.named(f"{kind}-versions").inputs["versioningConfiguration"] == {"status": "Enabled"}


@PRODUCTION
def test_what_holds_data_is_copied_every_night_to_a_vault(graph: Graph) -> None:
    copied = graph.one("aws:backup/selection:Selection").inputs["resources"]
    assert copied == [graph.named("carts-table").outputs["arn"], graph.named("database-instance").outputs["arn"]]
    (rule,) = graph.one("aws:backup/plan:Plan").inputs["rules"]
    assert rule["targetVaultName"] == graph.one("aws:backup/vault:Vault").inputs["name"]
    assert rule["lifecycle"]["deleteAfter"] >= 30


@PRODUCTION
def test_requests_are_traced_from_the_gateway_on(graph: Graph) -> None:
    assert graph.one("aws:apigateway/stage:Stage").inputs["xrayTracingEnabled"] is True
    for name, function in graph.of("aws:lambda/function:Function").items():
        assert function.inputs["tracingConfig"] == {"mode": "Active"}, name


@PRODUCTION
def test_each_function_has_a_dashboard_and_so_has_the_shop(graph: Graph) -> None:
    functions = {name.removesuffix("-function") for name in graph.of("aws:lambda/function:Function")} - {"schema"}
    boards = graph.of("aws:cloudwatch/dashboard:Dashboard")
    assert boards.keys() == {f"dashboards-{name}" for name in {*functions, "shop"}}
    region = graph.named("data-key").outputs["arn"].split(":")[3]
    for name, board in boards.items():
        for widget in json.loads(board.inputs["dashboardBody"])["widgets"]:
            assert widget["properties"]["region"] == region, name


@PRODUCTION
def test_what_guardduty_finds_reaches_the_alarm_topic_or_waits(graph: Graph) -> None:
    target = graph.one("aws:cloudwatch/eventTarget:EventTarget").inputs
    assert target["arn"] == graph.one("aws:sns/topic:Topic").outputs["arn"]
    queue = graph.named("threats-untold")
    assert target["deadLetterConfig"] == {"arn": queue.outputs["arn"]}
    alarm = graph.named("threats-untold-alarm").inputs
    assert alarm["dimensions"] == {"QueueName": queue.inputs["name"]}


@pytest.mark.parametrize("choice", ["reuse", "skip"])
def test_what_an_account_has_once_is_made_only_when_told(declare: Declare, choice: str) -> None:
    graph = declare("phase2", dict.fromkeys(SINGLETONS, choice))
    made = {node.type for node in graph.resources if node.custom}
    once = {"aws:cloudtrail/trail:Trail", "aws:guardduty/detector:Detector", "aws:accessanalyzer/analyzer:Analyzer"}
    assert made.isdisjoint(once)
    assert ("aws:cloudwatch/eventRule:EventRule" in made) is (choice == "reuse")


@PRODUCTION
def test_what_an_account_has_once_outlives_the_stack(graph: Graph) -> None:
    assert graph.one("aws:guardduty/detector:Detector").options["retainOnDelete"] is True
    assert graph.one("aws:apigateway/account:Account").options["retainOnDelete"] is True

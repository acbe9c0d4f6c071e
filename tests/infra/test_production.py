"""What phase 2 has besides network, database and keys: firewalls, a domain, audit, backups, tracing."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from cloudshelf.graph import Graph
from components import contract
from tests.infra.provider import ACCOUNT, Declare

PRODUCTION = pytest.mark.parametrize("stack", ["phase2", "everything"], indirect=True)
SCHEMAS = contract.load()["components"]["schemas"]
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
    assert limits["limit-everything"]["limit"] < limits["limit-back-office"]["limit"]
    exempt = limits["limit-everything"]["scopeDownStatement"]["notStatement"]["statement"]
    assert exempt == limits["limit-back-office"]["scopeDownStatement"]
    # What a client writes into a header never decides whom it is counted as.
    assert {limit["aggregateKeyType"] for limit in limits.values()} == {"IP"}
    # An import of 2,000 books in five minutes, from one address.
    assert limits["limit-back-office"]["limit"] > 2_000
    assert len({rule["priority"] for rule in rules(graph, firewall)}) == len(named)


def longest(schema: Mapping[str, Any]) -> float:
    """Bytes that a JSON body of the schema may have, in the UTF-8 of Japanese."""
    while "$ref" in schema:
        schema = SCHEMAS[schema["$ref"].rpartition("/")[2]]
    if schema.get("type") == "object":
        return sum(len(name) + 6 + longest(each) for name, each in schema.get("properties", {}).items())
    if schema.get("type") == "array":
        return float(schema["maxItems"] * (1 + longest(schema["items"])))
    if "enum" in schema or schema.get("format") or "maxLength" not in schema:
        return 40
    return float(schema["maxLength"] * (3 if free(schema) else 1) + 2)


def free(schema: Mapping[str, Any]) -> bool:
    """Whether a text may have any character: its pattern forbids NUL, and blanks alone, at most."""
    return schema.get("type") == "string" and "[^\x00]*" in schema.get("pattern", "").replace("\\u0000", "\x00")


def exempt(rule: Mapping[str, Any], path: str) -> bool:
    found, spared = rule["statement"]["andStatement"]["statements"]
    assert found["orStatement"]["statements"]
    return bool(re.search(spared["notStatement"]["statement"]["regexMatchStatement"]["regexString"], path))


@PRODUCTION
@pytest.mark.parametrize("firewall", ["cdn-firewall-acl", "api-firewall-acl"])
def test_a_firewall_lets_through_what_the_contract_takes(graph: Graph, firewall: str) -> None:
    named = {rule["name"]: rule for rule in rules(graph, firewall)}
    spared = set()
    for operation in contract.operations():
        path = f"/api/v1{operation.path}".replace("{book_id}", "the-hobbit")
        body = operation.definition.get("requestBody")
        if body and longest(next(iter(body["content"].values()))["schema"]) > 8_192:
            assert exempt(named["managed-size"], path), path
        words = [p for p in operation.parameters if p["in"] == "query" and p["name"] in ("q", "author", "category")]
        assert exempt(named["managed-query"], path) == bool(words), path
        if exempt(named["managed-body"], path):
            spared.add(operation.operation_id)
    assert spared >= {"createBook", "putBook", "updateSession"}
    assert exempt(named["managed-size"], "/api/v1/cart/merge")
    assert not exempt(named["managed-size"], "/api/v1/orders")
    assert not spared & {"createOrder", "updateMe", "setCartItem", "mergeCart"}
    assert not exempt(named["managed-query"], "/api/v1/admin/books")


@PRODUCTION
def test_a_rule_with_an_exemption_labels_and_everywhere_else_its_label_blocks(graph: Graph) -> None:
    declared = rules(graph, "cdn-firewall-acl")
    counting = {
        override["name"].upper()
        for rule in declared
        for override in rule["statement"].get("managedRuleGroupStatement", {}).get("ruleActionOverrides", [])
    }
    blocking: set[str] = set()
    for rule in (each for each in declared if each["name"].startswith("managed-")):
        assert rule["action"] == {"block": {}}
        labels = rule["statement"]["andStatement"]["statements"][0]["orStatement"]["statements"]
        blocking |= {each["labelMatchStatement"]["key"].rpartition(":")[2].upper() for each in labels}
    assert counting == blocking != set()
    last_group = max(rule["priority"] for rule in declared if "managedRuleGroupStatement" in rule["statement"])
    assert all(rule["priority"] > last_group for rule in declared if rule["name"].startswith("managed-"))


@PRODUCTION
def test_a_firewall_keeps_no_samples_which_would_show_tokens_and_cookies(graph: Graph) -> None:
    for node in graph.of("aws:wafv2/webAcl:WebAcl").values():
        settings = [node.inputs["visibilityConfig"], *(rule["visibilityConfig"] for rule in node.inputs["rules"])]
        assert not any(each["sampledRequestsEnabled"] for each in settings)


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

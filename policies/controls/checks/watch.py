"""Alarms, topics, queues, log groups, budgets and the findings that reach somebody."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .. import tokens
from ..control import Violation, lack, violation
from ..documents import statements
from ..rules import alone, among
from ..stack import ENHANCED, PHASE2, Resource, Stack, as_list, mappings

AUDIT = re.compile(r"^(/aws/(cloudtrail|vpc|vendedlogs)/|aws-waf-logs-)")
APPLICATION_DAYS = (14, 30, 60, 90, 180, 365)
LEAST_AUDIT_DAYS = 365
# What has to be watched in production: namespace and metric. How much concurrency an account has is not for a program
# to know; that it is used up shows in Throttles.
ALARMS = frozenset(
    {
        ("AWS/ApiGateway", "4XXError"),
        ("AWS/ApiGateway", "Latency"),
        ("AWS/DynamoDB", "ReadThrottleEvents"),
        ("AWS/DynamoDB", "WriteThrottleEvents"),
        ("AWS/Lambda", "Duration"),
        ("AWS/Lambda", "Errors"),
        ("AWS/Lambda", "Throttles"),
        ("AWS/RDS", "CPUUtilization"),
        ("AWS/RDS", "DatabaseConnections"),
        ("AWS/RDS", "FreeStorageSpace"),
        ("AWS/RDS", "FreeableMemory"),
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
        ("AWS/WAFV2", "BlockedRequests"),
    }
)
# The access log's count leaves 501 out; without the log there is API Gateway's own.
SERVER_ERRORS = (("CloudShelf", "ServerErrors"), ("AWS/ApiGateway", "5XXError"))
OF_TRAILS = "/aws/cloudtrail/"
MOST_BUDGET_USD = {ENHANCED: 30}
LEAST_ALERTS = 2
DLQ_RETENTION_S = 1_209_600
FEATURES = ("LAMBDA_NETWORK_LOGS", "RDS_LOGIN_EVENTS", "S3_DATA_EVENTS")
LEAST_SEVERITY = 4


@among
def kept_long_enough(group: Resource, stack: Stack) -> Iterator[str]:
    days = int(group.get("retentionInDays", 0))
    if stack.phase == PHASE2 and AUDIT.match(str(group.get("name"))):
        if days < LEAST_AUDIT_DAYS:
            yield f"retentionInDays is {days}: keep what proves things for {LEAST_AUDIT_DAYS} days"
    elif days not in APPLICATION_DAYS:
        yield f"retentionInDays is {days}: set it to one of {', '.join(map(str, APPLICATION_DAYS))}"


@alone
def heard(alarm: Resource) -> Iterator[str]:
    if alarm.get("actionsEnabled") is False:
        yield "actionsEnabled is false: nobody is told"
    if not alarm.get("treatMissingData"):
        yield "treatMissingData is not set: say what silence means"


def measured(alarm: Resource) -> list[Mapping[str, Any]]:
    """The metrics an alarm is about: its own, or those it calculates from."""
    queries = [query["metric"] for query in mappings(alarm.get("metricQueries")) if query.get("metric")]
    return queries or [alarm.props]


@alone
def never_silent(alarm: Resource) -> Iterator[str]:
    own = alarm.get("namespace") == "AWS/DynamoDB"
    filled = any("FILL(" in str(query.get("expression")) for query in mappings(alarm.get("metricQueries")))
    if own or (any(each.get("namespace") == "AWS/DynamoDB" for each in measured(alarm)) and not filled):
        yield "CloudWatch ignores missing data of AWS/DynamoDB, so it would never end: alarm on FILL(metric, 0)"


def alarms_complete(stack: Stack) -> Iterator[Violation]:
    alarms = stack.of(tokens.ALARM)
    watched = {(each.get("namespace"), each.get("metricName")) for alarm in alarms for each in measured(alarm)}
    for namespace, metric in sorted(ALARMS - watched):
        yield lack(stack, f"nothing alarms on {metric} of {namespace}: add an alarm")
    if watched.isdisjoint(SERVER_ERRORS):
        yield lack(stack, "nothing alarms on what the API answers with 5xx: add an alarm")


def trail_counted(stack: Stack) -> Iterator[Violation]:
    groups = [str(each.get("logGroupName", "")) for each in stack.of(tokens.METRIC_FILTER)]
    if not any(group.startswith(OF_TRAILS) for group in groups):
        yield lack(stack, "nothing is counted in a trail's log: add a filter for each of CIS's patterns")


def filters_alarm(stack: Stack) -> Iterator[Violation]:
    watched = {each.get("metricName") for alarm in stack.of(tokens.ALARM) for each in measured(alarm)}
    for each in stack.of(tokens.METRIC_FILTER):
        if each.get("metricTransformation.name") not in watched:
            yield violation(each, "nothing alarms on what it counts: add an alarm")


@alone
def tls_and_account_only(policy: Resource) -> Iterator[str]:
    listed = statements(policy)
    plain = [s for s in listed if s.anybody and not s.allows and s.conditioned_on("aws:securetransport")]
    if not plain:
        yield "policy does not refuse plain HTTP: deny where aws:SecureTransport is false"
    for statement in listed:
        if statement.allows and statement.anybody:
            yield "policy lets anybody in: name the principal"
        if statement.allows and not statement.conditioned_on("aws:sourceaccount", "aws:sourcearn"):
            yield "policy lets a service act for any account: condition it on aws:SourceAccount or aws:SourceArn"


@alone
def waits_safely(queue: Resource) -> Iterator[str]:
    if queue.get("sqsManagedSseEnabled") is not True and not queue.get("kmsMasterKeyId"):
        yield "it is not encrypted: set sqsManagedSseEnabled or kmsMasterKeyId"
    if not queue.get("redrivePolicy") and queue.get("messageRetentionSeconds") != DLQ_RETENTION_S:
        yield f"messageRetentionSeconds is not {DLQ_RETENTION_S}: give people two weeks to look"


@among
def warns_early(budget: Resource, stack: Stack) -> Iterator[str]:
    most = MOST_BUDGET_USD.get(stack.phase)
    if most is not None and float(budget.get("limitAmount", 0)) > most:
        yield f"limitAmount is {budget.get('limitAmount')}: {stack.phase} promises at most {most} USD"
    if len(budget.items("notifications")) < LEAST_ALERTS:
        yield f"notifications are fewer than {LEAST_ALERTS}: warn before the money is gone"
    for notification in mappings(budget.get("notifications")):
        told = [*as_list(notification.get("subscriberSnsTopicArns"))]
        if not told and not notification.get("subscriberEmailAddresses"):
            yield "a notification reaches nobody: name a topic"


def features_on(stack: Stack) -> Iterator[Violation]:
    on = {feature.get("name") for feature in stack.of(tokens.DETECTOR_FEATURE) if feature.get("status") == "ENABLED"}
    for name in FEATURES:
        if name not in on:
            yield lack(stack, f"GuardDuty does not watch {name}: add a DetectorFeature")


def findings_told(stack: Stack) -> Iterator[Violation]:
    """GuardDuty's findings of medium severity and up reach a topic, or at least a queue."""
    for rule in stack.of(tokens.EVENT_RULE):
        if "aws.guardduty" not in as_list(rule.get("eventPattern.source")):
            continue
        severities = [each.get("numeric") for each in mappings(rule.get("eventPattern.detail.severity"))]
        if any(float(each[1]) > LEAST_SEVERITY for each in severities if each):
            continue
        for target in stack.users(rule, tokens.EVENT_TARGET, "rule"):
            told = stack.sources(target, "arn", tokens.TOPIC)
            if told and target.get("deadLetterConfig.arn"):
                return
    yield lack(stack, f"no rule tells a topic, with a queue behind it, of findings of severity {LEAST_SEVERITY} and up")


def firewall_logged(stack: Stack) -> Iterator[Violation]:
    for acl in stack.of(tokens.WEB_ACL):
        loggings = stack.users(acl, tokens.WEB_ACL_LOGGING, "resourceArn")
        if not loggings:
            yield lack(stack, f"nobody logs what {acl.name} does: add WebAclLoggingConfiguration")
        for logging in loggings:
            redacted = {_header(field) for field in mappings(logging.get("redactedFields"))}
            if missing := {"authorization", "cookie"} - redacted:
                yield lack(stack, f"{logging.name} writes {', '.join(sorted(missing))} down: add it to redactedFields")
            groups = stack.sources(logging, "logDestinationConfigs", tokens.LOG_GROUP)
            if not any(str(group.get("name")).startswith("aws-waf-logs-") for group in groups):
                yield lack(stack, f"{logging.name} has no log group whose name starts aws-waf-logs-")


def _header(field: Mapping[str, Mapping[str, str]]) -> str:
    return (field.get("singleHeader") or {}).get("name", "").lower()

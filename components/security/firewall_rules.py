"""What the firewall looks at, as data.

Managed groups, their rules and labels:
https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-use-case.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi_aws as aws

COMMON, SQL = "AWSManagedRulesCommonRuleSet", "AWSManagedRulesSQLiRuleSet"
MANAGED = ("AWSManagedRulesAmazonIpReputationList", COMMON, "AWSManagedRulesKnownBadInputsRuleSet", SQL)
LABELS = {COMMON: "awswaf:managed:aws:core-rule-set", SQL: "awswaf:managed:aws:sql-database"}


@dataclass(frozen=True, kw_only=True)
class Exemption:
    """Rules of managed groups that do not apply to paths where people write freely: by group, rule and its label."""

    name: str
    paths: str
    rules: Mapping[str, Mapping[str, str]]


EXEMPTIONS = (
    # The rule's limit is 8 KB. A description has up to 4,000 characters, 12 KB in Japanese; a cart has up to 97 books.
    Exemption(
        name="size",
        paths=r"/v1/(admin/books|cart/merge$)",
        rules={COMMON: {"SizeRestrictions_BODY": "SizeRestrictions_Body"}},
    ),
    # A description may have markup, addresses and the words of SQL; so may a search, which a session keeps.
    Exemption(
        name="body",
        paths=r"/v1/(admin/books|sessions/me$)",
        rules={
            COMMON: {
                "CrossSiteScripting_BODY": "CrossSiteScripting_Body",
                "GenericLFI_BODY": "GenericLFI_Body",
                "GenericRFI_BODY": "GenericRFI_Body",
            },
            SQL: {"SQLi_BODY": "SQLi_Body", "SQLiExtendedPatterns_BODY": "SQLiExtendedPatterns_Body"},
        },
    ),
    # Books are called "Drop Table" and "<Head>", too. A query with a cursor is up to 1,024 characters and the words.
    Exemption(
        name="query",
        paths=r"/v1/books$",
        rules={
            COMMON: {
                "SizeRestrictions_QUERYSTRING": "SizeRestrictions_QueryString",
                "CrossSiteScripting_QUERYARGUMENTS": "CrossSiteScripting_QueryArguments",
                "GenericLFI_QUERYARGUMENTS": "GenericLFI_QueryArguments",
                "GenericRFI_QUERYARGUMENTS": "GenericRFI_QueryArguments",
            },
            SQL: {
                "SQLi_QUERYARGUMENTS": "SQLi_QueryArguments",
                "SQLiExtendedPatterns_QUERYARGUMENTS": "SQLiExtendedPatterns_QueryArguments",
            },
        },
    ),
)
WINDOW_S = 300
# Nobody buys, or opens a session, twenty times as seldom as they look at books.
WRITES_PER_READ = 20
# An import sends a book a request: 2,000 books in five minutes, and the back office beside it.
BACK_OFFICE, IMPORTS_PER_READ = "/v1/admin/", 10
# Where the address seen is one of CloudFront's, many shoppers may share it. X-Forwarded-For would tell them apart, but
# WAF counts by its first address, which the client writes: anyone could evade the limit, or have somebody else barred.
SHOPPERS_PER_CLOUDFRONT_ADDRESS = 100


def rules(prefix: str, limit: int, *, behind_cloudfront: bool) -> Sequence[aws.wafv2.WebAclRuleArgsDict]:
    """Managed groups, what they found outside the exemptions, then limits for one address in five minutes."""
    if behind_cloudfront:
        limit *= SHOPPERS_PER_CLOUDFRONT_ADDRESS
    back_office = _contains(BACK_OFFICE)
    limits: dict[str, tuple[int, dict[str, Any] | None]] = {
        "orders": (max(10, limit // WRITES_PER_READ), _contains("/v1/orders")),
        "back-office": (limit * IMPORTS_PER_READ, back_office),
        "everything": (limit, {"not_statement": {"statement": back_office}}),
    }
    declared = [
        *(_managed(name) for name in MANAGED),
        *(_unless_exempt(prefix, exemption) for exemption in EXEMPTIONS),
        *(_limit(prefix, name, most, narrowed) for name, (most, narrowed) in limits.items()),
    ]
    return [{**rule, "priority": priority} for priority, rule in enumerate(declared)]  # type: ignore[typeddict-item]


def visibility(name: str) -> aws.wafv2.WebAclVisibilityConfigArgsDict:
    # A sample shows tokens and cookies, which the log leaves out.
    return {"cloudwatch_metrics_enabled": True, "metric_name": name, "sampled_requests_enabled": False}


def _managed(name: str) -> dict[str, Any]:
    """A group; rules with an exemption only label here, and `_unless_exempt` blocks by their labels."""
    labelling = [rule for exemption in EXEMPTIONS for rule in exemption.rules.get(name, ())]
    group: dict[str, Any] = {"vendor_name": "AWS", "name": name}
    if labelling:
        group["rule_action_overrides"] = [{"name": rule, "action_to_use": {"count": {}}} for rule in labelling]
    return {
        "name": name,
        "override_action": {"none": {}},
        "statement": {"managed_rule_group_statement": group},
        "visibility_config": visibility(name),
    }


def _unless_exempt(prefix: str, exemption: Exemption) -> dict[str, Any]:
    labels = [
        {"label_match_statement": {"scope": "LABEL", "key": f"{LABELS[group]}:{label}"}}
        for group, labelling in exemption.rules.items()
        for label in labelling.values()
    ]
    exempt = {"regex_match_statement": {**_path(), "regex_string": exemption.paths}}
    return {
        "name": f"managed-{exemption.name}",
        "action": {"block": {}},
        "statement": {
            "and_statement": {
                "statements": [{"or_statement": {"statements": labels}}, {"not_statement": {"statement": exempt}}]
            }
        },
        "visibility_config": visibility(f"{prefix}-managed-{exemption.name}"),
    }


def _limit(prefix: str, name: str, limit: int, narrowed: object) -> dict[str, Any]:
    counted: dict[str, object] = {"limit": limit, "evaluation_window_sec": WINDOW_S, "aggregate_key_type": "IP"}
    if narrowed:
        counted["scope_down_statement"] = narrowed
    return {
        "name": f"limit-{name}",
        "action": {"block": {}},
        "visibility_config": visibility(f"{prefix}-limit-{name}"),
        "statement": {"rate_based_statement": counted},
    }


def _contains(text: str) -> dict[str, Any]:
    return {"byte_match_statement": {**_path(), "positional_constraint": "CONTAINS", "search_string": text}}


def _path() -> dict[str, Any]:
    return {"field_to_match": {"uri_path": {}}, "text_transformations": [{"priority": 0, "type": "NONE"}]}

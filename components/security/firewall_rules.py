"""What the firewall looks at, as data.

Managed groups: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
"""

from collections.abc import Sequence

import pulumi_aws as aws

MANAGED = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesSQLiRuleSet",
)
WINDOW_S = 300
# Nobody buys, or opens a session, twenty times as seldom as they look at books.
WRITES_PER_READ = 20


def rules(prefix: str, limit: int, *, behind_cloudfront: bool) -> Sequence[aws.wafv2.WebAclRuleArgsDict]:
    """Managed groups, then limits for one address in five minutes: for all requests, and a lower one for orders."""
    managed = [_managed(number, name) for number, name in enumerate(MANAGED)]
    orders = {
        "byte_match_statement": {
            "field_to_match": {"uri_path": {}},
            "positional_constraint": "CONTAINS",
            "search_string": "/v1/orders",
            "text_transformations": [{"priority": 0, "type": "NONE"}],
        }
    }
    return [
        *managed,
        _limit(prefix, "orders", len(managed), max(10, limit // WRITES_PER_READ), behind_cloudfront, orders),
        _limit(prefix, "everything", len(managed) + 1, limit, behind_cloudfront, None),
    ]


def visibility(name: str) -> aws.wafv2.WebAclVisibilityConfigArgsDict:
    return {"cloudwatch_metrics_enabled": True, "metric_name": name, "sampled_requests_enabled": True}


def _managed(priority: int, name: str) -> aws.wafv2.WebAclRuleArgsDict:
    return {
        "name": name,
        "priority": priority,
        "override_action": {"none": {}},
        "statement": {"managed_rule_group_statement": {"vendor_name": "AWS", "name": name}},
        "visibility_config": visibility(name),
    }


def _limit(
    prefix: str, name: str, priority: int, limit: int, behind_cloudfront: bool, narrowed: object
) -> aws.wafv2.WebAclRuleArgsDict:
    counted: dict[str, object] = {"limit": limit, "evaluation_window_sec": WINDOW_S, "aggregate_key_type": "IP"}
    if behind_cloudfront:
        # Behind CloudFront the address of a request is CloudFront's: the shopper's is in a header.
        counted["aggregate_key_type"] = "FORWARDED_IP"
        counted["forwarded_ip_config"] = {"header_name": "X-Forwarded-For", "fallback_behavior": "MATCH"}
    if narrowed:
        counted["scope_down_statement"] = narrowed
    rule: aws.wafv2.WebAclRuleArgsDict = {
        "name": f"limit-{name}",
        "priority": priority,
        "action": {"block": {}},
        "visibility_config": visibility(f"{prefix}-limit-{name}"),
        "statement": {"rate_based_statement": counted},  # type: ignore[typeddict-item]
    }
    return rule

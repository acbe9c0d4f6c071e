"""Web ACLs: which rules, in which order, with which limits."""

from collections.abc import Iterator, Mapping
from typing import Any

from ..rules import alone
from ..stack import Resource, mappings

MANAGED = (
    "AWSManagedRulesAmazonIpReputationList",
    "AWSManagedRulesCommonRuleSet",
    "AWSManagedRulesKnownBadInputsRuleSet",
    "AWSManagedRulesSQLiRuleSet",
)
LOG4J = "AWSManagedRulesKnownBadInputsRuleSet"


def _groups(acl: Resource) -> dict[str, Mapping[str, Any]]:
    found = {}
    for rule in mappings(acl.get("rules")):
        group = (rule.get("statement") or {}).get("managedRuleGroupStatement")
        if group:
            found[group["name"]] = rule
    return found


def _limits(acl: Resource) -> list[tuple[Mapping[str, Any], Mapping[str, Any]]]:
    """Rate-based rules: the rule and its statement."""
    pairs = ((rule, (rule.get("statement") or {}).get("rateBasedStatement")) for rule in mappings(acl.get("rules")))
    return [(rule, statement) for rule, statement in pairs if statement]


@alone
def armed(acl: Resource) -> Iterator[str]:
    groups = _groups(acl)
    for name in MANAGED:
        if name not in groups:
            yield f"rules lack {name}: add it"
        elif "none" not in (groups[name].get("overrideAction") or {}):
            yield f"{name} only counts: set overrideAction to none"
    if not any("block" in (rule.get("action") or {}) for rule, _ in _limits(acl)):
        yield "no rule blocks who asks too often: add a rate-based one"
    priorities = [rule.get("priority") for rule in mappings(acl.get("rules"))]
    if len(set(priorities)) != len(priorities):
        yield "two rules have the same priority: AWS takes neither"


@alone
def log4j_blocked(acl: Resource) -> Iterator[str]:
    group = _groups(acl).get(LOG4J)
    if group is None:
        yield f"rules lack {LOG4J}: add it"
    elif group["statement"]["managedRuleGroupStatement"].get("ruleActionOverrides"):
        yield f"{LOG4J} has ruleActionOverrides: remove them"


@alone
def counted(acl: Resource) -> Iterator[str]:
    for name, each in [("the ACL", acl.props), *((rule.get("name"), rule) for rule in mappings(acl.get("rules")))]:
        if (each.get("visibilityConfig") or {}).get("cloudwatchMetricsEnabled") is not True:
            yield f"{name} has no metric: set visibilityConfig.cloudwatchMetricsEnabled"


@alone
def orders_limited(acl: Resource) -> Iterator[str]:
    limits = _limits(acl)
    narrowed = [(statement["limit"], statement.get("scopeDownStatement") or {}) for _, statement in limits]
    everywhere = [limit for limit, scope in narrowed if not scope or "notStatement" in scope]
    orders = [statement["limit"] for _, statement in limits if "/orders" in str(statement.get("scopeDownStatement"))]
    if not orders or not everywhere or min(orders) >= min(everywhere):
        yield "orders have no lower rate limit than the rest: add a rate-based rule scoped down to /orders"

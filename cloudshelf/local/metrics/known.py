"""Which metrics the local cloud measures, and why it does not measure the others."""

from collections.abc import Mapping

API, LAMBDA, DATABASE, OWN = "AWS/ApiGateway", "AWS/Lambda", "AWS/RDS", "CloudShelf"
MEASURED: Mapping[str, frozenset[str]] = {
    API: frozenset(
        {"Count", "4XXError", "5XXError", "Latency", "IntegrationLatency", "CacheHitCount", "CacheMissCount"}
    ),
    LAMBDA: frozenset({"Invocations", "Errors", "Duration", "Throttles", "ConcurrentExecutions", "IteratorAge"}),
    DATABASE: frozenset({"DatabaseConnections"}),
}
REASONS: Mapping[str, str] = {
    "AWS/DynamoDB": "the local DynamoDB has no capacity and never throttles",
    DATABASE: "the local PostgreSQL shares this machine's processor, memory and disk",
    "AWS/Backup": "nothing is backed up on this machine",
    "AWS/WAFV2": "there is no firewall on this machine",
}


def reason(namespace: str, metric: str) -> str:
    """Why a metric has no values here; empty for one that has."""
    if namespace == OWN or metric in MEASURED.get(namespace, ()):
        return ""
    return REASONS.get(namespace, f"the local cloud does not measure {namespace}")

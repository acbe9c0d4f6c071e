"""CloudFront, API Gateway, WAF, Cognito and CloudFront's real-time log."""

import json
from collections.abc import Iterator
from decimal import Decimal

from cloudshelf.cost.charges import MILLION, MONTH_HOURS, Charge, Context, Rule, Unpriceable, charge, gigabytes
from cloudshelf.graph import Node

TEN_THOUSAND = Decimal(10_000)
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-metrics-and-dimensions.html
METRICS_OF_A_METHOD, METRICS_OF_ITS_CACHE = 5, 2
EVERY_METHOD = "*/*"
METHODS = frozenset({"get", "put", "post", "delete", "patch", "head", "options"})
REALTIME_LINE_KB = Decimal("0.5")


def distribution(_: Node, context: Context) -> Iterator[Charge]:
    yield charge("cloudfront-requests", context.usage("cdn.requests") / TEN_THOUSAND)
    yield charge("cloudfront-out", context.usage("cdn.gb"))


def edge_function(node: Node, context: Context) -> Iterator[Charge]:
    """Run for each request of the API; what it reads of its values is charged, too."""
    requests = context.usage("api_requests") / MILLION
    yield charge("edge-function", requests)
    if node.inputs.get("keyValueStoreAssociations"):
        stored = context.graph.of("aws:cloudfront/keyvaluestoreKey:KeyvaluestoreKey")
        yield charge("edge-values", requests * len(stored))


def realtime_log(node: Node, context: Context) -> Iterator[Charge]:
    yield charge("cloudfront-realtime", _logged(node, context) / MILLION)


def stream(node: Node, context: Context) -> Iterator[Charge]:
    """What CloudFront writes; nothing in the program reads it."""
    if node.inputs.get("streamModeDetails", {}).get("streamMode") != "ON_DEMAND":
        raise Unpriceable(f"{node.name}: there are prices of on-demand streams only")
    logs = context.graph.of("aws:cloudfront/realtimeLogConfig:RealtimeLogConfig").values()
    yield charge("kinesis-stream", MONTH_HOURS)
    yield charge("kinesis-in", gigabytes(sum((_logged(log, context) for log in logs), Decimal(0)) * REALTIME_LINE_KB))


def _logged(log: Node, context: Context) -> Decimal:
    return context.usage("cdn.requests") * Decimal(log.inputs["samplingRate"]) / 100


def stage(node: Node, context: Context) -> Iterator[Charge]:
    requests = context.usage("api_requests")
    yield charge("api-requests", requests / MILLION)
    if node.inputs.get("cacheClusterEnabled"):
        yield charge(f"api-cache-{node.inputs['cacheClusterSize']}", MONTH_HOURS)
    if node.inputs.get("xrayTracingEnabled"):
        yield charge("traces", requests * context.usage("traced") / MILLION)


def method_settings(node: Node, context: Context) -> Iterator[Charge]:
    """Detailed metrics are custom metrics: so many for each method, in the hours it is called."""
    settings = node.inputs["settings"]
    if not settings.get("metricsEnabled"):
        return
    methods = _methods(context) if node.inputs["methodPath"] == EVERY_METHOD else 1
    metrics = METRICS_OF_ITS_CACHE if settings.get("cachingEnabled") else 0
    if node.inputs["methodPath"] == EVERY_METHOD:
        metrics += METRICS_OF_A_METHOD
    yield charge("metric", methods * metrics * context.usage("busy_hours"))


def _methods(context: Context) -> int:
    body = json.loads(context.graph.one("aws:apigateway/restApi:RestApi").inputs["body"])
    return sum(method in METHODS for path in body["paths"].values() for method in path)


def web_acl(node: Node, context: Context) -> Iterator[Charge]:
    """Groups of rules that AWS manages count as one rule each, but for those that are sold apart."""
    sold = [rule["name"] for rule in node.inputs["rules"] if "BotControl" in rule["name"] or "ATP" in rule["name"]]
    if sold:
        raise Unpriceable(f"{node.name}: there is no price of {', '.join(sold)}")
    before_the_api = node.inputs["scope"] == "REGIONAL"
    yield charge("waf-acl", 1)
    yield charge("waf-rule", len(node.inputs["rules"]))
    yield charge("waf-requests", context.usage("api_requests" if before_the_api else "cdn.requests") / MILLION)


def user_pool(node: Node, context: Context) -> Iterator[Charge]:
    if node.inputs.get("userPoolTier", "ESSENTIALS") != "ESSENTIALS":
        raise Unpriceable(f"{node.name}: there is no price of the tier {node.inputs['userPoolTier']}")
    yield charge("shoppers", context.usage("shoppers"))


RULES: dict[str, Rule] = {
    "aws:apigateway/methodSettings:MethodSettings": method_settings,
    "aws:apigateway/stage:Stage": stage,
    "aws:cloudfront/distribution:Distribution": distribution,
    "aws:cloudfront/function:Function": edge_function,
    "aws:cloudfront/realtimeLogConfig:RealtimeLogConfig": realtime_log,
    "aws:cognito/userPool:UserPool": user_pool,
    "aws:kinesis/stream:Stream": stream,
    "aws:wafv2/webAcl:WebAcl": web_acl,
}

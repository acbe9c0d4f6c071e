"""A topology, built from a stack's resource graph."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from cloudshelf.graph import Graph, Node
from cloudshelf.graph.model import OBJECT
from cloudshelf.topology import resources
from cloudshelf.topology.connections import authorizer, called_by_the_api, network_ways, permitted_ways, vpc
from cloudshelf.topology.model import Part, Place, Topology
from cloudshelf.topology.resources import ENDPOINTS, NATS, is_interface, key_of, role, source, sources


def watching(graph: Graph) -> Iterator[str]:
    """A few words each, only of what the stack has."""
    for token, tell in TOLD:
        nodes = sorted(graph.of(token).values(), key=lambda node: node.name)
        if nodes:
            yield tell(nodes)


def _count(word: str) -> Callable[[list[Node]], str]:
    return lambda nodes: f"{len(nodes)} {word}{'' if len(nodes) == 1 else 's'}"


def _fixed(words: str) -> Callable[[list[Node]], str]:
    return lambda _: words


def _budget(nodes: list[Node]) -> str:
    return f"budget ${nodes[0].inputs['limitAmount']} a month"


TOLD: tuple[tuple[str, Callable[[list[Node]], str]], ...] = (
    ("aws:cloudwatch/metricAlarm:MetricAlarm", _count("alarm")),
    ("aws:cloudwatch/dashboard:Dashboard", _count("dashboard")),
    ("aws:budgets/budget:Budget", _budget),
    ("aws:xray/group:Group", _fixed("X-Ray")),
    ("aws:kms/key:Key", _count("key")),
    ("aws:cloudtrail/trail:Trail", _fixed("CloudTrail")),
    ("aws:guardduty/detector:Detector", _fixed("GuardDuty")),
    ("aws:accessanalyzer/analyzer:Analyzer", _fixed("access analyzer")),
    ("aws:ec2/flowLog:FlowLog", _fixed("flow logs")),
    ("aws:backup/plan:Plan", _fixed("nightly backups")),
    ("aws:kinesis/stream:Stream", _fixed("real-time log")),
)


METHODS = frozenset({"get", "put", "post", "delete", "patch", "head", "options"})
INTERNET = Part(key="internet", kind="internet", name="the internet", place=Place.PUBLIC)
BROWSER = Part(key="browser", kind="browser", name="Browser", place=Place.EDGE)


def parts(graph: Graph) -> Iterator[Part]:
    yield BROWSER
    yield from (_distribution(graph, node) for node in _all(graph, resources.DISTRIBUTION))
    yield from (_site(node) for node in _all(graph, resources.BUCKET) if role(node) == "site")
    yield from (_user_pool(node) for node in _all(graph, resources.USER_POOL))
    yield from (_api(graph, node) for node in _all(graph, resources.API))
    yield from (_function(graph, node) for node in _all(graph, resources.FUNCTION))
    yield from (_table(node) for node in _all(graph, resources.TABLE))
    yield from (_proxy(node) for node in _all(graph, resources.PROXY))
    yield from (_database(graph, node) for node in _all(graph, resources.INSTANCE))
    yield from (_gateway(node) for node in _all(graph, resources.ENDPOINT) if not is_interface(node))
    if interfaces := [node for node in _all(graph, resources.ENDPOINT) if is_interface(node)]:
        yield _endpoints(interfaces)
    if nats := _all(graph, resources.NAT):
        yield _nats(graph, nats)
        yield INTERNET


def _all(graph: Graph, token: str) -> list[Node]:
    return sorted(graph.of(token).values(), key=lambda node: node.name)


def _distribution(graph: Graph, node: Node) -> Part:
    given = node.inputs
    countries = given.get("restrictions", {}).get("geoRestriction", {}).get("locations", [])
    details = [
        *given.get("aliases", []),
        *(["behind WAF"] if given.get("webAclId") else []),
        *([f"only {', '.join(countries)}"] if countries else []),
        *(["leads shoppers on"] if graph.of(resources.EDGE_FUNCTION) else []),
    ]
    return _part(node, "distribution", "CloudFront", Place.EDGE, details)


def _site(node: Node) -> Part:
    return _part(node, "site", "S3: storefront", Place.REGION, ["for CloudFront only"])


def _user_pool(node: Node) -> Part:
    return _part(node, "user pool", "Cognito", Place.REGION, ["sign-up, sign-in"])


def _api(graph: Graph, node: Node) -> Part:
    paths = json.loads(node.inputs["body"])["paths"]
    stages = [stage.inputs for stage in graph.of(resources.STAGE).values()]
    cache = [f"cache of {stage['cacheClusterSize']} GB" for stage in stages if stage.get("cacheClusterEnabled")]
    canary = [
        f"canary {stage['canarySettings']['percentTraffic']:g} %" for stage in stages if "canarySettings" in stage
    ]
    details = [
        f"{sum(method in METHODS for path in paths.values() for method in path)} operations",
        *(["behind WAF"] if graph.of(resources.WEB_ACL_ASSOCIATION) else []),
        *(["API keys, plans"] if graph.of(resources.API_KEY) else []),
        *cache,
        *canary,
    ]
    return _part(node, "api", "API Gateway", Place.REGION, details)


def _function(graph: Graph, node: Node) -> Part:
    inside = "vpcConfig" in node.inputs
    deployed = [
        call
        for call in _all(graph, resources.INVOCATION)
        if source(graph, call, "functionName", resources.FUNCTION) is node
    ]
    followed = [
        each
        for each in _all(graph, resources.EVENT_SOURCE)
        if source(graph, each, "functionName", resources.FUNCTION) is node
    ]
    details = [
        *(["checks tokens"] if node is authorizer(graph) else []),
        *(["runs at deployment"] if deployed else []),
        *(["moves a shop in"] if followed else []),
    ]
    return _part(node, "function", role(node), Place.PRIVATE if inside else Place.REGION, details)


def _table(node: Node) -> Part:
    regions = [replica["regionName"] for replica in node.inputs.get("replicas", [])]
    restorable = node.inputs.get("pointInTimeRecovery", {}).get("enabled")
    expires = node.inputs.get("ttl", {}).get("enabled")
    words = [*(["restorable"] if restorable else []), *(["rows expire"] if expires else [])]
    details = [", ".join(words)] if words else []
    return _part(node, "table", role(node), Place.REGION, [*details, *(f"copy in {region}" for region in regions)])


def _proxy(node: Node) -> Part:
    return _part(node, "proxy", "RDS Proxy", Place.DATABASE, [])


def _database(graph: Graph, node: Node) -> Part:
    given: dict[str, Any] = node.inputs
    if "replicateSourceDb" in given:
        return _part(node, "replica", "Read replica", Place.DATABASE, [given["instanceClass"]])
    zones = "standby in a second zone" if given.get("multiAz") else "one zone"
    size = f"{given['instanceClass']}, {given['allocatedStorage']:g} GB {given['storageType']}"
    hours = ["sleeps by the clock"] if _sleeps(graph) else []
    return _part(node, "database", f"PostgreSQL {given['engineVersion']}", Place.DATABASE, [size, zones, *hours])


def _sleeps(graph: Graph) -> bool:
    schedules = graph.of("aws:scheduler/schedule:Schedule").values()
    return any(str(node.inputs["target"]["arn"]).endswith(":stopDBInstance") for node in schedules)


def _gateway(node: Node) -> Part:
    return _part(node, "gateway", f"gateway endpoint: {_service(node)}", Place.PRIVATE, [])


def _endpoints(nodes: list[Node]) -> Part:
    services = tuple(_service(node) for node in nodes)
    return Part(key=ENDPOINTS, kind="endpoints", name="Endpoints", place=Place.PRIVATE, details=services)


def _service(endpoint: Node) -> str:
    return str(endpoint.inputs["serviceName"]).rpartition(".")[2]


def _nats(graph: Graph, nodes: list[Node]) -> Part:
    subnets = [subnet for node in nodes for subnet in sources(graph, node, "subnetId", resources.SUBNET)]
    name = "NAT gateway" if len(nodes) == 1 else f"{len(nodes)} NAT gateways"
    zones = tuple(sorted(subnet.inputs["availabilityZone"] for subnet in subnets))
    return Part(key=NATS, kind="nat", name=name, place=Place.PUBLIC, details=zones)


def _part(node: Node, kind: str, name: str, place: Place, details: list[str]) -> Part:
    return Part(key=key_of(node), kind=kind, name=name, place=place, details=tuple(details))


def read(stack: str, region: str, graph: Graph) -> Topology:
    asked = authorizer(graph)
    return Topology(
        stack=stack,
        region=region,
        resources=sum(node.custom and node.type != OBJECT for node in graph.resources),
        parts=tuple(parts(graph)),
        ways=tuple(sorted({*network_ways(graph), *permitted_ways(graph)})),
        vpc=vpc(graph),
        called=tuple(key_of(node) for node in called_by_the_api(graph)),
        authorizer=key_of(asked) if asked else None,
        watching=tuple(watching(graph)),
    )

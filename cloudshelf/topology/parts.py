"""The parts of a picture, each with the few things worth saying about it."""

import json
from collections.abc import Iterator
from typing import Any

from cloudshelf.graph import Graph, Node
from cloudshelf.topology import tokens
from cloudshelf.topology.access import authorizer
from cloudshelf.topology.links import ENDPOINTS, NATS, is_interface, key_of, role, source, sources
from cloudshelf.topology.model import Part, Place

METHODS = frozenset({"get", "put", "post", "delete", "patch", "head", "options"})
INTERNET = Part(key="internet", kind="internet", name="the internet", place=Place.PUBLIC)
BROWSER = Part(key="browser", kind="browser", name="Browser", place=Place.EDGE)


def parts(graph: Graph) -> Iterator[Part]:
    yield BROWSER
    yield from (_distribution(graph, node) for node in _all(graph, tokens.DISTRIBUTION))
    yield from (_site(node) for node in _all(graph, tokens.BUCKET) if role(node) == "site")
    yield from (_user_pool(node) for node in _all(graph, tokens.USER_POOL))
    yield from (_api(graph, node) for node in _all(graph, tokens.API))
    yield from (_function(graph, node) for node in _all(graph, tokens.FUNCTION))
    yield from (_table(node) for node in _all(graph, tokens.TABLE))
    yield from (_proxy(node) for node in _all(graph, tokens.PROXY))
    yield from (_database(graph, node) for node in _all(graph, tokens.INSTANCE))
    yield from (_gateway(node) for node in _all(graph, tokens.ENDPOINT) if not is_interface(node))
    if interfaces := [node for node in _all(graph, tokens.ENDPOINT) if is_interface(node)]:
        yield _endpoints(interfaces)
    if nats := _all(graph, tokens.NAT):
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
        *(["leads shoppers on"] if graph.of(tokens.EDGE_FUNCTION) else []),
    ]
    return _part(node, "distribution", "CloudFront", Place.EDGE, details)


def _site(node: Node) -> Part:
    return _part(node, "site", "S3: storefront", Place.REGION, ["for CloudFront only"])


def _user_pool(node: Node) -> Part:
    return _part(node, "user pool", "Cognito", Place.REGION, ["sign-up, sign-in"])


def _api(graph: Graph, node: Node) -> Part:
    paths = json.loads(node.inputs["body"])["paths"]
    stages = [stage.inputs for stage in graph.of(tokens.STAGE).values()]
    cache = [f"cache of {stage['cacheClusterSize']} GB" for stage in stages if stage.get("cacheClusterEnabled")]
    canary = [
        f"canary {stage['canarySettings']['percentTraffic']:g} %" for stage in stages if "canarySettings" in stage
    ]
    details = [
        f"{sum(method in METHODS for path in paths.values() for method in path)} operations",
        *(["behind WAF"] if graph.of(tokens.WEB_ACL_ASSOCIATION) else []),
        *(["API keys, plans"] if graph.of(tokens.API_KEY) else []),
        *cache,
        *canary,
    ]
    return _part(node, "api", "API Gateway", Place.REGION, details)


def _function(graph: Graph, node: Node) -> Part:
    inside = "vpcConfig" in node.inputs
    deployed = [
        call for call in _all(graph, tokens.INVOCATION) if source(graph, call, "functionName", tokens.FUNCTION) is node
    ]
    followed = [
        each
        for each in _all(graph, tokens.EVENT_SOURCE)
        if source(graph, each, "functionName", tokens.FUNCTION) is node
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
    subnets = [subnet for node in nodes for subnet in sources(graph, node, "subnetId", tokens.SUBNET)]
    name = "NAT gateway" if len(nodes) == 1 else f"{len(nodes)} NAT gateways"
    zones = tuple(sorted(subnet.inputs["availabilityZone"] for subnet in subnets))
    return Part(key=NATS, kind="nat", name=name, place=Place.PUBLIC, details=zones)


def _part(node: Node, kind: str, name: str, place: Place, details: list[str]) -> Part:
    return Part(key=key_of(node), kind=kind, name=name, place=place, details=tuple(details))

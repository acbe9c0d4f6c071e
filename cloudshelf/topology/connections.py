"""Who may reach whom: by security groups and routes, and by permissions."""

import json
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from cloudshelf.graph import Graph, Node
from cloudshelf.topology import resources
from cloudshelf.topology.model import Place, Subnet, Vpc, Way
from cloudshelf.topology.resources import NATS, key_of, source, sources

# Where each type says which groups it is in.
GROUPED = {
    resources.FUNCTION: "vpcConfig",
    resources.INSTANCE: "vpcSecurityGroupIds",
    resources.PROXY: "vpcSecurityGroupIds",
    resources.ENDPOINT: "securityGroupIds",
}
ANYWHERE = "0.0.0.0/0"
Opening = tuple[str, str, str]


def vpc(graph: Graph) -> Vpc | None:
    """The stack's own VPC, the one it borrows, or None."""
    for node in graph.of(resources.VPC).values():
        tiers = {
            place: subnets
            for place in (Place.PUBLIC, Place.PRIVATE, Place.DATABASE)
            if (subnets := _tier(graph, place))
        }
        zones = {subnet.zone for subnets in tiers.values() for subnet in subnets}
        return Vpc(name="VPC", cidr=str(node.inputs["cidrBlock"]), zones=len(zones), tiers=tiers)
    inside = [node for node in graph.of(resources.FUNCTION).values() if "vpcConfig" in node.inputs]
    if not inside:
        return None
    name = "default VPC" if graph.of(resources.DEFAULT_VPC) else "a VPC of the account"
    return Vpc(name=name, cidr="", zones=len(inside[0].inputs["vpcConfig"]["subnetIds"]))


def _tier(graph: Graph, place: Place) -> tuple[Subnet, ...]:
    found = [node.inputs for name, node in sorted(graph.of(resources.SUBNET).items()) if name.startswith(f"{place}-")]
    return tuple(Subnet(zone=each["availabilityZone"], cidr=each["cidrBlock"]) for each in found)


def network_ways(graph: Graph) -> Iterator[Way]:
    """Between what is in the groups: what the caller's group lets out and the callee's group lets in.

    Tables behind a gateway endpoint are left out: who uses which is a matter of permissions.
    """
    members = _members(graph)
    for caller, callee, port in sorted(_out(graph) & _in(graph)):
        yield from (Way(caller=one, callee=other, port=port) for one in members[caller] for other in members[callee])
    for group in sorted(_to_the_internet(graph)):
        if graph.of(resources.NAT):
            yield from (Way(caller=one, callee=NATS, port="443") for one in members[group])


def groups_with_gateway(graph: Graph) -> set[str]:
    """URNs of the groups that let connections out to a gateway endpoint."""
    rules = [node for node in graph.of(resources.EGRESS).values() if "prefixListId" in node.inputs]
    return {_group(graph, rule, "securityGroupId") for rule in rules}


def group_of(graph: Graph, node: Node) -> str | None:
    found = source(graph, node, GROUPED[node.type], resources.GROUP)
    return found.urn if found else None


def _members(graph: Graph) -> dict[str, list[str]]:
    """Keys of what is in each group."""
    found: dict[str, list[str]] = defaultdict(list)
    for token, name in GROUPED.items():
        for node in sorted(graph.of(token).values(), key=key_of):
            for group in sources(graph, node, name, resources.GROUP):
                found[group.urn].append(key_of(node))
    return found


def _out(graph: Graph) -> set[Opening]:
    rules = [node for node in graph.of(resources.EGRESS).values() if "referencedSecurityGroupId" in node.inputs]
    return {
        (_group(graph, rule, "securityGroupId"), _group(graph, rule, "referencedSecurityGroupId"), _port(rule))
        for rule in rules
    }


def _in(graph: Graph) -> set[Opening]:
    rules = [node for node in graph.of(resources.INGRESS).values() if "referencedSecurityGroupId" in node.inputs]
    return {
        (_group(graph, rule, "referencedSecurityGroupId"), _group(graph, rule, "securityGroupId"), _port(rule))
        for rule in rules
    }


def _to_the_internet(graph: Graph) -> set[str]:
    rules = [node for node in graph.of(resources.EGRESS).values() if node.inputs.get("cidrIpv4") == ANYWHERE]
    return {_group(graph, rule, "securityGroupId") for rule in rules}


def _group(graph: Graph, rule: Node, name: str) -> str:
    found = source(graph, rule, name, resources.GROUP)
    return found.urn if found else ""


def _port(rule: Node) -> str:
    first, last = int(rule.inputs["fromPort"]), int(rule.inputs["toPort"])
    return str(first) if first == last else f"{first}-{last}"


AUTHORIZER = "x-amazon-apigateway-authorizer"


def permitted_ways(graph: Graph) -> Iterator[Way]:
    """A function in a VPC reaches a table only where its group lets it out to the gateway endpoint."""
    gateway = groups_with_gateway(graph)
    for function in sorted(graph.of(resources.FUNCTION).values(), key=key_of):
        inside = "vpcConfig" in function.inputs
        for policy in _policies(graph, function):
            if not inside or group_of(graph, function) in gateway:
                for table in sources(graph, policy, "policy", resources.TABLE):
                    yield Way(caller=key_of(function), callee=key_of(table), port="443" if inside else "")
            for called in sources(graph, policy, "policy", resources.FUNCTION):
                yield Way(caller=key_of(function), callee=key_of(called), what="calls")


def authorizer(graph: Graph) -> Node | None:
    """The function API Gateway asks about tokens; None where it asks Cognito."""
    schemes = [scheme for api in graph.of(resources.API).values() for scheme in _schemes(api)]
    asked = [scheme[AUTHORIZER].get("authorizerUri", "") for scheme in schemes if AUTHORIZER in scheme]
    return next((each for each in _permitted(graph) if any(f":{each.inputs['name']}/" in uri for uri in asked)), None)


def called_by_the_api(graph: Graph) -> list[Node]:
    """The functions that answer requests."""
    asked = authorizer(graph)
    return sorted((function for function in _permitted(graph) if function is not asked), key=key_of)


def _schemes(api: Node) -> list[dict[str, Any]]:
    components = json.loads(api.inputs["body"]).get("components", {})
    return list(components.get("securitySchemes", {}).values())


def _permitted(graph: Graph) -> list[Node]:
    permissions = graph.of(resources.PERMISSION).values()
    allowed = [node for node in permissions if node.inputs.get("principal") == "apigateway.amazonaws.com"]
    return [function for node in allowed if (function := source(graph, node, "function", resources.FUNCTION))]


def _policies(graph: Graph, function: Node) -> list[Node]:
    role = source(graph, function, "role", resources.ROLE)
    policies = sorted(graph.of(resources.ROLE_POLICY).values(), key=key_of)
    return [policy for policy in policies if source(graph, policy, "role", resources.ROLE) is role]

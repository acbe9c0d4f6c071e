"""The VPC, and the connections its security groups let through."""

from collections import defaultdict
from collections.abc import Iterator

from cloudshelf.graph import Graph, Node
from cloudshelf.topology import tokens
from cloudshelf.topology.links import NATS, key_of, source, sources
from cloudshelf.topology.model import Place, Subnet, Vpc, Way

# Where each type says which groups it is in.
GROUPED = {
    tokens.FUNCTION: "vpcConfig",
    tokens.INSTANCE: "vpcSecurityGroupIds",
    tokens.PROXY: "vpcSecurityGroupIds",
    tokens.ENDPOINT: "securityGroupIds",
}
ANYWHERE = "0.0.0.0/0"
Opening = tuple[str, str, str]


def vpc(graph: Graph) -> Vpc | None:
    """The stack's own VPC, the one it borrows, or None."""
    for node in graph.of(tokens.VPC).values():
        tiers = {
            place: subnets
            for place in (Place.PUBLIC, Place.PRIVATE, Place.DATABASE)
            if (subnets := _tier(graph, place))
        }
        zones = {subnet.zone for subnets in tiers.values() for subnet in subnets}
        return Vpc(name="VPC", cidr=str(node.inputs["cidrBlock"]), zones=len(zones), tiers=tiers)
    inside = [node for node in graph.of(tokens.FUNCTION).values() if "vpcConfig" in node.inputs]
    if not inside:
        return None
    name = "default VPC" if graph.of(tokens.DEFAULT_VPC) else "a VPC of the account"
    return Vpc(name=name, cidr="", zones=len(inside[0].inputs["vpcConfig"]["subnetIds"]))


def _tier(graph: Graph, place: Place) -> tuple[Subnet, ...]:
    found = [node.inputs for name, node in sorted(graph.of(tokens.SUBNET).items()) if name.startswith(f"{place}-")]
    return tuple(Subnet(zone=each["availabilityZone"], cidr=each["cidrBlock"]) for each in found)


def network_ways(graph: Graph) -> Iterator[Way]:
    """Between what is in the groups: what the caller's group lets out and the callee's group lets in.

    Tables behind a gateway endpoint are left out: who uses which is a matter of permissions.
    """
    members = _members(graph)
    for caller, callee, port in sorted(_out(graph) & _in(graph)):
        yield from (Way(caller=one, callee=other, port=port) for one in members[caller] for other in members[callee])
    for group in sorted(_to_the_internet(graph)):
        if graph.of(tokens.NAT):
            yield from (Way(caller=one, callee=NATS, port="443") for one in members[group])


def groups_with_gateway(graph: Graph) -> set[str]:
    """URNs of the groups that let connections out to a gateway endpoint."""
    rules = [node for node in graph.of(tokens.EGRESS).values() if "prefixListId" in node.inputs]
    return {_group(graph, rule, "securityGroupId") for rule in rules}


def group_of(graph: Graph, node: Node) -> str | None:
    found = source(graph, node, GROUPED[node.type], tokens.GROUP)
    return found.urn if found else None


def _members(graph: Graph) -> dict[str, list[str]]:
    """Keys of what is in each group."""
    found: dict[str, list[str]] = defaultdict(list)
    for token, name in GROUPED.items():
        for node in sorted(graph.of(token).values(), key=key_of):
            for group in sources(graph, node, name, tokens.GROUP):
                found[group.urn].append(key_of(node))
    return found


def _out(graph: Graph) -> set[Opening]:
    rules = [node for node in graph.of(tokens.EGRESS).values() if "referencedSecurityGroupId" in node.inputs]
    return {
        (_group(graph, rule, "securityGroupId"), _group(graph, rule, "referencedSecurityGroupId"), _port(rule))
        for rule in rules
    }


def _in(graph: Graph) -> set[Opening]:
    rules = [node for node in graph.of(tokens.INGRESS).values() if "referencedSecurityGroupId" in node.inputs]
    return {
        (_group(graph, rule, "referencedSecurityGroupId"), _group(graph, rule, "securityGroupId"), _port(rule))
        for rule in rules
    }


def _to_the_internet(graph: Graph) -> set[str]:
    rules = [node for node in graph.of(tokens.EGRESS).values() if node.inputs.get("cidrIpv4") == ANYWHERE]
    return {_group(graph, rule, "securityGroupId") for rule in rules}


def _group(graph: Graph, rule: Node, name: str) -> str:
    found = source(graph, rule, name, tokens.GROUP)
    return found.urn if found else ""


def _port(rule: Node) -> str:
    first, last = int(rule.inputs["fromPort"]), int(rule.inputs["toPort"])
    return str(first) if first == last else f"{first}-{last}"

"""A stack's network as questions: who may connect to whom, where packets go, what an ACL lets by."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from cloudshelf.graph import Graph

INTERNET = IPv4Address("198.51.100.7")
EPHEMERAL = (1024, 1025, 3388, 3390, 32768, 60999, 65535)
EGRESS, INGRESS = (
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
)


@dataclass(frozen=True, order=True)
class Way:
    """Connections from a security group to another, to a service behind a gateway endpoint, or to the internet."""

    caller: str
    callee: str
    port: int


def opened(graph: Graph) -> set[Way]:
    """What callers' groups let out."""
    rules = [node.inputs for node in graph.of(EGRESS).values()]
    return {Way(_group(rule["securityGroupId"]), _callee(rule), _port(rule)) for rule in rules}


def admitted(graph: Graph) -> set[Way]:
    """What callees' groups let in, by groups. A rule that names no group fails."""
    rules = [node.inputs for node in graph.of(INGRESS).values()]
    return {
        Way(_group(rule["referencedSecurityGroupId"]), _group(rule["securityGroupId"]), _port(rule)) for rule in rules
    }


def _callee(rule: dict[str, Any]) -> str:
    if "referencedSecurityGroupId" in rule:
        return _group(rule["referencedSecurityGroupId"])
    if "prefixListId" in rule:
        return str(rule["prefixListId"])
    assert rule["cidrIpv4"] == "0.0.0.0/0"
    return "internet"


def _group(group_id: str) -> str:
    return group_id.removesuffix("-group-id")


def _port(rule: dict[str, Any]) -> int:
    assert rule["ipProtocol"] == "tcp"
    assert rule["fromPort"] == rule["toPort"]
    return int(rule["fromPort"])


def groups_of(graph: Graph) -> dict[str, str]:
    """The security group of each function inside a VPC."""
    found = {}
    for name, function in graph.of("aws:lambda/function:Function").items():
        if "vpcConfig" in function.inputs:
            (group,) = function.inputs["vpcConfig"]["securityGroupIds"]
            found[name.removesuffix("-function")] = _group(group)
    return found


def subnets(graph: Graph) -> dict[str, IPv4Network]:
    return {name: IPv4Network(subnet.inputs["cidrBlock"]) for name, subnet in graph.of("aws:ec2/subnet:Subnet").items()}


def default_route(graph: Graph, subnet: str) -> str | None:
    """Where a subnet's packets to the internet go: a resource's id, None for nowhere."""
    tables = graph.of("aws:ec2/routeTableAssociation:RouteTableAssociation")
    (table,) = [a.inputs["routeTableId"] for a in tables.values() if a.inputs["subnetId"] == f"{subnet}-id"]
    routes = [route.inputs for route in graph.of("aws:ec2/route:Route").values()]
    ways = [route for route in routes if route["routeTableId"] == table]
    assert all(way["destinationCidrBlock"] == "0.0.0.0/0" for way in ways)
    targets = [way.get("gatewayId") or way.get("natGatewayId") for way in ways]
    assert len(targets) <= 1, subnet
    return targets[0] if targets else None


class Acls:
    """The network ACLs, packet by packet. They keep no state: an answer is a packet of its own."""

    def __init__(self, graph: Graph) -> None:
        self._subnets = subnets(graph)
        self._acl_of = {
            subnet.removesuffix("-id"): f"{name}-id"
            for name, acl in graph.of("aws:ec2/networkAcl:NetworkAcl").items()
            for subnet in acl.inputs["subnetIds"]
        }
        self._rules = [rule.inputs for rule in graph.of("aws:ec2/networkAclRule:NetworkAclRule").values()]

    def address(self, place: str) -> IPv4Address:
        """An address in a subnet, or one out on the internet."""
        return INTERNET if place == "internet" else self._subnets[place][10]

    def converse(self, caller: str, callee: str, port: int) -> list[bool]:
        """Whether a connection to `port` gets through and back, for each port the caller may have."""
        here, there = self.address(caller), self.address(callee)
        return [self._passes(here, there, port) and self._passes(there, here, back) for back in EPHEMERAL]

    def passes(self, sender: str, receiver: str, port: int) -> bool:
        """Whether one packet gets through; an answer to it may not."""
        return self._passes(self.address(sender), self.address(receiver), port)

    def _passes(self, source: IPv4Address, target: IPv4Address, port: int) -> bool:
        leaving, entering = self._subnet(source), self._subnet(target)
        if leaving == entering:
            return True
        goes = leaving is None or self._allows(leaving, egress=True, other=target, port=port)
        return goes and (entering is None or self._allows(entering, egress=False, other=source, port=port))

    def _subnet(self, address: IPv4Address) -> str | None:
        return next((name for name, cidr in self._subnets.items() if address in cidr), None)

    def _allows(self, subnet: str, *, egress: bool, other: IPv4Address, port: int) -> bool:
        fitting = [
            rule
            for rule in self._rules
            if rule["networkAclId"] == self._acl_of[subnet]
            and rule["egress"] is egress
            and rule["protocol"] == "tcp"
            and rule["fromPort"] <= port <= rule["toPort"]
            and other in IPv4Network(rule["cidrBlock"])
        ]
        # Without a rule that fits, the last one of every ACL denies.
        first = min(fitting, key=lambda rule: int(rule["ruleNumber"]), default=None)
        return first is not None and first["ruleAction"] == "allow"

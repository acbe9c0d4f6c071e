"""What network ACLs let through, packet by packet."""

import ipaddress
from collections.abc import Iterator

from .. import tokens
from ..control import Violation, violation
from ..stack import Resource, Stack

WORLD = "203.0.113.7"
EPHEMERAL = 40_000
SSH, RDP, POSTGRES = 22, 3389, 5432
TCP = ("tcp", "6", "-1", "all")
MOST_RULES_EACH_WAY = 6


def rules(acl: Resource, stack: Stack, *, egress: bool) -> list[Resource]:
    """In the order AWS tries them."""
    found = stack.users(acl, tokens.NETWORK_ACL_RULE, "networkAclId")
    one_way = (rule for rule in found if bool(rule.get("egress")) == egress)
    return sorted(one_way, key=lambda rule: int(rule.get("ruleNumber")))


def lets(acl: Resource, stack: Stack, address: str, port: int, *, egress: bool) -> bool:
    """Whether a TCP packet to a port passes, from an address or to it."""
    for rule in rules(acl, stack, egress=egress):
        block = rule.get("cidrBlock")
        if block is None or ipaddress.ip_address(address) not in ipaddress.ip_network(block):
            continue
        if str(rule.get("protocol")) in TCP and _in_ports(rule, port):
            return bool(rule.get("ruleAction") == "allow")
    return False


def _in_ports(rule: Resource, port: int) -> bool:
    every = str(rule.get("protocol")) in ("-1", "all")
    return every or int(rule.get("fromPort", 0)) <= port <= int(rule.get("toPort", 65_535))


def answers_only(stack: Stack) -> Iterator[Violation]:
    """No ACL lets strangers log in; where strangers may be asked, their answers come back."""
    for acl in stack.of(tokens.NETWORK_ACL):
        for port in (SSH, RDP):
            if lets(acl, stack, WORLD, port, egress=False):
                yield violation(acl, f"it lets the world in on port {port}: deny it")
        asks = lets(acl, stack, WORLD, 443, egress=True)
        if asks != lets(acl, stack, WORLD, EPHEMERAL, egress=False):
            yield violation(acl, "questions to the world and its answers on ports 1024 to 65535 do not go together")
        if _holds_databases(acl, stack) and (asks or lets(acl, stack, WORLD, POSTGRES, egress=False)):
            yield violation(acl, "databases and the world reach each other through it: allow the private subnets only")


def _holds_databases(acl: Resource, stack: Stack) -> bool:
    subnets = {subnet.urn for subnet in stack.sources(acl, "subnetIds", tokens.SUBNET)}
    used = {
        subnet.urn
        for group in stack.of(tokens.DATABASE_SUBNETS)
        for subnet in stack.sources(group, "subnetIds", tokens.SUBNET)
    }
    return bool(subnets & used)


def few_rules(stack: Stack) -> Iterator[Violation]:
    for acl in stack.of(tokens.NETWORK_ACL):
        for egress in (False, True):
            if (number := len(rules(acl, stack, egress=egress))) > MOST_RULES_EACH_WAY:
                yield violation(acl, f"it has {number} rules one way: keep it to {MOST_RULES_EACH_WAY}")

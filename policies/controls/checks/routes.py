"""Which subnets reach the internet, and what network ACLs let through."""

import ipaddress
from collections.abc import Iterator
from itertools import combinations

from .. import tokens
from ..control import Violation, violation
from ..rules import among
from ..stack import ENHANCED, Resource, Stack

ZONES = 2


def open_subnets(stack: Stack) -> frozenset[str]:
    """The URNs of subnets that have a route to an internet gateway."""
    tables = {
        table.urn
        for route in stack.of(tokens.ROUTE)
        if stack.sources(route, "gatewayId", tokens.INTERNET_GATEWAY)
        for table in stack.sources(route, "routeTableId", tokens.ROUTE_TABLE)
    }
    return frozenset(
        subnet.urn
        for association in stack.of(tokens.ROUTE_TABLE_ASSOCIATION)
        if any(table.urn in tables for table in stack.sources(association, "routeTableId", tokens.ROUTE_TABLE))
        for subnet in stack.sources(association, "subnetId", tokens.SUBNET)
    )


INHABITANTS = (
    (tokens.FUNCTION, "vpcConfig"),
    (tokens.DATABASE_SUBNETS, "subnetIds"),
    (tokens.DATABASE_PROXY, "vpcSubnetIds"),
    (tokens.ENDPOINT, "subnetIds"),
)


def nobody_outside(stack: Stack) -> Iterator[Violation]:
    """Of all that has a network interface, only NAT gateways are where the internet is."""
    outside = open_subnets(stack)
    for type_, prop in INHABITANTS:
        for resource in stack.of(type_):
            for subnet in stack.sources(resource, prop, tokens.SUBNET):
                if subnet.urn in outside:
                    yield violation(resource, f"{subnet.name} has a route to the internet: take a private subnet")


def planned(stack: Stack) -> Iterator[Violation]:
    """Subnets lie in the VPC, apart from each other, in two zones."""
    subnets = [(subnet, ipaddress.ip_network(subnet.get("cidrBlock"))) for subnet in stack.of(tokens.SUBNET)]
    for vpc in stack.of(tokens.VPC):
        network = ipaddress.ip_network(vpc.get("cidrBlock"))
        for subnet, block in subnets:
            if not (network.version == block.version == 4 and block.subnet_of(network)):
                yield violation(subnet, f"cidrBlock {block} is not in {network}: choose another")
    for (subnet, block), (other, taken) in combinations(subnets, 2):
        if block.overlaps(taken):
            yield violation(subnet, f"cidrBlock {block} overlaps {other.name}'s {taken}: choose another")
    for public in (True, False):
        some = [subnet for subnet, _ in subnets if (subnet.urn in open_subnets(stack)) == public]
        if some and len({subnet.get("availabilityZone") for subnet in some}) < ZONES:
            yield violation(some[0], "all subnets of its kind are in one zone: add one in another")


@among
def in_an_open_subnet(gateway: Resource, stack: Stack) -> Iterator[str]:
    if gateway.get("connectivityType", "public") != "public":
        yield "connectivityType is private: what is behind it would reach no internet"
    if not any(subnet.urn in open_subnets(stack) for subnet in stack.sources(gateway, "subnetId", tokens.SUBNET)):
        yield "subnetId has no route to an internet gateway: put it into a public subnet"


def endpoint_for_tables(stack: Stack) -> Iterator[Violation]:
    """DynamoDB is reached by a gateway endpoint from wherever functions that use it are.

    In a VPC of our own only our tables are. A borrowed one has other workloads, which a policy would cut off.
    """
    gateways = [each for each in stack.of(tokens.ENDPOINT) if str(each.get("serviceName")).endswith(".dynamodb")]
    if not gateways:
        yield Violation(resource=stack.name, urn=None, fix="there is no DynamoDB gateway endpoint: add one, it is free")
    for gateway in gateways:
        if gateway.get("vpcEndpointType", "Gateway") != "Gateway":
            yield violation(gateway, "it is no gateway endpoint: an interface costs money")
        if stack.phase == ENHANCED:
            if gateway.get("policy") is not None:
                yield violation(gateway, "policy holds for everybody in a VPC that is borrowed: leave it out")
        elif not stack.sources(gateway, "policy", tokens.TABLE):
            yield violation(gateway, "policy names no table of this stack: data could leave through it")
        yield from _routed(gateway, stack)


def _routed(gateway: Resource, stack: Stack) -> Iterator[Violation]:
    inhabited = {
        subnet.urn
        for function in stack.of(tokens.FUNCTION)
        for subnet in stack.sources(function, "vpcConfig", tokens.SUBNET)
    }
    reached = {table.urn for table in stack.sources(gateway, "routeTableIds", tokens.ROUTE_TABLE)}
    for association in stack.of(tokens.ROUTE_TABLE_ASSOCIATION):
        subnets = stack.sources(association, "subnetId", tokens.SUBNET)
        tables = stack.sources(association, "routeTableId", tokens.ROUTE_TABLE)
        if any(subnet.urn in inhabited for subnet in subnets) and not any(table.urn in reached for table in tables):
            yield violation(gateway, f"routeTableIds lacks {tables[0].name}: functions there would not reach it")
    if not gateway.items("routeTableIds"):
        yield violation(gateway, "routeTableIds is empty: nobody would reach it")


def default_group_emptied(stack: Stack) -> Iterator[Violation]:
    for vpc in stack.of(tokens.VPC):
        if not stack.users(vpc, tokens.DEFAULT_GROUP, "vpcId"):
            yield violation(vpc, "its default security group lets its members talk: declare a DefaultSecurityGroup")

"""Phase 2's own network: subnets, routes, and who may open a connection to whom."""

import json
from ipaddress import IPv4Network

import pytest

from cloudshelf.graph import Graph
from components.network.addresses import plan
from tests.infra.provider import Declare
from tests.infra.topology import INGRESS, Acls, Way, admitted, default_route, groups_of, opened, subnets

TIERS = ("public", "private", "database")
DATABASE_USERS = ("admin", "authorizer", "books", "carts", "orders", "schema", "users")
CART_USERS = ("carts", "orders", "sessions", "users")
NETWORKED = pytest.mark.parametrize("stack", ["enhanced", "phase2", "everything"], indirect=True)
DYNAMODB = "pl-dynamodb-gateway"
WAYS = (
    {Way(name, "rds", 5432) for name in DATABASE_USERS}
    | {Way(name, DYNAMODB, 443) for name in CART_USERS}
    | {Way("schema", "endpoints", 443), Way("authorizer", "internet", 443)}
)


@pytest.fixture(scope="session")
def without_internet(declare: Declare) -> Graph:
    """No NAT gateway: AWS's services by endpoints only."""
    return declare("phase2", {"natGateways": "0", "interfaceEndpoints": '["cognito-idp", "ssm"]'})


def test_nobody_reaches_anybody_but_these(phase2: Graph) -> None:
    assert opened(phase2) == WAYS


def test_without_a_nat_gateway_nobody_reaches_the_internet(without_internet: Graph) -> None:
    endpoints = {Way("authorizer", "endpoints", 443), Way("schema", "endpoints", 443)}
    assert opened(without_internet) == (WAYS - {Way("authorizer", "internet", 443)}) | endpoints
    assert without_internet.of("aws:ec2/natGateway:NatGateway") == {}
    assert {default_route(without_internet, f"private-subnet-{n}") for n in (1, 2)} == {None}


def test_a_proxy_takes_the_place_of_the_database(everything: Graph) -> None:
    users = set(DATABASE_USERS) - {"schema"}
    found = {way for way in opened(everything) if way.port == 5432}
    assert found == {Way(n, "proxy", 5432) for n in users} | {Way("proxy", "rds", 5432), Way("schema", "rds", 5432)}


@NETWORKED
def test_a_way_is_open_on_both_ends(graph: Graph) -> None:
    assert admitted(graph) == {way for way in opened(graph) if way.callee not in (DYNAMODB, "internet")}


@NETWORKED
def test_no_address_is_let_in(graph: Graph) -> None:
    assert graph.of(INGRESS)
    for name, rule in graph.of(INGRESS).items():
        assert not {"cidrIpv4", "cidrIpv6", "prefixListId"} & rule.inputs.keys(), name
    for name, group in graph.of("aws:ec2/securityGroup:SecurityGroup").items():
        assert not {"ingress", "egress"} & group.inputs.keys(), name


@NETWORKED
def test_what_has_no_group_of_its_own_reaches_nobody(graph: Graph) -> None:
    for group in graph.of("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").values():
        assert (group.inputs["ingress"], group.inputs["egress"]) == ([], [])


def test_every_function_is_in_the_private_subnets_in_a_group_of_its_own(phase2: Graph) -> None:
    assert groups_of(phase2) == {name: name for name in {*DATABASE_USERS, *CART_USERS}}
    for function in phase2.of("aws:lambda/function:Function").values():
        assert function.inputs["vpcConfig"]["subnetIds"] == ["private-subnet-1-id", "private-subnet-2-id"]


def test_subnets_are_the_planned_ones_in_two_zones(phase2: Graph) -> None:
    addresses = plan(IPv4Network("10.0.0.0/16"))
    planned = {"public": addresses.public, "private": addresses.private, "database": addresses.database}
    assert subnets(phase2) == {f"{t}-subnet-{n}": planned[t].subnets[n - 1] for t in TIERS for n in (1, 2)}
    zones = {name: s.inputs["availabilityZone"] for name, s in phase2.of("aws:ec2/subnet:Subnet").items()}
    assert {zone for name, zone in zones.items() if name.endswith("-1")} == {"us-east-1a"}
    assert {zone for name, zone in zones.items() if name.endswith("-2")} == {"us-east-1b"}


def test_nothing_gets_a_public_address_by_itself(phase2: Graph) -> None:
    assert not any(s.inputs["mapPublicIpOnLaunch"] for s in phase2.of("aws:ec2/subnet:Subnet").values())


def test_only_public_subnets_have_a_route_to_the_internet_gateway(phase2: Graph) -> None:
    assert {default_route(phase2, f"public-subnet-{n}") for n in (1, 2)} == {"network-internet-id"}
    assert {default_route(phase2, f"private-subnet-{n}") for n in (1, 2)} == {"network-nat-1-id"}
    assert {default_route(phase2, f"database-subnet-{n}") for n in (1, 2)} == {None}


def test_two_nat_gateways_serve_a_zone_each(everything: Graph) -> None:
    gateways = everything.of("aws:ec2/natGateway:NatGateway")
    assert {n: g.inputs["subnetId"] for n, g in gateways.items()} == {
        "network-nat-1": "public-subnet-1-id",
        "network-nat-2": "public-subnet-2-id",
    }
    assert [default_route(everything, f"private-subnet-{n}") for n in (1, 2)] == [
        "network-nat-1-id",
        "network-nat-2-id",
    ]


def test_the_database_is_in_the_database_subnets_and_has_no_public_address(phase2: Graph) -> None:
    group = phase2.one("aws:rds/subnetGroup:SubnetGroup").inputs
    assert group["subnetIds"] == ["database-subnet-1-id", "database-subnet-2-id"]
    database = phase2.one("aws:rds/instance:Instance").inputs
    assert database["publiclyAccessible"] is False
    assert database["vpcSecurityGroupIds"] == ["rds-group-id"]


def test_every_packet_is_told_of(phase2: Graph) -> None:
    flows = phase2.one("aws:ec2/flowLog:FlowLog").inputs
    assert (flows["vpcId"], flows["trafficType"]) == ("network-vpc-id", "ALL")


# Who may talk to whom through the network ACLs, whatever security groups say.
CONVERSATIONS = [
    ("private-subnet-1", "database-subnet-1", 5432, True),
    ("private-subnet-1", "database-subnet-2", 5432, True),
    ("private-subnet-2", "database-subnet-1", 5432, True),
    ("database-subnet-1", "database-subnet-2", 5432, True),
    ("private-subnet-1", "private-subnet-2", 443, True),
    ("private-subnet-1", "internet", 443, True),
    ("private-subnet-2", "public-subnet-1", 443, True),
    ("public-subnet-1", "internet", 443, True),
    ("private-subnet-1", "database-subnet-1", 22, False),
    ("private-subnet-1", "database-subnet-1", 443, False),
    ("private-subnet-1", "internet", 80, False),
    ("private-subnet-1", "internet", 25, False),
    ("private-subnet-1", "internet", 5432, False),
    ("public-subnet-1", "database-subnet-1", 5432, False),
    ("public-subnet-1", "private-subnet-1", 443, False),
    ("public-subnet-1", "internet", 80, False),
    ("database-subnet-1", "internet", 443, False),
    ("database-subnet-1", "private-subnet-1", 443, False),
    ("database-subnet-1", "private-subnet-1", 5432, False),
    ("database-subnet-1", "public-subnet-1", 443, False),
    *(("internet", f"{tier}-subnet-1", port, False) for tier in TIERS for port in (22, 80, 443, 3389, 5432)),
]


@pytest.mark.parametrize(("caller", "callee", "port", "wanted"), CONVERSATIONS)
def test_packets_pass_and_come_back_or_do_not(phase2: Graph, caller: str, callee: str, port: int, wanted: bool) -> None:
    assert set(Acls(phase2).converse(caller, callee, port)) == {wanted}


STOPPED = [
    *(("internet", f"{tier}-subnet-2", port) for tier in TIERS for port in (22, 80, 443, 3389)),
    *(("internet", "database-subnet-1", port) for port in (1024, 5432, 65535)),
    *(("database-subnet-1", "internet", port) for port in (53, 80, 443, 1024, 5432, 65535)),
    *(("public-subnet-1", "database-subnet-1", port) for port in (443, 1024, 5432)),
]


@pytest.mark.parametrize(("sender", "receiver", "port"), STOPPED)
def test_not_even_a_packet_without_an_answer_passes(phase2: Graph, sender: str, receiver: str, port: int) -> None:
    assert not Acls(phase2).passes(sender, receiver, port)


def test_every_subnet_is_behind_an_acl_of_its_tier(phase2: Graph) -> None:
    acls = phase2.of("aws:ec2/networkAcl:NetworkAcl")
    assert {name: acl.inputs["subnetIds"] for name, acl in acls.items()} == {
        f"{tier}-acl": [f"{tier}-subnet-1-id", f"{tier}-subnet-2-id"] for tier in TIERS
    }


def test_the_dynamodb_endpoint_leads_to_the_stacks_tables_alone(phase2: Graph) -> None:
    check_endpoint(phase2, {"carts", "sessions"}, ["private-routes-1-id", "private-routes-2-id"])


def check_endpoint(graph: Graph, tables: set[str], routes: list[str]) -> None:
    endpoint = graph.named("dynamodb-gateway").inputs
    assert endpoint["routeTableIds"] == routes
    (statement,) = json.loads(endpoint["policy"])["Statement"]
    found = {arn.partition(":table/")[2].removesuffix("/index/*") for arn in statement["Resource"]}
    names = {node.inputs["name"] for node in graph.of("aws:dynamodb/table:Table").values()}
    assert found == {name for name in names if name.rpartition("-")[2] in tables}
    assert "Scan" not in " ".join(statement["Action"])
    assert statement["Condition"]["StringEquals"].keys() == {"aws:PrincipalAccount"}

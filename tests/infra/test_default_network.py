"""Enhanced's network: the account's default VPC, looked up and left as it is."""

import pytest

from cloudshelf.graph import Graph
from components.network.zones import TooFewZones
from tests.infra.provider import Declare
from tests.infra.test_network import DYNAMODB
from tests.infra.topology import Way, groups_of, opened

IN_VPC = ("admin", "books", "orders", "schema", "users")


def test_functions_reach_postgresql_and_carts_and_nothing_else(enhanced: Graph) -> None:
    assert opened(enhanced) == {Way("lambda", "rds", 5432), Way("lambda", DYNAMODB, 443)}


def test_only_what_uses_postgresql_is_in_the_vpc(enhanced: Graph) -> None:
    assert groups_of(enhanced) == dict.fromkeys(IN_VPC, "lambda")
    outside = {n for n in enhanced.of("aws:lambda/function:Function") if n.removesuffix("-function") not in IN_VPC}
    assert outside == {"carts-function", "rollout-function", "sessions-function"}


def test_nothing_of_the_default_vpc_is_taken_over(enhanced: Graph) -> None:
    kinds = {node.type.partition("/")[0] + ":" + node.type.rpartition(":")[2] for node in enhanced.resources}
    network = {kind for kind in kinds if kind.startswith(("aws:ec2:", "aws:vpc:"))}
    assert network == {
        "aws:ec2:SecurityGroup",
        "aws:ec2:VpcEndpoint",
        "aws:vpc:SecurityGroupEgressRule",
        "aws:vpc:SecurityGroupIngressRule",
    }


def test_the_dynamodb_endpoint_of_a_borrowed_vpc_lets_its_other_workloads_through(enhanced: Graph) -> None:
    endpoint = enhanced.named("dynamodb-gateway").inputs
    assert endpoint["routeTableIds"] == ["rtb-main"]
    assert "policy" not in endpoint


def test_an_endpoint_the_vpc_has_is_used_and_left_alone(declare: Declare) -> None:
    graph = declare("enhanced", {"dynamodbEndpoint": "reuse"})
    assert graph.of("aws:ec2/vpcEndpoint:VpcEndpoint") == {}
    assert opened(graph) == {Way("lambda", "rds", 5432), Way("lambda", "pl-dynamodb", 443)}


def test_database_and_functions_are_in_two_zones(enhanced: Graph) -> None:
    chosen = ["subnet-1", "subnet-2"]
    assert enhanced.one("aws:rds/subnetGroup:SubnetGroup").inputs["subnetIds"] == chosen
    assert enhanced.named("books-function").inputs["vpcConfig"]["subnetIds"] == chosen


def test_two_subnets_are_enough(declare: Declare) -> None:
    graph = declare("enhanced", subnets={"subnet-b": "use1-az4", "subnet-a": "use1-az2"})
    assert graph.one("aws:rds/subnetGroup:SubnetGroup").inputs["subnetIds"] == ["subnet-a", "subnet-b"]


def test_whatever_the_order_aws_answers_in_the_same_subnets_are_chosen(declare: Declare) -> None:
    zones = {"subnet-c": "use1-az1", "subnet-a": "use1-az1", "subnet-d": "use1-az2", "subnet-b": "use1-az2"}
    for order in (list(zones), sorted(zones), sorted(zones, reverse=True)):
        graph = declare("enhanced", subnets={subnet: zones[subnet] for subnet in order})
        assert graph.one("aws:rds/subnetGroup:SubnetGroup").inputs["subnetIds"] == ["subnet-a", "subnet-b"]


@pytest.mark.parametrize(
    ("subnets", "found"),
    [
        ({}, "subnets in 0 zones \\(none\\)"),
        ({"subnet-1": "use1-az1"}, "subnets in 1 zones \\(use1-az1\\)"),
        ({"subnet-1": "use1-az1", "subnet-2": "use1-az1"}, "subnets in 1 zones \\(use1-az1\\)"),
    ],
)
def test_too_few_zones_are_refused_with_the_fix(declare: Declare, subnets: dict[str, str], found: str) -> None:
    with pytest.raises(TooFewZones, match=found) as refusal:
        declare("enhanced", subnets=subnets)
    assert "aws ec2 create-default-vpc" in str(refusal.value)
    assert "cloudshelf:vpcId" in str(refusal.value)


def test_another_vpc_can_be_named(declare: Declare) -> None:
    graph = declare("enhanced", {"vpcId": "vpc-0123456789abcdef0"})
    groups = graph.of("aws:ec2/securityGroup:SecurityGroup").values()
    assert {group.inputs["vpcId"] for group in groups} == {"vpc-0123456789abcdef0"}
    assert not [node for node in graph.resources if node.type == "awsx:ec2:DefaultVpc"]

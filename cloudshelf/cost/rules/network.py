"""What is charged for in a VPC. The VPC itself, its subnets, routes and groups are free."""

from collections.abc import Iterator

from cloudshelf.cost.charges import MONTH_HOURS, Charge, Context, Rule, charge
from cloudshelf.graph import Node

NAT, ENDPOINT = "aws:ec2/natGateway:NatGateway", "aws:ec2/vpcEndpoint:VpcEndpoint"


def nat_gateway(_: Node, context: Context) -> Iterator[Charge]:
    yield charge("nat-hour", MONTH_HOURS)
    yield charge("nat-gb", context.usage("network.nat_gb") / len(context.graph.of(NAT)))


def address(_node: Node, _context: Context) -> Iterator[Charge]:
    yield charge("public-ipv4", MONTH_HOURS)


def endpoint(node: Node, context: Context) -> Iterator[Charge]:
    """Gateway endpoints are free; the others have an interface in each zone."""
    if node.inputs.get("vpcEndpointType") != "Interface":
        return
    interfaces = [each for each in context.graph.of(ENDPOINT).values() if each.inputs["vpcEndpointType"] == "Interface"]
    yield charge("endpoint-hour", MONTH_HOURS * len(node.inputs["subnetIds"]))
    yield charge("endpoint-gb", context.usage("network.endpoint_gb") / len(interfaces))


RULES: dict[str, Rule] = {
    "aws:ec2/eip:Eip": address,
    NAT: nat_gateway,
    ENDPOINT: endpoint,
}

"""Which VPC and subnets a stack without a network of its own uses. They are looked up, never adopted."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws
import pulumi_awsx as awsx

from components.network.zones import TooFewZones, choose

FIX = (
    "Create the account's default VPC with `aws ec2 create-default-vpc`, or name another VPC with "
    "`pulumi config set cloudshelf:vpcId vpc-...`"
)


@dataclass(frozen=True)
class Vpc:
    """A VPC and two of its subnets, each in another zone."""

    vpc_id: pulumi.Output[str]
    subnet_ids: pulumi.Output[Sequence[str]]


def default_vpc(name: str, opts: pulumi.ResourceOptions) -> Vpc:
    """The account's default VPC. All its subnets are public: AWS makes it so."""
    found = awsx.ec2.DefaultVpc(name, opts=opts)
    every = pulumi.Output.all(found.public_subnet_ids, found.private_subnet_ids)
    invoke = pulumi.InvokeOptions(parent=opts.parent)
    return Vpc(
        found.vpc_id,
        every.apply(lambda ids: _two_zones([*(ids[0] or []), *(ids[1] or [])], "the default VPC", invoke)),
    )


def chosen_vpc(vpc_id: str, opts: pulumi.ResourceOptions) -> Vpc:
    """A VPC by its id."""
    invoke = pulumi.InvokeOptions(parent=opts.parent)
    subnets = aws.ec2.get_subnets_output(filters=[{"name": "vpc-id", "values": [vpc_id]}], opts=invoke)
    return Vpc(pulumi.Output.from_input(vpc_id), subnets.ids.apply(lambda ids: _two_zones(ids, vpc_id, invoke)))


def _two_zones(ids: Sequence[str], where: str, invoke: pulumi.InvokeOptions) -> pulumi.Output[Sequence[str]]:
    # AWS answers in any order, and a database cannot be moved to another subnet.
    ids = sorted(ids)
    subnets = [aws.ec2.get_subnet_output(id=subnet_id, opts=invoke) for subnet_id in ids]
    zones = pulumi.Output.all(*[subnet.apply(_zone) for subnet in subnets])
    return zones.apply(lambda found: _chosen(dict(zip(reversed(found), reversed(ids), strict=True)), where))


def _zone(subnet: aws.ec2.GetSubnetResult) -> str:
    return subnet.availability_zone_id or subnet.availability_zone


def _chosen(by_zone: dict[str, str], where: str) -> Sequence[str]:
    try:
        return choose(by_zone, where)
    except TooFewZones as error:
        raise TooFewZones(f"{error}. {FIX}") from None

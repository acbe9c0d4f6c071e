"""A tier of subnets, one in each zone, behind one network ACL."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.network import addresses
from components.network.acls import AclRule


@dataclass(frozen=True, kw_only=True)
class TierArgs:
    """`zones` are names such as us-east-1a, one for each of the tier's address ranges."""

    prefix: str
    vpc_id: pulumi.Input[str]
    zones: Sequence[pulumi.Input[str]]
    addresses: addresses.Tier
    acl_rules: Sequence[AclRule]


class Tier(pulumi.ComponentResource):
    """`subnets` in the order of the zones. No subnet hands out public addresses."""

    subnets: list[aws.ec2.Subnet]
    acl_id: pulumi.Output[str]

    def __init__(self, name: str, args: TierArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:network:Tier", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self._name = name
        self.subnets = [
            aws.ec2.Subnet(
                f"{name}-subnet-{number}",
                vpc_id=args.vpc_id,
                availability_zone=zone,
                cidr_block=str(cidr),
                map_public_ip_on_launch=False,
                tags={"Name": f"{args.prefix}-{name}-{number}"},
                opts=child,
            )
            for number, (zone, cidr) in enumerate(zip(args.zones, args.addresses.subnets, strict=True), 1)
        ]
        acl = aws.ec2.NetworkAcl(
            f"{name}-acl",
            vpc_id=args.vpc_id,
            subnet_ids=self.subnet_ids,
            tags={"Name": f"{args.prefix}-{name}"},
            opts=child,
        )
        self.acl_id = acl.id
        for rule in args.acl_rules:
            _declare(name, acl, rule, child)
        self.register_outputs({})

    @property
    def subnet_ids(self) -> list[pulumi.Output[str]]:
        return [subnet.id for subnet in self.subnets]

    def route_table(
        self, vpc_id: pulumi.Input[str], number: int, subnets: Sequence[aws.ec2.Subnet]
    ) -> pulumi.Output[str]:
        """A route table for some of the tier's subnets, without routes but the VPC's own."""
        child = pulumi.ResourceOptions(parent=self)
        table = aws.ec2.RouteTable(f"{self._name}-routes-{number}", vpc_id=vpc_id, opts=child)
        for subnet in subnets:
            position = self.subnets.index(subnet) + 1
            aws.ec2.RouteTableAssociation(
                f"{self._name}-subnet-{position}-routes", route_table_id=table.id, subnet_id=subnet.id, opts=child
            )
        return table.id


def _declare(name: str, acl: aws.ec2.NetworkAcl, rule: AclRule, opts: pulumi.ResourceOptions) -> None:
    aws.ec2.NetworkAclRule(
        f"{name}-acl-{'out' if rule.egress else 'in'}-{rule.number}",
        network_acl_id=acl.id,
        rule_number=rule.number,
        egress=rule.egress,
        protocol="tcp",
        rule_action="allow" if rule.allow else "deny",
        cidr_block=str(rule.cidr),
        from_port=rule.ports[0],
        to_port=rule.ports[1],
        opts=opts,
    )

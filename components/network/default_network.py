"""The network of a stack that has none of its own: the account's default VPC."""

from collections.abc import Callable
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.network.default_vpc import Vpc, chosen_vpc, default_vpc
from components.network.placement import Placement
from components.network.security_group import SecurityGroup, SecurityGroupArgs


@dataclass(frozen=True, kw_only=True)
class DefaultNetworkArgs:
    """`vpc_id` names another VPC than the account's default one. `look_up` is where the default one is found."""

    prefix: str
    vpc_id: str = ""
    look_up: Callable[[str, pulumi.ResourceOptions], Vpc] = default_vpc


class DefaultNetwork(pulumi.ComponentResource):
    """A function here has no way to the internet: its interface has no public address, and there is no NAT gateway."""

    vpc_id: pulumi.Output[str]
    main_route_table_id: pulumi.Output[str]

    def __init__(self, name: str, args: DefaultNetworkArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:network:DefaultNetwork", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self._prefix = args.prefix
        vpc = chosen_vpc(args.vpc_id, child) if args.vpc_id else args.look_up(f"{name}-vpc", child)
        self.vpc_id, self.subnet_ids = vpc.vpc_id, vpc.subnet_ids
        is_main: aws.ec2.GetRouteTableFilterArgsDict = {"name": "association.main", "values": ["true"]}
        main = aws.ec2.get_route_table_output(
            vpc_id=vpc.vpc_id, filters=[is_main], opts=pulumi.InvokeOptions(parent=self)
        )
        self.main_route_table_id = main.route_table_id
        self.register_outputs({"vpc_id": self.vpc_id})

    def security_group(self, name: str, description: str) -> SecurityGroup:
        args = SecurityGroupArgs(prefix=self._prefix, vpc_id=self.vpc_id, description=description)
        return SecurityGroup(name, args, pulumi.ResourceOptions(parent=self))

    def place(self, name: str, description: str) -> Placement:
        """Room for functions, in a security group of its own."""
        return Placement(subnet_ids=self.subnet_ids, security_group=self.security_group(name, description))

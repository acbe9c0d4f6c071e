"""AWS services with an address inside the network. Each costs by the hour and zone."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.network.security_group import HTTPS, SecurityGroup


@dataclass(frozen=True, kw_only=True)
class InterfaceEndpointsArgs:
    """`services` are named as in `com.amazonaws.<region>.<service>`."""

    region: str
    vpc_id: pulumi.Input[str]
    subnet_ids: Sequence[pulumi.Input[str]]
    services: Sequence[str]
    security_group: SecurityGroup


class InterfaceEndpoints(pulumi.ComponentResource):
    """All in one security group: what a caller may do at a service, its role says."""

    def __init__(self, name: str, args: InterfaceEndpointsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:network:InterfaceEndpoints", name, None, opts)
        self._group = args.security_group
        for service in args.services:
            aws.ec2.VpcEndpoint(
                f"{name}-{service}",
                vpc_id=args.vpc_id,
                vpc_endpoint_type="Interface",
                service_name=f"com.amazonaws.{args.region}.{service}",
                subnet_ids=args.subnet_ids,
                security_group_ids=[args.security_group.id],
                private_dns_enabled=True,
                opts=pulumi.ResourceOptions(parent=self),
            )
        self.register_outputs({})

    def admit(self, caller: SecurityGroup) -> None:
        self._group.admit(caller, HTTPS, "AWS services inside the network")

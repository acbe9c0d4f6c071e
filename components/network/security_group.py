"""A security group that lets nothing in and nothing out until it is told to."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

HTTPS = 443


@dataclass(frozen=True, kw_only=True)
class SecurityGroupArgs:
    """AWS replaces a group whose description changes."""

    prefix: str
    vpc_id: pulumi.Input[str]
    description: str


class SecurityGroup(pulumi.ComponentResource):
    """A rule is declared on both ends, each naming the other group."""

    id: pulumi.Output[str]

    def __init__(self, name: str, args: SecurityGroupArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:network:SecurityGroup", name, None, opts)
        self._name = name
        group = aws.ec2.SecurityGroup(
            f"{name}-group",
            # A fixed name would stand in the way of its own replacement.
            name_prefix=f"{args.prefix}-{name}-",
            vpc_id=args.vpc_id,
            description=args.description,
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.id = group.id
        self.register_outputs({"id": self.id})

    def admit(self, caller: "SecurityGroup", port: int, why: str) -> None:
        """Lets `caller` open TCP connections to `port` of this group, and nobody else through this rule."""
        rule = f"{caller._name}-to-{self._name}-{port}"
        aws.vpc.SecurityGroupEgressRule(
            f"{rule}-out",
            security_group_id=caller.id,
            referenced_security_group_id=self.id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=why,
            opts=pulumi.ResourceOptions(parent=caller),
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{rule}-in",
            security_group_id=self.id,
            referenced_security_group_id=caller.id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=why,
            opts=pulumi.ResourceOptions(parent=self),
        )

    def reach_prefix_list(self, prefix_list_id: pulumi.Input[str], service: str) -> None:
        """Lets this group open HTTPS connections to an AWS service behind a gateway endpoint."""
        aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-to-{service}-out",
            security_group_id=self.id,
            prefix_list_id=prefix_list_id,
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            description=f"{service} through its gateway endpoint",
            opts=pulumi.ResourceOptions(parent=self),
        )

    def reach_internet(self, why: str) -> None:
        """Lets this group open HTTPS connections to anywhere its route leads."""
        aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-to-internet-out",
            security_group_id=self.id,
            cidr_ipv4="0.0.0.0/0",
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            description=why,
            opts=pulumi.ResourceOptions(parent=self),
        )

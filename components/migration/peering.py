"""The way from this stack's VPC to the database of the stack a shop comes from, in another VPC."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.migration.source_database import SourceDatabase
from components.network.acls import POSTGRESQL
from components.network.security_group import SecurityGroup

# After the rules of the tier itself.
ACL_RULE = 130
WHY = "PostgreSQL of the stack that the shop comes from"


@dataclass(frozen=True, kw_only=True)
class PeeringArgs:
    """`route_table_ids`, `acl_id` and `cidr` are of the subnets that callers are in.

    AWS refuses to peer VPCs whose addresses overlap.
    """

    prefix: str
    vpc_id: pulumi.Input[str]
    route_table_ids: Sequence[pulumi.Input[str]]
    acl_id: pulumi.Input[str]
    cidr: str
    database: SourceDatabase


class Peering(pulumi.ComponentResource):
    """Nobody gets through by it but who is admitted. The database's own answers find back by its main route table."""

    def __init__(self, name: str, args: PeeringArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:migration:Peering", name, None, opts)
        self._name, self._database = name, args.database
        child = pulumi.ResourceOptions(parent=self)
        self._connection = aws.ec2.VpcPeeringConnection(
            f"{name}-connection",
            vpc_id=args.vpc_id,
            peer_vpc_id=args.database.vpc_id,
            auto_accept=True,
            tags={"Name": args.prefix},
            opts=child,
        )
        for number, table in enumerate(args.route_table_ids, 1):
            self._route(f"there-{number}", table, args.database.cidr)
        self._route("back", args.database.main_route_table_id, args.cidr)
        aws.ec2.NetworkAclRule(
            f"{name}-acl-out-{ACL_RULE}",
            network_acl_id=args.acl_id,
            rule_number=ACL_RULE,
            egress=True,
            protocol="tcp",
            rule_action="allow",
            cidr_block=args.database.cidr,
            from_port=POSTGRESQL,
            to_port=POSTGRESQL,
            opts=child,
        )
        self.register_outputs({})

    def admit(self, caller: SecurityGroup) -> None:
        """Lets `caller` connect to the database, and nobody else through this rule."""
        # A group of another VPC can be named only while the peering stands.
        options = pulumi.ResourceOptions(parent=self, depends_on=[self._connection])
        aws.vpc.SecurityGroupEgressRule(
            f"{self._name}-database-out",
            security_group_id=caller.id,
            referenced_security_group_id=self._database.group_id,
            ip_protocol="tcp",
            from_port=POSTGRESQL,
            to_port=POSTGRESQL,
            description=WHY,
            opts=options,
        )
        aws.vpc.SecurityGroupIngressRule(
            f"{self._name}-database-in",
            security_group_id=self._database.group_id,
            referenced_security_group_id=caller.id,
            ip_protocol="tcp",
            from_port=POSTGRESQL,
            to_port=POSTGRESQL,
            description=WHY,
            opts=options,
        )

    def _route(self, name: str, table: pulumi.Input[str], cidr: pulumi.Input[str]) -> None:
        aws.ec2.Route(
            f"{self._name}-{name}",
            route_table_id=table,
            destination_cidr_block=cidr,
            vpc_peering_connection_id=self._connection.id,
            opts=pulumi.ResourceOptions(parent=self),
        )

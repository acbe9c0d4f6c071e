"""The database of the stack a shop moves away from: looked up, never changed."""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.account import Account
from components.database.access import connect_grant
from components.database.database import NAME
from components.grant import Grant
from components.network.acls import POSTGRESQL


@dataclass(frozen=True, kw_only=True)
class SourceDatabaseArgs:
    """`identifier` is the database's name in RDS, and its subnet group's."""

    account: Account
    identifier: str


class SourceDatabase(pulumi.ComponentResource):
    """`vpc_id`, `cidr` and `main_route_table_id` are of the VPC it is in, `group_id` of the security group it is in."""

    vpc_id: pulumi.Output[str]
    cidr: pulumi.Output[str]
    main_route_table_id: pulumi.Output[str]
    group_id: pulumi.Output[str]

    def __init__(self, name: str, args: SourceDatabaseArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:migration:SourceDatabase", name, None, opts)
        invoke = pulumi.InvokeOptions(parent=self)
        found = aws.rds.get_instance_output(db_instance_identifier=args.identifier, opts=invoke)
        self._account, self._host, self._resource_id = args.account, found.address, found.resource_id
        self.group_id = found.vpc_security_groups[0]
        self.vpc_id = aws.rds.get_subnet_group_output(name=args.identifier, opts=invoke).vpc_id
        vpc = aws.ec2.get_vpc_output(id=self.vpc_id, opts=invoke)
        self.cidr, self.main_route_table_id = vpc.cidr_block, vpc.main_route_table_id
        self.register_outputs({"vpc_id": self.vpc_id})

    def connect(self, user: str) -> Grant:
        return connect_grant(self._account, self._resource_id, user)

    def environment(self, user: str) -> Mapping[str, pulumi.Input[str]]:
        return {
            "SOURCE_DATABASE_HOST": self._host,
            "SOURCE_DATABASE_PORT": str(POSTGRESQL),
            "SOURCE_DATABASE_NAME": NAME,
            "SOURCE_DATABASE_USER": user,
        }

"""RDS Proxy: many functions share few connections, and a failover takes seconds. It signs in with IAM at both ends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.database.access import connect_grant
from components.database.database import Database, address
from components.grant import Grant, policy_document, trust_policy
from components.network.acls import POSTGRESQL
from components.network.security_group import SecurityGroup

MOST_CONNECTIONS_PERCENT, IDLE_CONNECTIONS_PERCENT, BORROW_S = 75, 25, 5


@dataclass(frozen=True, kw_only=True)
class DatabaseProxyArgs:
    """`users` are the database users the proxy may sign in as."""

    proxy_name: str
    database: Database
    subnet_ids: Sequence[pulumi.Input[str]]
    security_group: SecurityGroup
    users: Sequence[str]


class DatabaseProxy(pulumi.ComponentResource):
    """Stands for the database: functions are admitted here, and the database admits the proxy."""

    def __init__(self, name: str, args: DatabaseProxyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("cloudshelf:database:DatabaseProxy", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        args.database.admit(args.security_group)
        self._account, self._group = args.database.account, args.security_group
        role = aws.iam.Role(
            f"{name}-role",
            name=args.proxy_name,
            assume_role_policy=trust_policy("rds.amazonaws.com"),
            opts=child,
        )
        sign_in = [args.database.connect(user) for user in args.users]
        policy = aws.iam.RolePolicy(f"{name}-policy", role=role.name, policy=policy_document(sign_in), opts=child)
        self._proxy = aws.rds.Proxy(
            f"{name}-proxy",
            name=args.proxy_name,
            engine_family="POSTGRESQL",
            role_arn=role.arn,
            default_auth_scheme="IAM_AUTH",
            require_tls=True,
            debug_logging=False,
            vpc_subnet_ids=args.subnet_ids,
            vpc_security_group_ids=[args.security_group.id],
            opts=pulumi.ResourceOptions(parent=self, depends_on=[policy]),
        )
        target_group = aws.rds.ProxyDefaultTargetGroup(
            f"{name}-pool",
            db_proxy_name=self._proxy.name,
            connection_pool_config={
                "max_connections_percent": MOST_CONNECTIONS_PERCENT,
                "max_idle_connections_percent": IDLE_CONNECTIONS_PERCENT,
                "connection_borrow_timeout": BORROW_S,
            },
            opts=child,
        )
        aws.rds.ProxyTarget(
            f"{name}-target",
            db_proxy_name=self._proxy.name,
            target_group_name=target_group.name,
            db_instance_identifier=args.database.identifier,
            opts=child,
        )
        self.register_outputs({"host": self._proxy.endpoint})

    def admit(self, caller: SecurityGroup) -> None:
        self._group.admit(caller, POSTGRESQL, "PostgreSQL")

    def connect(self, user: str) -> Grant:
        # The last part of a proxy's ARN is the id that IAM knows, such as prx-0123456789abcdef0.
        return connect_grant(self._account, self._proxy.arn.apply(lambda arn: arn.rpartition(":")[2]), user)

    def environment(self, user: str) -> Mapping[str, pulumi.Input[str]]:
        return {**address(self._proxy.endpoint), "DATABASE_USER": user}

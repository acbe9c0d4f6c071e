"""What a function needs to use the database."""

from collections.abc import Mapping
from typing import Protocol

import pulumi

from components.account import Account
from components.grant import Grant
from components.network.security_group import SecurityGroup


class DatabaseAccess(Protocol):
    """The database itself or a proxy before it."""

    def admit(self, caller: SecurityGroup) -> None:
        """Lets functions of a security group connect. There is no other way in."""
        ...

    def connect(self, user: str) -> Grant:
        """Lets a role sign in as a database user with a token in place of a password."""
        ...

    def environment(self, user: str) -> Mapping[str, pulumi.Input[str]]:
        """What a function is told to connect as this user."""
        ...


def connect_grant(account: Account, resource_id: pulumi.Input[str], user: str) -> Grant:
    """The resource id, not the name, is what IAM knows."""
    signed_in_as = account.arn("rds-db", pulumi.Output.concat("dbuser:", resource_id, "/", user))
    return Grant(actions=["rds-db:connect"], resources=[signed_in_as])

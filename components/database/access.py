"""What a function needs to use the database."""

from collections.abc import Mapping
from typing import Protocol

import pulumi

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


def connect_grant(arn: pulumi.Output[str], resource_id: pulumi.Output[str], user: str) -> Grant:
    """`arn` is any of the database's own; the resource id, not the name, is what IAM knows."""

    def of(values: list[str]) -> str:
        region, account = values[0].split(":")[3:5]
        return f"arn:aws:rds-db:{region}:{account}:dbuser:{values[1]}/{user}"

    return Grant(actions=["rds-db:connect"], resources=[pulumi.Output.all(arn, resource_id).apply(of)])

"""Where in a network a function runs."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi

from components.network.security_group import SecurityGroup


@dataclass(frozen=True, kw_only=True)
class Placement:
    """Subnets in at least two zones, and the group that says whom the function may reach."""

    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    security_group: SecurityGroup

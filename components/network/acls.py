"""Network ACLs as data: which packets may enter and leave a tier of subnets.

An ACL keeps no state, so what may go out needs a rule to come back. Return traffic goes to ephemeral ports, for Lambda
and NAT gateways 1024 to 65535: https://docs.aws.amazon.com/vpc/latest/userguide/nacl-ephemeral-ports.html
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network

from components.network.addresses import AddressPlan
from components.network.security_group import HTTPS

ANYWHERE = IPv4Network("0.0.0.0/0")
POSTGRESQL = 5432
REMOTE_DESKTOP = 3389
EPHEMERAL = (1024, 65535)


@dataclass(frozen=True, kw_only=True)
class AclRule:
    """TCP only: name resolution and time inside a VPC pass no ACL. The lowest number that fits a packet decides."""

    number: int
    egress: bool
    cidr: IPv4Network
    ports: tuple[int, int]
    allow: bool = True


def inbound(number: int, cidr: IPv4Network, ports: tuple[int, int], *, allow: bool = True) -> AclRule:
    return AclRule(number=number, egress=False, cidr=cidr, ports=ports, allow=allow)


def outbound(number: int, cidr: IPv4Network, ports: tuple[int, int]) -> AclRule:
    return AclRule(number=number, egress=True, cidr=cidr, ports=ports)


# Ephemeral ports include remote desktop's, which nobody shall reach from outside.
NO_REMOTE_DESKTOP = inbound(90, ANYWHERE, (REMOTE_DESKTOP, REMOTE_DESKTOP), allow=False)


def public(plan: AddressPlan) -> Sequence[AclRule]:
    """NAT gateways take HTTPS from the functions to the internet."""
    return [
        NO_REMOTE_DESKTOP,
        inbound(100, plan.private.cidr, (HTTPS, HTTPS)),
        inbound(110, ANYWHERE, EPHEMERAL),
        outbound(100, ANYWHERE, (HTTPS, HTTPS)),
        outbound(110, plan.private.cidr, EPHEMERAL),
    ]


def private(plan: AddressPlan) -> Sequence[AclRule]:
    """Functions open connections to the database, to interface endpoints beside them, and by HTTPS to AWS."""
    return [
        NO_REMOTE_DESKTOP,
        inbound(100, plan.private.cidr, (HTTPS, HTTPS)),
        inbound(110, ANYWHERE, EPHEMERAL),
        outbound(100, ANYWHERE, (HTTPS, HTTPS)),
        outbound(110, plan.database.cidr, (POSTGRESQL, POSTGRESQL)),
        outbound(120, plan.private.cidr, EPHEMERAL),
    ]


def database(plan: AddressPlan) -> Sequence[AclRule]:
    """PostgreSQL answers the functions, and a proxy in this tier."""
    return [
        inbound(100, plan.private.cidr, (POSTGRESQL, POSTGRESQL)),
        inbound(110, plan.database.cidr, (POSTGRESQL, POSTGRESQL)),
        inbound(120, plan.database.cidr, EPHEMERAL),
        outbound(100, plan.private.cidr, EPHEMERAL),
        outbound(110, plan.database.cidr, (POSTGRESQL, POSTGRESQL)),
        outbound(120, plan.database.cidr, EPHEMERAL),
    ]

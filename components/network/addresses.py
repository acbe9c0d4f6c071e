"""Which addresses of a network belong to which subnet: plain arithmetic."""

from dataclasses import dataclass
from ipaddress import IPv4Network

ZONES = 2
TIER_BITS = 2


@dataclass(frozen=True)
class Tier:
    """A quarter of the network, halved between the zones, so that one address range names the whole tier."""

    cidr: IPv4Network
    subnets: tuple[IPv4Network, ...]


@dataclass(frozen=True)
class AddressPlan:
    """`spare` is a quarter kept for what comes."""

    public: Tier
    private: Tier
    database: Tier
    spare: IPv4Network


def plan(network: IPv4Network) -> AddressPlan:
    """ValueError for a network too small for six subnets of AWS's least size, /28."""
    if network.prefixlen > 28 - TIER_BITS - 1:
        raise ValueError(f"{network} is too small: six subnets of /28 need at least a /25")
    public, private, database, spare = network.subnets(prefixlen_diff=TIER_BITS)
    return AddressPlan(_tier(public), _tier(private), _tier(database), spare)


def _tier(cidr: IPv4Network) -> Tier:
    return Tier(cidr, tuple(cidr.subnets()))

"""Which addresses belong to which subnet."""

from ipaddress import IPv4Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.network.addresses import plan
from components.network.zones import TooFewZones, choose

NETWORKS = st.integers(8, 25).flatmap(
    lambda bits: st.integers(0, 2**bits - 1).map(lambda top: IPv4Network((top << (32 - bits), bits)))
)


def test_the_guides_network_is_cut_into_quarters_and_each_into_halves() -> None:
    found = plan(IPv4Network("10.0.0.0/16"))
    assert [str(s) for tier in (found.public, found.private, found.database) for s in tier.subnets] == [
        "10.0.0.0/19",
        "10.0.32.0/19",
        "10.0.64.0/19",
        "10.0.96.0/19",
        "10.0.128.0/19",
        "10.0.160.0/19",
    ]


@given(NETWORKS)
def test_subnets_lie_in_the_network_and_never_overlap(network: IPv4Network) -> None:
    found = plan(network)
    tiers = (found.public, found.private, found.database)
    pieces = [subnet for tier in tiers for subnet in tier.subnets] + [found.spare]
    assert sum(piece.num_addresses for piece in pieces) == network.num_addresses
    assert all(piece.subnet_of(network) for piece in pieces)
    assert not [(a, b) for a in pieces for b in pieces if a is not b and a.overlaps(b)]
    assert all(subnet.subnet_of(tier.cidr) for tier in tiers for subnet in tier.subnets)
    assert all(subnet.prefixlen <= 28 for tier in tiers for subnet in tier.subnets)


def test_a_network_too_small_for_six_subnets_is_refused() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.0/26 is too small"):
        plan(IPv4Network("10.0.0.0/26"))


def test_the_first_two_zones_by_id_are_chosen() -> None:
    assert choose({"use1-az6": "c", "use1-az2": "b", "use1-az1": "a"}, "us-east-1") == ["a", "b"]


def test_one_zone_is_too_few() -> None:
    with pytest.raises(TooFewZones, match="us-east-1 has subnets in 1 zones"):
        choose({"use1-az1": "a"}, "us-east-1")

"""Which availability zones a stack uses."""

from collections.abc import Mapping

from components.network.addresses import ZONES


class TooFewZones(ValueError):
    """RDS and Lambda are to be in two zones, and the network has fewer."""


def choose(by_id: Mapping[str, str], where: str) -> list[str]:
    """The values of the first two zone ids, such as `{"use1-az1": "subnet-1", ...}`.

    Ids name the same place in every account, names do not. The oldest zones, which come late in the order, lack newer
    services: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html
    """
    if len(by_id) < ZONES:
        found = ", ".join(sorted(by_id)) or "none"
        raise TooFewZones(f"{where} has subnets in {len(by_id)} zones ({found}); CloudShelf needs {ZONES}")
    return [value for _, value in sorted(by_id.items())][:ZONES]

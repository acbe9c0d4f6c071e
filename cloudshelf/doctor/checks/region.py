"""Whether the stack's region is there for this account."""

from collections.abc import Iterator

from cloudshelf.doctor.finding import Finding, ok, problem
from cloudshelf.doctor.inquiry import Inquiry

CHECK = "region"


def region(inquiry: Inquiry) -> Iterator[Finding]:
    """And those its tables are copied to."""
    found = inquiry.account.client("ec2").describe_regions(AllRegions=True)["Regions"]
    states = {each["RegionName"]: each["OptInStatus"] for each in found}
    for name in (inquiry.settings.region, *inquiry.settings.cart_replica_regions):
        if name not in states:
            yield problem(CHECK, f"AWS has no region {name}", "pulumi config set aws:region us-east-1")
        elif states[name] == "not-opted-in":
            yield problem(CHECK, f"{name} is not enabled", f"aws account enable-region --region-name {name}")
        else:
            yield ok(CHECK, name)

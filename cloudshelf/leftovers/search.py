"""What is left of a stack, and what it costs."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

from cloudshelf.aws_account import NO_ANSWER, AwsAccount, is_missing, told
from cloudshelf.chosen_stack import ChosenStack
from cloudshelf.cost.prices import PriceList
from cloudshelf.leftovers.bills import BILLS, NOTHING, Bill
from cloudshelf.leftovers.removal import removal
from cloudshelf.leftovers.tagged import Tagged, tagged
from cloudshelf.leftovers.untagged import untagged

# CloudFront's own things, its firewall and its logs are here wherever the stack is.
EDGE_REGION = "us-east-1"


@dataclass(frozen=True, kw_only=True)
class Leftover:
    """`remove` is a command, empty where there is none."""

    found: Tagged
    bill: Bill
    remove: str


def regions(stack: ChosenStack) -> list[str]:
    return sorted({stack.region, EDGE_REGION, *stack.settings.cart_replica_regions})


def search(account: AwsAccount, stack: ChosenStack, prices: PriceList) -> Iterator[Leftover]:
    """What is gone already is left out: the tagging API goes on to name it for a while."""
    for found in sorted({*tagged(account, stack.tags, regions(stack)), *untagged(account, stack.graph)}):
        client = partial(account.client, region=found.region)
        billing = BILLS.get((found.service, found.kind))
        try:
            bill = billing(found, client, prices) if billing else NOTHING
        except NO_ANSWER as error:
            if is_missing(error):
                continue
            bill = Bill(usd=None, note=f"AWS gave no answer: {told(error)}")
        yield Leftover(found=found, bill=bill, remove=removal(found))


def monthly(leftovers: list[Leftover]) -> Decimal:
    return sum((each.bill.usd for each in leftovers if each.bill.usd is not None), Decimal(0))

"""What a reader of an estimate must know about its prices."""

from collections.abc import Iterator
from datetime import date

from cloudshelf.cost.estimate import Estimate
from cloudshelf.cost.prices import PriceList, old


def warnings(estimate: Estimate, prices: PriceList, region: str, today: date) -> Iterator[str]:
    """A sentence each."""
    used = {line.price.key: line.price for line in estimate.lines if line.usd}
    if region != prices.region:
        yield f"the stack is in {region}, the prices are those of {prices.region}: expect other figures"
    if aged := sorted(key for key, price in used.items() if price.confirmed and old(price, today)):
        yield f"older than a year: the prices of {', '.join(aged)}"
    if guessed := sorted(key for key, price in used.items() if not price.confirmed):
        yield f"not confirmed, marked with ?: the prices of {', '.join(guessed)}"

"""What a stack costs, service by service."""

from collections.abc import Callable
from decimal import Decimal

from cloudshelf.cost.estimate import Estimate, allowances, total
from cloudshelf.cost.usage import profiles
from cloudshelf.guides.table import table

CENT = Decimal("0.01")
Estimating = Callable[[str, str], Estimate]


def costs(stack: str, estimated: Estimating) -> str:
    """A row for each service at the smallest usage, and what all of it is at each usage."""
    smallest, *_ = profiles()
    lines = estimated(stack, smallest).lines
    services = {name: total(line for line in lines if line.price.service == name) for name in _names(stack, estimated)}
    rows = [[name, _usd(usd)] for name, usd in sorted(services.items(), key=lambda each: (-each[1], each[0]))]
    sums = [[f"**all, at usage `{name}`**", _all(estimated(stack, name))] for name in profiles()]
    return table(["service", "US dollars a month"], [*(row for row in rows if row[1] != "$0.00"), *sums])


def _names(stack: str, estimated: Estimating) -> set[str]:
    return {line.price.service for line in estimated(stack, profiles()[0]).lines}


def _all(estimate: Estimate) -> str:
    free = total([*estimate.lines, *allowances(estimate.lines)])
    return f"**{_usd(estimate.total)}**, {_usd(free)} with the lasting free tier"


def _usd(amount: Decimal) -> str:
    return f"${amount.quantize(CENT)}"

"""Markdown tables of what stacks cost."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from cloudshelf.cost.comparison import Comparison, compare, difference
from cloudshelf.cost.estimate import Estimate, allowances, total
from cloudshelf.cost.usage import profiles
from cloudshelf.documents.tables import table

STACKS = ("phase1", "enhanced", "phase2")
EVERYTHING = "everything"
CENT = Decimal("0.01")
# An estimate of a stack, or of EVERYTHING, at a usage profile.
Estimating = Callable[[str, str], Estimate]


def service_costs(stack: str, estimated: Estimating) -> str:
    """A row for each service at the smallest usage, and what all of it is at each usage."""
    smallest, *_ = profiles()
    services = _by_service(estimated(stack, smallest))
    rows = [[name, _usd(usd)] for name, usd in sorted(services.items(), key=lambda each: (-each[1], each[0]))]
    sums = [[f"**all, at usage `{name}`**", _all(estimated(stack, name))] for name in profiles()]
    return table(["service", "US dollars a month"], [*(row for row in rows if row[1] != "$0.00"), *sums])


def _all(estimate: Estimate) -> str:
    free = total([*estimate.lines, *allowances(estimate.lines)])
    return f"**{_usd(estimate.total)}**, {_usd(free)} with the lasting free tier"


def guide_tables(estimated: Estimating) -> dict[str, str]:
    """By the name each has in the guide. `estimated` takes a stack, or everything, and a usage profile."""
    phase2 = estimated("phase2", "dev")
    compared = compare(phase2, "phase2")
    return {
        "totals": table(["usage", *STACKS], _totals(estimated)),
        "services": table(["service", *STACKS], _services([estimated(stack, "dev") for stack in STACKS])),
        "plan": table(["row", "planned", "estimated", "why"], _plan(compared) if compared else ()),
        "options": table(["option's part", "a month"], _options(phase2, estimated(EVERYTHING, "dev"))),
    }


def _totals(estimated: Estimating) -> Iterator[list[str]]:
    for profile in profiles():
        found = [estimated(stack, profile) for stack in STACKS]
        left = [total([*each.lines, *allowances(each.lines)]) for each in found]
        yield [f"`{profile}`", *(f"{_usd(each.total)} ({_usd(free)})" for each, free in zip(found, left, strict=True))]


def _services(found: Iterable[Estimate]) -> Iterator[list[str]]:
    sums = [_by_service(each) for each in found]
    names = {name for each in sums for name in each}
    for name in sorted(names, key=lambda name: (-sum(each.get(name, Decimal(0)) for each in sums), name)):
        yield [name, *(_usd(each[name]) if name in each else "" for each in sums)]


def _by_service(found: Estimate) -> dict[str, Decimal]:
    services = {line.price.service for line in found.lines}
    return {name: total(line for line in found.lines if line.price.service == name) for name in services}


def _plan(comparison: Comparison) -> Iterator[list[str]]:
    for row in comparison.rows:
        band = f"${row.low}" if row.low == row.high else f"${row.low} to ${row.high}"
        yield [row.name, band, _usd(row.usd), row.reason.strip()]


def _options(phase2: Estimate, everything: Estimate) -> Iterator[list[str]]:
    for change in difference(phase2, everything):
        if change.usd >= CENT:
            yield [f"{change.price.service}: {change.price.item}", f"+{_usd(change.usd)}"]


def _usd(amount: Decimal) -> str:
    return f"${amount.quantize(CENT)}"

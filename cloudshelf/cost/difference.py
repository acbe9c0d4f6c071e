"""Two estimates side by side, price by price."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from cloudshelf.cost.estimate import Estimate, Line
from cloudshelf.cost.prices import Price


@dataclass(frozen=True, kw_only=True)
class Change:
    """What one price comes to in one stack and in another."""

    price: Price
    quantities: tuple[Decimal, Decimal]
    dollars: tuple[Decimal, Decimal]

    @property
    def usd(self) -> Decimal:
        return self.dollars[1] - self.dollars[0]


def difference(one: Estimate, other: Estimate) -> list[Change]:
    """Where they differ, the biggest change first."""
    before, after = _by_price(one.lines), _by_price(other.lines)
    prices = {line.price.key: line.price for line in (*one.lines, *other.lines)}
    changes = [_change(price, before.get(key, []), after.get(key, [])) for key, price in prices.items()]
    return sorted((each for each in changes if each.usd), key=lambda each: (-abs(each.usd), each.price.key))


def _by_price(lines: Iterable[Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.price.key, []).append(line)
    return found


def _change(price: Price, before: list[Line], after: list[Line]) -> Change:
    return Change(
        price=price,
        quantities=(_sum(line.quantity for line in before), _sum(line.quantity for line in after)),
        dollars=(_sum(line.usd for line in before), _sum(line.usd for line in after)),
    )


def _sum(numbers: Iterable[Decimal]) -> Decimal:
    return sum(numbers, Decimal(0))

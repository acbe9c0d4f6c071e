"""Estimates for a terminal."""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from cloudshelf.cost.difference import Change
from cloudshelf.cost.estimate import Estimate, Line, allowances, total
from cloudshelf.cost.plan import Comparison, Verdict
from cloudshelf.cost.prices import Price

CENT, FOUR_DIGITS = Decimal("0.01"), Decimal("0.0001")
WIDTH = 100
UNCONFIRMED = "?"


def as_text(
    estimate: Estimate, *, region: str, each_line: bool, budget: Decimal | None, comparison: Comparison | None
) -> Iterator[str]:
    """The lines by service, the dearest first; `each_line` shows every resource by itself."""
    yield (
        f"{estimate.stack}: ${_cents(estimate.total)} a month at usage {estimate.usage}, "
        f"list prices of {region}, no tax."
    )
    yield ""
    yield f"  {'usd':>9}  {'quantity':>12} {'unit':<18} {'price':>10}  {'as of':<10}  what"
    for service in _dearest_first(estimate.lines):
        lines = [line for line in estimate.lines if line.price.service == service]
        yield f"{service}: ${_cents(total(lines))}"
        yield from _single(lines) if each_line else _grouped(lines)
    yield ""
    if all(line.quantity >= 0 for line in estimate.lines):
        left = total([*estimate.lines, *allowances(estimate.lines)])
        yield f"An account's lasting free tier, where no other stack uses it, leaves ${_cents(left)} (--free-tier)."
    if budget is not None:
        word = "above" if estimate.total > budget else "within"
        yield f"The stack warns at a budget of ${budget}: the estimate is {word} it."
    if comparison:
        yield from _compared(comparison)
    yield from _sources({line.price for line in estimate.lines})


def difference_as_text(one: Estimate, other: Estimate, changes: Sequence[Change]) -> Iterator[str]:
    yield (
        f"{one.stack} ${_cents(one.total)}, {other.stack} ${_cents(other.total)}: "
        f"{_signed(other.total - one.total)} a month at usage {one.usage}."
    )
    yield ""
    for change in changes:
        before, after = (_quantity(each) for each in change.quantities)
        what = f"{change.price.service}, {change.price.item}"
        yield f"  {_signed(change.usd):>10}  {what}: {before} -> {after} {change.price.unit}"


def _dearest_first(lines: Iterable[Line]) -> list[str]:
    sums: dict[str, Decimal] = {}
    for line in lines:
        sums[line.price.service] = sums.get(line.price.service, Decimal(0)) + line.usd
    return sorted(sums, key=lambda service: (-sums[service], service))


def _single(lines: Sequence[Line]) -> Iterator[str]:
    for line in sorted(lines, key=lambda line: (-line.usd, line.price.key, line.resource)):
        yield _row(line.usd.quantize(FOUR_DIGITS), line.quantity, line.price, line.resource)


def _grouped(lines: Sequence[Line]) -> Iterator[str]:
    """A row for each price; what is less than half a cent together is told in one."""
    prices = {line.price.key: line.price for line in lines}
    groups = [[line for line in lines if line.price.key == key] for key in prices]
    seen = sorted((group for group in groups if abs(total(group)) >= CENT / 2), key=lambda group: -total(group))
    for group in seen:
        resource = group[0].resource if len(group) == 1 else f"{len(group)} resources"
        yield _row(total(group).quantize(CENT), _sum(group), group[0].price, resource)
    if small := len(groups) - len(seen):
        yield f"  {'< 0.01':>9}  {small} {'item' if small == 1 else 'items'} more"


def _row(usd: Decimal, quantity: Decimal, price: Price, resource: str) -> str:
    mark = "" if price.confirmed else UNCONFIRMED
    cost = f"{price.usd:f}{mark}"
    return (
        f"  {usd:>9}  {_quantity(quantity):>12} {price.unit:<18} {cost:>10}  {price.as_of}  {price.item} ({resource})"
    )


def _compared(comparison: Comparison) -> Iterator[str]:
    yield ""
    yield f"Beside the plan ({comparison.document}):"
    for row in comparison.rows:
        band = f"{row.low}" if row.low == row.high else f"{row.low} to {row.high}"
        verdict = "" if row.verdict is Verdict.WITHIN else row.verdict.value
        yield f"  {_cents(row.usd):>9}  {row.name}, planned {band}{f': {verdict}' if verdict else ''}"
        indent = " " * 13
        yield from textwrap.wrap(row.reason, WIDTH, initial_indent=indent, subsequent_indent=indent)


def _sources(prices: Iterable[Price]) -> Iterator[str]:
    yield ""
    yield "Check the prices at:"
    yield from sorted({f"  {price.source}" for price in prices})


def _sum(lines: Iterable[Line]) -> Decimal:
    return sum((line.quantity for line in lines), Decimal(0))


def _quantity(quantity: Decimal) -> str:
    """Four digits after the point at most, none that says nothing."""
    return f"{quantity.quantize(FOUR_DIGITS).normalize():f}"


def _cents(usd: Decimal) -> Decimal:
    return usd.quantize(CENT)


def _signed(usd: Decimal) -> str:
    return f"{'-' if usd < 0 else '+'}${abs(_cents(usd))}"

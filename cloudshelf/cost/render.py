"""An estimate as text and as JSON."""

import json
import textwrap
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from cloudshelf.cost.comparison import Change, Comparison, Verdict
from cloudshelf.cost.estimate import Estimate, Line, allowances, total
from cloudshelf.cost.prices import Price
from cloudshelf.cost.rules import FREE
from cloudshelf.graph import Graph


def as_json(
    estimate: Estimate,
    *,
    graph: Graph,
    region: str,
    warnings: Sequence[str],
    budget: Decimal | None,
    comparison: Comparison | None,
) -> str:
    return _dumped(
        {
            "stack": estimate.stack,
            "usage": estimate.usage,
            "prices_of": region,
            "total_usd": estimate.total,
            "lines": [_line(line) for line in estimate.lines],
            "free": _free(graph),
            "budget_usd": budget,
            "plan": _plan(comparison) if comparison else None,
            "warnings": list(warnings),
        }
    )


def difference_as_json(one: Estimate, other: Estimate, changes: Sequence[Change], warnings: Sequence[str]) -> str:
    return _dumped(
        {
            "stacks": [one.stack, other.stack],
            "usage": one.usage,
            "total_usd": [one.total, other.total],
            "difference_usd": other.total - one.total,
            "lines": [
                {
                    **_price(change.price),
                    "quantity": list(change.quantities),
                    "usd": list(change.dollars),
                    "difference_usd": change.usd,
                }
                for change in changes
            ],
            "warnings": list(warnings),
        }
    )


def _line(line: Line) -> dict[str, Any]:
    price = _price(line.price)
    return {"resource": line.resource, "quantity": line.quantity, "usd": line.usd, **price}


def _price(price: Price) -> dict[str, Any]:
    return {
        "service": price.service,
        "item": price.item,
        "unit": price.unit,
        "unit_price_usd": price.usd,
        "source": price.source,
        "as_of": price.as_of.isoformat(),
        "confirmed": price.confirmed,
    }


def _free(graph: Graph) -> list[dict[str, Any]]:
    counted = Counter(node.type for node in graph.resources if node.type in FREE)
    return [{"type": token, "resources": counted[token], "reason": FREE[token]} for token in sorted(counted)]


def _plan(comparison: Comparison) -> dict[str, Any]:
    rows = [
        {
            "row": row.name,
            "usd": row.usd,
            "low_usd": row.low,
            "high_usd": row.high,
            "verdict": row.verdict.value,
            "reason": row.reason,
        }
        for row in comparison.rows
    ]
    return {"document": comparison.document, "rows": rows}


def _dumped(value: Mapping[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False, default=number)


def number(value: Decimal) -> float | int:
    """The shortest number that reads back as the same decimal."""
    return int(value) if value == value.to_integral_value() else float(value)


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

"""Estimates as JSON. Numbers are written with every digit they have; lines add up to the total."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from cloudshelf.cost.difference import Change
from cloudshelf.cost.estimate import Estimate, Line
from cloudshelf.cost.plan import Comparison
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

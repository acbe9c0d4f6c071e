"""The estimate beside what was planned."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

from cloudshelf import yaml_file
from cloudshelf.cost.estimate import Estimate, Line, total
from cloudshelf.cost.prices import DATA


class Verdict(Enum):
    BELOW = "below"
    WITHIN = "within"
    ABOVE = "above"


@dataclass(frozen=True, kw_only=True)
class Row:
    """US dollars a month. `reason` says why the estimate is outside the band; empty where nobody said."""

    name: str
    usd: Decimal
    low: Decimal
    high: Decimal
    reason: str

    @property
    def verdict(self) -> Verdict:
        if self.usd < self.low:
            return Verdict.BELOW
        return Verdict.ABOVE if self.usd > self.high else Verdict.WITHIN


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A stack's rows, and the document they are of."""

    document: str
    rows: tuple[Row, ...]


def compare(estimate: Estimate, phase: str, path: Path = DATA / "plan.yaml") -> Comparison | None:
    """None where nothing was planned for the phase at that usage."""
    planned = yaml_file.read(path).get(phase, {}).get(estimate.usage)
    if planned is None:
        return None
    named = {service for row in planned["rows"] for service in row.get("services", ())}
    return Comparison(
        document=planned["from"],
        rows=tuple(_row(given, estimate, named, planned["reasons"]) for given in planned["rows"]),
    )


def _row(given: Mapping[str, Any], estimate: Estimate, named: set[str], reasons: Mapping[str, str]) -> Row:
    return Row(
        name=given["name"],
        usd=total(_counted(given, estimate, named)),
        low=Decimal(given["low"]),
        high=Decimal(given["high"]),
        reason=reasons.get(given["name"], ""),
    )


def _counted(given: Mapping[str, Any], estimate: Estimate, named: set[str]) -> Iterator[Line]:
    for line in estimate.lines:
        service = line.price.service
        if given.get("all") or service in given.get("services", ()) or (given.get("rest") and service not in named):
            yield line

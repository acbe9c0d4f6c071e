"""What a benchmark finds: figures with a target, beside what they are measured against."""

from dataclasses import dataclass
from enum import Enum

from benchmarks.pairs import Ratio

TIMES = "\N{MULTIPLICATION SIGN}"


class Verdict(Enum):
    MET = "met"
    MISSED = "missed"
    OPEN = ""


@dataclass(frozen=True, kw_only=True)
class Target:
    """A bound that a figure is to keep."""

    bound: float
    at_least: bool = False

    def met_by(self, value: float) -> bool:
        return value >= self.bound if self.at_least else value <= self.bound

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {self.bound:g}"


def at_most(bound: float) -> Target:
    return Target(bound=bound)


def at_least(bound: float) -> Target:
    return Target(bound=bound, at_least=True)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One line of the table. `value` is the ratio or count that is judged, `low` and `high` its spread over repeats.

    `measured` and `reference` say in words and units what was compared. `reason` tells why a target is missed.
    """

    name: str
    value: float
    unit: str = TIMES
    target: Target | None = None
    measured: str = ""
    reference: str = ""
    low: float | None = None
    high: float | None = None
    repeats: int = 1
    reason: str = ""

    @property
    def verdict(self) -> Verdict:
        if self.target is None:
            return Verdict.OPEN
        return Verdict.MET if self.target.met_by(self.value) else Verdict.MISSED


def beside(
    ratio: Ratio,
    *,
    name: str,
    target: Target | None,
    measured: str,
    reference: str,
    unit: str = TIMES,
    reason: str = "",
) -> Figure:
    """A figure that was measured round by round, with its spread."""
    return Figure(
        name=name,
        value=ratio.median,
        unit=unit,
        target=target,
        measured=measured,
        reference=reference,
        low=ratio.low,
        high=ratio.high,
        repeats=ratio.rounds,
        reason=reason,
    )

"""Figures and their targets, the benchmarks there are, and docs/performance.md, written from the kept results.

`python -m benchmarks.results` writes it anew.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Literal

import msgspec

from benchmarks.measuring import Machine, Ratio
from cloudshelf.documents.tables import filled_in as filled_in_guide

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


@dataclass(frozen=True)
class Findings:
    """`notes` say what the figures alone do not."""

    figures: Sequence[Figure]
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Benchmark:
    """`name` is its module, which has `run(quick) -> Findings`."""

    name: str
    title: str


ALL = (
    Benchmark("cold_import", "1. Cold start of a function"),
    Benchmark("handlers", "2. What a handler adds to a request"),
    Benchmark("round_trips", "3. Round trips to PostgreSQL"),
    Benchmark("page_of_books", "4. A page of 20 books"),
    Benchmark("checkout", "5. Checkout"),
    Benchmark("search", "6. Search over many books"),
    Benchmark("migration", "7. Moving the data"),
    Benchmark("local_start", "8. `make local`"),
    Benchmark("graph", "9. The resource graph"),
    Benchmark("shoppers", "10. The shop under load"),
    Benchmark("scale", "11. Scale, on paper"),
)


def chosen(names: Sequence[str]) -> list[Benchmark]:
    """Those of these names, or all; ValueError for one there is not."""
    known = {each.name: each for each in ALL}
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"there is no benchmark {', '.join(unknown)}; there is {', '.join(known)}")
    return [known[name] for name in names] if names else list(ALL)


Mode = Literal["full", "quick"]
KEPT = Path(__file__).parent / "results"


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """One run of one benchmark. `load` is the machine's at its beginning and at its end."""

    name: str
    mode: Mode
    day: date
    seconds: float
    load: tuple[float, float]
    machine: Machine
    figures: tuple[Figure, ...]
    notes: tuple[str, ...] = ()


def write(result: Result, folder: Path = KEPT) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{result.name}.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n")
    return path


def read(folder: Path = KEPT) -> dict[str, Result]:
    """By name."""
    found = [msgspec.json.decode(path.read_bytes(), type=Result) for path in sorted(folder.glob("*.json"))]
    return {result.name: result for result in found}


GUIDE = Path(__file__).resolve().parent.parent / "docs" / "performance.md"
HEAD = ("what", "measured", "reference", "figure", "spread", "target", "")
MARKS = {Verdict.MET: "met", Verdict.MISSED: "**missed**", Verdict.OPEN: ""}


def tables(found: Mapping[str, Result]) -> Iterator[str]:
    """A section for each benchmark; one without a result says so."""
    for benchmark in ALL:
        yield from _section(benchmark, found.get(benchmark.name))


def machines(found: Mapping[str, Result]) -> Iterator[str]:
    """What figures were measured on, once if it was the same for all."""
    named = {result.machine: None for result in found.values()}
    for each in named:
        yield (
            f"{each.processor}, {each.cores} cores, {each.memory_gb} GB; {each.system}; Python {each.python}; "
            f"PostgreSQL {each.postgres}."
        )


def filled_in(text: str, found: Mapping[str, Result]) -> str:
    """The guide with its figures as the results have them."""
    content = {"machine": machines(found), "figures": tables(found)}
    return filled_in_guide(text, {name: "\n".join(told).strip() for name, told in content.items()})


def report_lines(figures: Iterable[Figure]) -> Iterator[str]:
    """For a terminal."""
    for each in figures:
        target = f"{each.target} {MARKS[each.verdict].strip('*')}" if each.target else ""
        yield f"  {each.name:<58} {number(each.value)}{each.unit:<3} {_spread(each):<16} {target}"


def number(value: float) -> str:
    """Three significant digits, more only where they stand before the point."""
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def _section(benchmark: Benchmark, result: Result | None) -> Iterator[str]:
    yield f"### {benchmark.title}\n"
    if result is None:
        yield "Not measured yet.\n"
        return
    load = f"load {result.load[0]:g} at the beginning, {result.load[1]:g} at the end"
    yield f"*{result.mode}, {result.day}, {result.seconds:.0f} s; {load}.*\n"
    yield _row(HEAD)
    yield _row(["---"] * len(HEAD))
    yield from (_row(_cells(each)) for each in result.figures)
    yield ""
    for each in result.figures:
        if each.verdict is Verdict.MISSED:
            yield f"* {each.name}: {each.reason or 'missed, and nobody has said why yet.'}"
    yield from (f"* {note}" for note in result.notes)
    yield ""


def _cells(each: Figure) -> list[str]:
    figure = f"{number(each.value)}{each.unit}"
    target = f"{each.target}{each.unit}" if each.target else ""
    return [each.name, each.measured, each.reference, figure, _spread(each), target, MARKS[each.verdict]]


def _spread(each: Figure) -> str:
    if each.low is None or each.high is None:
        return ""
    return f"{number(each.low)} to {number(each.high)}, n={each.repeats}"


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def write_guide() -> None:
    """The guide anew, from the kept results."""
    GUIDE.write_text(filled_in(GUIDE.read_text(encoding="utf-8"), read()), encoding="utf-8")


if __name__ == "__main__":
    write_guide()

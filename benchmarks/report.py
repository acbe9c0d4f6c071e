"""docs/performance.md, made from the kept results: `python -m benchmarks.report`."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from benchmarks import results
from benchmarks.catalogue import ALL, Benchmark
from benchmarks.figures import Figure, Verdict
from benchmarks.results import Result
from cloudshelf.documents.tables import filled_in as filled_in_guide

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


def lines(figures: Iterable[Figure]) -> Iterator[str]:
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


def write() -> None:
    """The guide anew, from the kept results."""
    GUIDE.write_text(filled_in(GUIDE.read_text(encoding="utf-8"), results.read()), encoding="utf-8")


if __name__ == "__main__":
    write()

"""The tables of docs/guides/cost.md, so that they are never older than the program."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from cloudshelf.cost.difference import difference
from cloudshelf.cost.estimate import Estimate, allowances, total
from cloudshelf.cost.plan import Comparison, compare
from cloudshelf.cost.usage import profiles

STACKS = ("phase1", "enhanced", "phase2")
EVERYTHING = "everything"
CENT = Decimal("0.01")
Estimating = Callable[[str, str], Estimate]


def tables(estimated: Estimating) -> dict[str, str]:
    """By the name each has in the guide. `estimated` takes a stack, or everything, and a usage profile."""
    phase2 = estimated("phase2", "dev")
    compared = compare(phase2, "phase2")
    return {
        "totals": _table(["usage", *STACKS], _totals(estimated)),
        "services": _table(["service", *STACKS], _services([estimated(stack, "dev") for stack in STACKS])),
        "plan": _table(["row", "planned", "estimated", "why"], _plan(compared) if compared else ()),
        "options": _table(["option's part", "a month"], _options(phase2, estimated(EVERYTHING, "dev"))),
    }


def filled_in(text: str, content: dict[str, str]) -> str:
    """A text with each table between the comments that name it."""
    for name, table in content.items():
        before, begin, rest = text.partition(f"<!-- {name} -->\n")
        _, end, after = rest.partition(f"<!-- end of {name} -->\n")
        if not (begin and end):
            raise ValueError(f"the guide has no place for the table {name}: <!-- {name} --> ... <!-- end of {name} -->")
        text = f"{before}{begin}\n{table}\n{end}{after}"
    return text


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


def _table(head: list[str], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _usd(amount: Decimal) -> str:
    return f"${amount.quantize(CENT)}"

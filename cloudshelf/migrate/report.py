"""A bar chart as SVG: what each side has, beside each other."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from cloudshelf.migrate.interfaces import LABELS
from cloudshelf.migrate.verifying import SHOWN, Compared, Verdict

WIDTH, LABEL, ROW, BAR, GAP = 720, 130, 58, 18, 4
COLOURS = ("#8a8f98", "#1f6feb")


def rows(left: str, right: str, bars: Sequence[tuple[str, int, int]]) -> str:
    """`bars` are a name and its two counts; each name has its own scale, for orders would dwarf books."""
    height = ROW * len(bars) + 30
    told = "; ".join(f"{name}: {left} {one:,}, {right} {other:,}" for name, one, other in bars)
    head = f'<svg viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(told)}" font-size="13">'
    return "\n".join([head, *_legend(left, right), *_drawn(bars), "</svg>"])


def _legend(left: str, right: str) -> Iterator[str]:
    for place, (name, colour) in enumerate(zip((left, right), COLOURS, strict=True)):
        x = LABEL + place * 160
        yield f'<rect x="{x}" y="4" width="12" height="12" fill="{colour}"/>'
        yield f'<text x="{x + 18}" y="15">{escape(name)}</text>'


def _drawn(bars: Sequence[tuple[str, int, int]]) -> Iterator[str]:
    room = WIDTH - LABEL - 90
    for number, (name, *counts) in enumerate(bars):
        top = 30 + number * ROW
        yield f'<text x="0" y="{top + BAR + 6}">{escape(name)}</text>'
        for place, (count, colour) in enumerate(zip(counts, COLOURS, strict=True)):
            y = top + place * (BAR + GAP)
            width = room * count / max(1, *counts)
            yield f'<rect x="{LABEL}" y="{y}" width="{width:.1f}" height="{BAR}" fill="{colour}"/>'
            yield f'<text x="{LABEL + width + 6:.1f}" y="{y + 14}">{count:,}</text>'


STYLE = """body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a}
h1{font-size:1.6rem}h2{font-size:1.2rem;margin-top:2rem}table{border-collapse:collapse;width:100%}
th,td{text-align:right;padding:.3rem .6rem;border-bottom:1px solid #ddd}th:first-child,td:first-child{text-align:left}
.verdict{padding:1rem;border-radius:.4rem;font-weight:600}.good{background:#e3f4e6}.bad{background:#fbe4e2}
svg{width:100%;height:auto}"""


@dataclass(frozen=True, kw_only=True)
class Report:
    """`story` are the steps that led here, a line each; `sales` what became of orders that shoppers were told of."""

    verdict: Verdict
    rejects: Sequence[Mapping[str, Any]] = ()
    story: Sequence[str] = ()
    sales: Mapping[str, Any] | None = None

    @property
    def unsigned(self) -> int:
        return sum(not each["signed_by"] for each in self.rejects)

    def write(self, folder: Path) -> tuple[Path, Path]:
        """The page and the JSON."""
        folder.mkdir(parents=True, exist_ok=True)
        name = f"{self.verdict.source}-to-{self.verdict.target}"
        page, data = folder / f"{name}.html", folder / f"{name}.json"
        data.write_text(json.dumps(self.as_dict(), indent=2) + "\n", encoding="utf-8")
        page.write_text("\n".join(self.as_html()) + "\n", encoding="utf-8")
        return page, data

    def as_dict(self) -> dict[str, Any]:
        reasons = Counter(_reason(each) for each in self.rejects)
        return {
            **self.verdict.as_dict(),
            "rejects": {"count": len(self.rejects), "unsigned": self.unsigned, "by_reason": dict(reasons)},
            "story": list(self.story),
            "sales": self.sales,
        }

    def as_html(self) -> Iterator[str]:
        verdict = self.verdict
        title = f"CloudShelf: {verdict.source} to {verdict.target}"
        yield f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        yield f"<style>{STYLE}</style></head><body><h1>{escape(title)}</h1>"
        yield f'<p class="verdict {"bad" if verdict.differences else "good"}">{escape(headline(verdict))}</p>'
        yield f"<p>Compared on {escape(verdict.at)}, with {verdict.weight} % of the shoppers on "
        yield f"{escape(verdict.target)}. Every row of both sides was looked up on the other.</p>"
        yield "<h2>Rows on both sides</h2>"
        yield rows(verdict.source, verdict.target, [_bars(each) for each in verdict.kinds])
        yield from _table(("", verdict.source, verdict.target, "Compared", "Different"), map(_row, verdict.kinds))
        yield "<h2>Money and copies</h2>"
        yield from _table(("", verdict.source, verdict.target), _sums(verdict))
        yield "<h2>What holds between rows</h2>"
        yield from _table(("", "Wrong"), _relations(verdict.relations))
        yield from self._rest()
        yield "</body></html>"

    def _rest(self) -> Iterator[str]:
        if self.sales is not None:
            yield "<h2>Orders shoppers were told of</h2>"
            yield from _table(("", ""), ((name, value) for name, value in self.sales.items()))
        if found := list(_found(self.verdict)):
            yield "<h2>Differences</h2>"
            yield from _table(("Row", "Field", self.verdict.source, self.verdict.target), found)
        yield f"<h2>Left behind</h2><p>{len(self.rejects)} rows could not be moved; {self.unsigned} of them nobody has "
        yield "signed for.</p>"
        if self.rejects:
            columns = ("Row", "Reason", "Signed by")
            yield from _table(columns, ((_name(r), r["reason"], r["signed_by"] or "") for r in self.rejects[:SHOWN]))
        if self.story:
            yield "<h2>What was done</h2><ol>"
            yield from (f"<li>{escape(line)}</li>" for line in self.story)
            yield "</ol>"


def headline(verdict: Verdict) -> str:
    if verdict.differences:
        return f"{verdict.differences:,} differences in {verdict.compared:,} rows compared."
    return f"No difference in {verdict.compared:,} rows compared."


def as_text(verdict: Verdict) -> Iterator[str]:
    yield f"{'':<17}{verdict.source:>12}{verdict.target:>12}{'compared':>12}{'different':>12}"
    for each in verdict.kinds:
        source, target = each.totals["source"], each.totals["target"]
        yield (
            f"{_label(each):<17}{source['rows']:>12,}{target['rows']:>12,}{each.compared:>12,}{each.differences:>12,}"
        )
    for entity, counts in verdict.items.items():
        if not counts["items"]:
            continue
        told = ", ".join(f"{count:,} {what}" for what, count in counts.items() if what != "items" and count)
        yield f"  of {counts['items']:,} items of {entity}: {told}"
    yield from differences(verdict)
    yield headline(verdict)


def differences(verdict: Verdict) -> Iterator[str]:
    for name, wrong in _relation_counts(verdict.relations):
        if wrong:
            yield f"  {wrong:,} wrong: {name}"
    for row, what, *sides in _found(verdict):
        yield f"  {row} {what}: {sides[0]} / {sides[1]}"


def _label(each: Compared) -> str:
    return LABELS.get(each.kind, each.kind)


def _bars(each: Compared) -> tuple[str, int, int]:
    return _label(each), each.totals["source"]["rows"], each.totals["target"]["rows"]


def _row(each: Compared) -> tuple[object, ...]:
    source, target = each.totals["source"]["rows"], each.totals["target"]["rows"]
    return (
        _label(each).capitalize(),
        f"{source:,}",
        f"{target:,}",
        f"{each.compared:,}",
        f"{each.differences:,}",
    )


def _sums(verdict: Verdict) -> Iterator[tuple[object, ...]]:
    by_name = {each.kind: each.totals for each in verdict.kinds}
    for label, kind, name in (("Orders, total", "orders", "cents"), ("Prices, sum", "books", "cents")):
        sides = [by_name[kind][side][name] for side in ("source", "target")]
        yield (label, *(f"{cents // 100:,}.{cents % 100:02}" for cents in sides))
    sides = [by_name["books"][side]["copies"] for side in ("source", "target")]
    yield ("Copies in stock" + (", each on one side only" if verdict.escrow else ""), *(f"{n:,}" for n in sides))


def _relation_counts(relations: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    for name, count in relations.get("orphans", {}).items():
        yield name.replace("_", " "), int(count)
    for name, label in (("stock", "copies of a book"), ("orders_of_users", "orders of a shopper")):
        yield label, len(relations.get(name, {}).get("different", []))


def _relations(relations: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    for name, wrong in _relation_counts(relations):
        yield name[:1].upper() + name[1:], f"{wrong:,}"


def _found(verdict: Verdict) -> Iterator[tuple[object, ...]]:
    for each in verdict.kinds:
        for one in each.different[:SHOWN]:
            yield f"{_label(each)}/{one['key']}", one["field"], one["source"], one["target"]
        for key in each.only_source[:SHOWN]:
            yield f"{_label(each)}/{key}", "*", "is there", "is missing"
        for key in each.only_target[:SHOWN]:
            yield f"{_label(each)}/{key}", "*", "is missing", "is there"


def _table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield "<table><thead><tr>" + "".join(f"<th>{escape(head)}</th>" for head in heads) + "</tr></thead><tbody>"
    for row in rows:
        yield "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>"
    yield "</tbody></table>"


def _name(reject: Mapping[str, Any]) -> str:
    return f"{reject['entity']}/{reject['key']}"


def _reason(reject: Mapping[str, Any]) -> str:
    """Without what is the row's own."""
    return f"{reject['entity']}: {str(reject['reason']).partition(':')[0]}"

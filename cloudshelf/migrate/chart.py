"""A bar chart as SVG: what each side has, beside each other."""

from collections.abc import Iterator, Sequence
from html import escape

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

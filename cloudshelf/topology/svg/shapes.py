"""SVG elements as text."""

from collections.abc import Iterable, Sequence
from html import escape

from cloudshelf.topology.svg.geometry import CARD_HEAD, LINE, Box

Point = tuple[int, int]
ARROW, INDENT = 7, 14
NAME_LETTER, DETAIL_LETTER = 7.6, 6.3


def card(box: Box, kind: str, name: str, details: Sequence[str]) -> Iterable[str]:
    """A titled box; `kind` is its class."""
    yield f'<g class="card {kind}">'
    yield _rect(box, 7)
    yield f'<rect class="spine" x="{box.x}" y="{box.y}" width="5" height="{box.height}" rx="2"/>'
    top = box.y + CARD_HEAD - 4 if details else box.middle + 4
    yield text(box.x + INDENT, top, fitting(name, box, NAME_LETTER), "name")
    for number, detail in enumerate(details, 1):
        yield text(box.x + INDENT, top + number * LINE, fitting(detail, box, DETAIL_LETTER), "detail")
    yield "</g>"


def fitting(words: str, box: Box, letter: float) -> str:
    """As much of them as a card has room for; letters so wide that no common font of the size exceeds them."""
    room = int((box.width - INDENT) / letter)
    return words if len(words) <= room else f"{words[: room - 1]}\N{HORIZONTAL ELLIPSIS}"


def frame(box: Box, kind: str, title: str, notes: Sequence[str] = ()) -> Iterable[str]:
    """What other boxes are inside of, its notes behind its title."""
    yield f'<g class="frame {kind}">'
    yield _rect(box, 10)
    yield text(box.x + 12, box.y + 18, title, "title")
    for number, note in enumerate(notes, 1):
        yield text(box.x + 12, box.y + 18 + number * (LINE - 1), note, "detail")
    yield "</g>"


def pill(x: int, y: int, content: str, kind: str = "pill") -> tuple[str, int]:
    """A rounded label from `x` on, around the line `y`; and where it ends."""
    width = round(len(content) * 6.4) + 20
    shape = f'<rect x="{x}" y="{y - 11}" width="{width}" height="22" rx="11"/>'
    inside = f'<text x="{x + width // 2}" y="{y + 4}" text-anchor="middle">{escape(content)}</text>'
    return f'<g class="{kind}">{shape}{inside}</g>', x + width


def text(x: int, y: int, content: str, kind: str, anchor: str = "start") -> str:
    where = "" if anchor == "start" else f' text-anchor="{anchor}"'
    return f'<text class="{kind}" x="{x}" y="{y}"{where}>{escape(content)}</text>'


def line(points: Sequence[Point], kind: str, *, arrow: bool = True) -> Iterable[str]:
    """A line through some points, with an arrow at its end; it parts the lines it crosses."""
    path = "M" + "L".join(f"{x},{y}" for x, y in points)
    yield f'<path class="halo" d="{path}"/>'
    yield f'<path class="way {kind}" d="{path}"/>'
    if arrow:
        yield _arrow(points[-2], points[-1], kind)


def dot(point: Point, kind: str) -> str:
    return f'<circle class="dot {kind}" cx="{point[0]}" cy="{point[1]}" r="3.5"/>'


def _rect(box: Box, radius: int) -> str:
    return f'<rect x="{box.x}" y="{box.y}" width="{box.width}" height="{box.height}" rx="{radius}"/>'


def _arrow(before: Point, tip: Point, kind: str) -> str:
    """Lines arrive level or upright."""
    (x, y), half = tip, ARROW // 2 + 1
    if before[1] == y:
        back = x - ARROW if before[0] < x else x + ARROW
        corners = ((x, y), (back, y - half), (back, y + half))
    else:
        back = y - ARROW if before[1] < y else y + ARROW
        corners = ((x, y), (x - half, back), (x + half, back))
    return f'<polygon class="head {kind}" points="{" ".join(f"{a},{b}" for a, b in corners)}"/>'

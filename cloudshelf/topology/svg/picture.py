"""A stack's picture: one SVG file that needs nothing else."""

from collections.abc import Collection, Iterator
from html import escape
from textwrap import wrap

from cloudshelf.topology.model import Topology
from cloudshelf.topology.svg import lanes
from cloudshelf.topology.svg.columns import MARGIN
from cloudshelf.topology.svg.geometry import Box
from cloudshelf.topology.svg.layout import Layout, lay_out
from cloudshelf.topology.svg.shapes import card, frame, pill, text
from cloudshelf.topology.svg.style import style
from cloudshelf.topology.words import heading, summary

FOOT = 40
NOTE_LINE, LETTER = 18, 6
EXPLANATION = (
    "Coloured lines: who may reach whom, by role and, inside a VPC, by both security groups. Dashed: asks or calls."
)


def picture(topology: Topology, added: Collection[str] = (), notes: Collection[str] = ()) -> str:
    """`added` are keys of parts to point out, `notes` further lines at the foot."""
    layout = lay_out(topology)
    body = list(_body(topology, layout, added))
    below, height = _foot(topology, layout, notes)
    width = layout.everything.right + MARGIN
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            'role="img" aria-labelledby="title description">',
            f'<title id="title">{escape(heading(topology))}</title>',
            f'<desc id="description">{escape(" ".join(summary(topology)))}</desc>',
            style(),
            f'<rect class="ground" width="{width}" height="{height}"/>',
            *body,
            *below,
            "</svg>",
            "",
        ]
    )


def _body(topology: Topology, layout: Layout, added: Collection[str]) -> Iterator[str]:
    yield text(MARGIN, 42, topology.stack, "heading")
    yield text(MARGIN, 62, f"CloudShelf in {topology.region}: {topology.resources} resources", "sub")
    for each in layout.frames:
        yield from frame(each.box, each.kind, each.title, each.notes)
    yield from lanes.front(topology, layout)
    yield from lanes.ways(topology, layout)
    for part in topology.parts:
        if part.key in layout.boxes:
            kind = part.kind.replace(" ", "-") + (" added" if part.key in added else "")
            yield from card(layout.boxes[part.key], kind, part.name, part.details)


def _foot(topology: Topology, layout: Layout, notes: Collection[str]) -> tuple[list[str], int]:
    """What watches over the shop, as pills; then notes. And where it all ends."""
    whole: Box = layout.everything
    x, y, shapes = MARGIN, whole.bottom + FOOT, []
    for words in topology.watching:
        shape, end = pill(x, y, words)
        if end > whole.right and x > MARGIN:
            x, y = MARGIN, y + 30
            shape, end = pill(x, y, words)
        shapes.append(shape)
        x = end + 10
    y += 10
    for note in (EXPLANATION, *notes):
        for words in wrap(note, (whole.right - MARGIN) // LETTER):
            y += NOTE_LINE
            shapes.append(text(MARGIN, y, words, "note"))
    return shapes, y + MARGIN

"""A topology as an SVG picture."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from html import escape
from textwrap import wrap

from cloudshelf.topology.layout import CARD_HEAD, LINE, MARGIN, Box, Layout, lay_out
from cloudshelf.topology.model import Topology, Way, heading, summary

# What reaches what, a colour for each callee: told apart by most colour-blind people too, and by position.
LIGHT = {
    "ground": "#ffffff",
    "ink": "#1b2430",
    "soft": "#5b6675",
    "card": "#ffffff",
    "edge": "#c9d1dc",
    "vpc": "#f3f6fb",
    "tier": "#e8eef8",
    "open": "#e9f5ec",
    "data": "#f6efe3",
    "added": "#1a7f37",
}
LIGHT_LANES = ("#0b6bcb", "#b8441a", "#1b7f4b", "#8a3fc2", "#a8760a", "#c02a63", "#0d7c86", "#5a6270")
DARK = {
    "ground": "#0f141b",
    "ink": "#e7ecf3",
    "soft": "#9aa6b5",
    "card": "#1a212c",
    "edge": "#3a4554",
    "vpc": "#141b26",
    "tier": "#1a2434",
    "open": "#16281d",
    "data": "#2a2318",
    "added": "#3fb950",
}
DARK_LANES = ("#5aa9f5", "#f08a5d", "#56c98a", "#c28bf0", "#e0b341", "#f277a4", "#4fc3cd", "#a3adba")
KINDS = {
    "function": "#d97706",
    "table": "#2f6fde",
    "database": "#2f6fde",
    "replica": "#2f6fde",
    "proxy": "#2f6fde",
    "distribution": "#7c4dcc",
    "api": "#7c4dcc",
    "nat": "#7c4dcc",
    "endpoints": "#7c4dcc",
    "site": "#2e8b57",
    "user-pool": "#c0392b",
}
FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif"


def style() -> str:
    """One sheet; a reader's own colour scheme chooses."""
    return (
        "<style>"
        f"svg{{{_colours(LIGHT, LIGHT_LANES)}font-family:{FONT};background:var(--ground)}}"
        f"@media (prefers-color-scheme:dark){{svg{{{_colours(DARK, DARK_LANES)}}}}}"
        f"{RULES}{''.join(_kinds())}{''.join(_lanes())}"
        "</style>"
    )


def lane(number: int) -> str:
    """The class of a lane; colours come round again after the last."""
    return f"lane{number % len(LIGHT_LANES)}"


def _colours(scheme: Mapping[str, str], lanes: Sequence[str]) -> str:
    named = {**scheme, **{lane(number): colour for number, colour in enumerate(lanes)}}
    return "".join(f"--{name}:{colour};" for name, colour in named.items())


def _kinds() -> Iterator[str]:
    for kind, colour in KINDS.items():
        yield f".{kind} .spine{{fill:{colour}}}"


def _lanes() -> Iterator[str]:
    for name in map(lane, range(len(LIGHT_LANES))):
        yield f".{name}{{stroke:var(--{name})}}.head.{name},.dot.{name}{{fill:var(--{name})}}"


RULES = (
    ".ground{fill:var(--ground)}"
    "text{fill:var(--ink);font-size:12px}"
    ".heading{font-size:20px;font-weight:650}"
    ".sub{fill:var(--soft);font-size:13px}"
    ".name{font-weight:600;font-size:13px}"
    ".detail,.note{fill:var(--soft);font-size:11px}"
    ".port{fill:var(--soft);font-size:11px;paint-order:stroke;stroke:var(--ground);stroke-width:3px}"
    ".card rect{fill:var(--card);stroke:var(--edge)}"
    ".card .spine{stroke:none;fill:var(--soft)}"
    ".frame rect{fill:var(--vpc);stroke:var(--edge)}"
    ".frame.private rect{fill:var(--tier)}"
    ".frame.public rect{fill:var(--open)}"
    ".frame.database rect,.frame.tables rect{fill:var(--data)}"
    ".frame .title{font-weight:600;font-size:12px;fill:var(--soft)}"
    ".added rect:first-of-type{stroke:var(--added);stroke-width:2.5px}"
    ".pill rect,.gate rect{fill:var(--card);stroke:var(--edge)}"
    ".pill text,.gate text{fill:var(--soft);font-size:11px}"
    ".halo{fill:none;stroke:var(--ground);stroke-width:5px;opacity:.65}"
    ".way{fill:none;stroke:var(--soft);stroke-width:1.8px;stroke-linejoin:round;stroke-linecap:round}"
    ".asks{stroke-dasharray:5 4}"
    ".head{fill:var(--soft);stroke:none}"
    ".dot{stroke:none}"
)


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


SPREAD, ABOVE = 8, 10
API_BUS, AUTHORIZER_BUS = 46, 62


def front(topology: Topology, layout: Layout) -> Iterator[str]:
    """From the browser to the functions."""
    boxes = layout.boxes
    browser = boxes["browser"]
    for part in topology.of("distribution"):
        edge = boxes[part.key]
        yield from line([(browser.right, edge.middle), (edge.x, edge.middle)], "https")
        yield text((browser.right + edge.x) // 2, edge.middle - 7, "https", "note", "middle")
        for site in topology.of("site"):
            box = boxes[site.key]
            turn = edge.right + 28
            yield from line(
                [(edge.right, edge.middle), (turn, edge.middle), (turn, box.middle), (box.x, box.middle)], ""
            )
            yield text(turn + 4, box.middle - 7, "/", "note")
        for api in topology.of("api"):
            yield from line([(edge.right, edge.middle), (boxes[api.key].x, edge.middle)], "")
            yield text(boxes[api.key].x - 10, edge.middle - 7, "/api", "note", "end")
    for part in topology.of("user pool"):
        yield from _sign_in(topology, layout, boxes[part.key])
    for api in topology.of("api"):
        yield from _calls(topology, layout, boxes[api.key])


def _sign_in(topology: Topology, layout: Layout, pool: Box) -> Iterator[str]:
    browser = layout.boxes["browser"]
    yield from line([(browser.center, browser.bottom), (browser.center, pool.middle), (pool.x, pool.middle)], "https")
    if topology.authorizer is None:
        for api in topology.of("api"):
            box = layout.boxes[api.key]
            yield from line([(box.center, box.bottom), (box.center, pool.middle), (pool.right, pool.middle)], "asks")
            yield text(box.center + 6, (box.bottom + pool.middle) // 2, "checks tokens", "note")


def _calls(topology: Topology, layout: Layout, api: Box) -> Iterator[str]:
    x = layout.columns.functions - API_BUS
    levels = [layout.boxes[key].middle for key in topology.called]
    yield from line([(api.right, api.middle), (x, api.middle)], "", arrow=False)
    yield from line([(x, min(*levels, api.middle)), (x, max(*levels, api.middle))], "", arrow=False)
    for key in topology.called:
        box = layout.boxes[key]
        yield from line([(x, box.middle), (box.x, box.middle)], "")
    if topology.authorizer:
        box, x = layout.boxes[topology.authorizer], layout.columns.functions - AUTHORIZER_BUS
        start = api.y + 14
        yield from line([(api.right, start), (x, start), (x, box.middle), (box.x, box.middle)], "asks")


def ways(topology: Topology, layout: Layout) -> Iterator[str]:
    """A lane for each callee; its callers join it with a dot."""
    starts = _starts(topology, layout)
    for number, callee in enumerate(layout.columns.callees):
        found = [way for way in topology.ways if way.callee == callee and way in starts]
        yield from _lane(layout, callee, {way: starts[way] for way in found}, _kind(topology, callee, number))
    yield from _between_databases(topology, layout)
    yield from _out(layout)
    yield from _gate(topology, layout)


def _kind(topology: Topology, callee: str, number: int) -> str:
    return f"{lane(number)} asks" if topology.part(callee).kind == "function" else lane(number)


def _starts(topology: Topology, layout: Layout) -> dict[Way, int]:
    """The level on which each way leaves its function: side by side, the lane further right above."""
    leaving: dict[str, list[Way]] = defaultdict(list)
    for way in topology.ways:
        if way.callee in layout.columns.callees and topology.part(way.caller).kind == "function":
            leaving[way.caller].append(way)
    levels = {}
    for caller, found in leaving.items():
        found.sort(key=lambda way: -layout.columns.callees.index(way.callee))
        first = layout.boxes[caller].middle - SPREAD * (len(found) - 1) // 2
        levels.update({way: first + number * SPREAD for number, way in enumerate(found)})
    return levels


def _lane(layout: Layout, callee: str, starts: dict[Way, int], kind: str) -> Iterator[str]:
    x, box = layout.columns.lane(callee), layout.boxes[callee]
    back = box.x < x
    end = (box.right if back else box.x, box.middle - (ABOVE if callee.startswith("function-") else 0))
    levels = [*starts.values(), end[1]]
    yield from line([(x, min(levels)), (x, max(levels))], kind, arrow=False)
    for way, level in starts.items():
        yield from line([(layout.boxes[way.caller].right, level), (x, level)], kind, arrow=False)
    yield from line([(x, end[1]), end], kind)
    yield from (dot((x, level), kind) for level in starts.values())
    ports = {way.port for way in starts if way.port and not callee.startswith("table-")}
    if ports:
        anchor, where = ("start", end[0] + 12) if back else ("end", end[0] - 10)
        yield text(where, end[1] - 6, ", ".join(sorted(ports)), "port", anchor)


def _between_databases(topology: Topology, layout: Layout) -> Iterator[str]:
    """From the proxy down to the database, and around it to a replica."""
    for way in topology.ways:
        if topology.part(way.caller).kind != "proxy":
            continue
        caller, callee = layout.boxes[way.caller], layout.boxes[way.callee]
        if topology.part(way.callee).kind == "database":
            yield from line([(caller.center, caller.bottom), (callee.center, callee.y)], "")
            yield text(caller.center + 6, (caller.bottom + callee.y) // 2 + 4, way.port, "port")
        else:
            x = caller.right + 8
            yield from line(
                [(caller.right, caller.middle), (x, caller.middle), (x, callee.middle), (callee.right, callee.middle)],
                "",
            )


def _out(layout: Layout) -> Iterator[str]:
    if "internet" in layout.boxes:
        nat, internet = layout.boxes["nat"], layout.boxes["internet"]
        yield from line([(nat.center, nat.bottom), (nat.center, internet.y)], "")


def _gate(topology: Topology, layout: Layout) -> Iterator[str]:
    """Where connections leave the VPC for the tables."""
    inside = {way.callee for way in topology.ways if way.callee.startswith("table-") and way.port}
    if inside and layout.border is not None:
        x = sum(layout.columns.lane(callee) for callee in inside) // len(inside)
        label = "gateway endpoint"
        yield pill(x - (round(len(label) * 6.4) + 20) // 2, layout.border, label, "gate")[0]


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
    yield from front(topology, layout)
    yield from ways(topology, layout)
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

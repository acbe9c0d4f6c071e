"""The lines of a picture: who reaches whom."""

from collections import defaultdict
from collections.abc import Iterator

from cloudshelf.topology.model import Topology, Way
from cloudshelf.topology.svg.geometry import Box
from cloudshelf.topology.svg.layout import Layout
from cloudshelf.topology.svg.shapes import dot, line, pill, text
from cloudshelf.topology.svg.style import lane

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

"""A topology as a Mermaid flowchart, which GitHub draws."""

import re
from collections.abc import Collection, Iterable, Iterator

from cloudshelf.topology.model import Part, Place, Topology

SHAPES = {"table": ("[(", ")]"), "database": ("[(", ")]"), "replica": ("[(", ")]"), "site": ("[(", ")]")}
ROUND = ("([", "])")
SQUARE = ("[", "]")
NOT_DRAWN = ("gateway",)


def mermaid(topology: Topology, added: Collection[str] = (), notes: Iterable[str] = ()) -> str:
    """`added` are keys of parts to point out, `notes` go into comments."""
    lines = ["flowchart LR", *(f"    %% {note}" for note in notes), *_parts(topology), *_ways(topology)]
    if added:
        lines.append("    classDef added stroke:#1a7f37,stroke-width:3px")
        lines += [f"    class {_id(key)} added" for key in sorted(added) if topology.part(key).kind not in NOT_DRAWN]
    return "\n".join(lines) + "\n"


def _parts(topology: Topology) -> Iterator[str]:
    drawn = [part for part in topology.parts if part.kind not in NOT_DRAWN]
    if topology.vpc is None:
        yield from _nodes(drawn, 1)
        return
    inside = (Place.PRIVATE, Place.DATABASE, Place.PUBLIC)
    yield from _nodes([part for part in drawn if part.place not in inside or part.kind == "internet"], 1)
    yield f'    subgraph vpc ["{_text(f"{topology.vpc.name} {topology.vpc.cidr}".strip())}"]'
    for place in inside:
        parts = [part for part in drawn if part.place is place and part.kind != "internet"]
        if parts and topology.vpc.tiers:
            yield f'        subgraph {place.value} ["{place.value} subnets"]'
            yield from _nodes(parts, 3)
            yield "        end"
        else:
            yield from _nodes(parts, 2)
    yield "    end"


def _nodes(parts: Iterable[Part], depth: int) -> Iterator[str]:
    for part in parts:
        before, after = ROUND if part.kind in ("browser", "internet") else SHAPES.get(part.kind, SQUARE)
        name = "<br>".join(_text(each) for each in (part.name, *part.details))
        yield f'{"    " * depth}{_id(part.key)}{before}"{name}"{after}'


def _ways(topology: Topology) -> Iterator[str]:
    for one, other, words in _front(topology):
        yield f"    {_id(one)} -->{f'|{words}|' if words else ''} {_id(other)}"
    api = topology.of("api")[0].key
    checker = topology.authorizer or topology.of("user pool")[0].key
    yield f"    {_id(api)} -.->|checks tokens| {_id(checker)}"
    yield from (f"    {_id(api)} --> {_id(key)}" for key in topology.called)
    for way in topology.ways:
        arrow = "-.->" if way.what else "-->"
        words = way.what or way.port
        yield f"    {_id(way.caller)} {arrow}{f'|{words}|' if words else ''} {_id(way.callee)}"
    if topology.of("internet"):
        yield f"    {_id('nat')} --> {_id('internet')}"


def _front(topology: Topology) -> Iterator[tuple[str, str, str]]:
    """Browser, edge and what is right behind it."""
    edge = topology.of("distribution")[0].key
    yield "browser", edge, "https"
    yield "browser", topology.of("user pool")[0].key, "signs in"
    yield edge, topology.of("site")[0].key, "/"
    yield edge, topology.of("api")[0].key, "/api"


def _id(key: str) -> str:
    return re.sub(r"\W", "_", key)


def _text(words: str) -> str:
    return words.replace('"', "#quot;")

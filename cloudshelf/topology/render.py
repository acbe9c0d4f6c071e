"""A topology as a Mermaid diagram, and as an HTML page with its picture and tables."""

import re
from collections.abc import Collection, Iterable, Iterator
from html import escape

from cloudshelf.topology.model import Part, Place, Topology, heading, summary
from cloudshelf.topology.svg import picture

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


STYLE = (
    ":root{color-scheme:light dark}"
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:76rem;padding:0 1rem}"
    "figure{margin:0;overflow-x:auto}svg{max-width:100%;height:auto}"
    "table{border-collapse:collapse;margin:1rem 0}"
    "th,td{border-bottom:1px solid #8886;padding:.25rem .75rem;text-align:left;vertical-align:top}"
)


def page(topology: Topology, added: Collection[str] = (), notes: Collection[str] = ()) -> str:
    """`added` are keys of parts to point out, `notes` are told under the picture."""
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(heading(topology))}</title><style>{STYLE}</style></head><body><main>",
            f"<h1>{escape(heading(topology))}</h1>",
            f"<figure>{picture(topology, added)}</figure>",
            *(f"<p>{escape(sentence)}</p>" for sentence in (" ".join(summary(topology)), *notes)),
            "<h2>Who reaches whom</h2>",
            *_table(("caller", "callee", "port"), _connection_rows(topology)),
            "<h2>What there is</h2>",
            *_table(("what", "name", "where", ""), _part_rows(topology)),
            "</main></body></html>",
            "",
        ]
    )


def _connection_rows(topology: Topology) -> Iterator[tuple[str, ...]]:
    for way in topology.ways:
        caller, callee = topology.part(way.caller), topology.part(way.callee)
        yield f"{caller.kind} {caller.name}", f"{callee.kind} {callee.name}", way.port or way.what


def _part_rows(topology: Topology) -> Iterator[tuple[str, ...]]:
    for part in topology.parts:
        yield part.kind, part.name, part.place.value, ", ".join(part.details)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"<table><thead><tr>{_cells('th scope=col', head)}</tr></thead><tbody>"
    yield from (f"<tr>{_cells('td', row)}</tr>" for row in rows)
    yield "</tbody></table>"


def _cells(tag: str, cells: tuple[str, ...]) -> str:
    return "".join(f"<{tag}>{escape(cell)}</{tag.partition(' ')[0]}>" for cell in cells)

"""A topology as one HTML page: the picture, and what is in it as tables."""

from collections.abc import Collection, Iterable, Iterator
from html import escape

from cloudshelf.topology.model import Topology
from cloudshelf.topology.svg import picture
from cloudshelf.topology.words import heading, summary

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
            *_table(("caller", "callee", "port"), _ways(topology)),
            "<h2>What there is</h2>",
            *_table(("what", "name", "where", ""), _parts(topology)),
            "</main></body></html>",
            "",
        ]
    )


def _ways(topology: Topology) -> Iterator[tuple[str, ...]]:
    for way in topology.ways:
        caller, callee = topology.part(way.caller), topology.part(way.callee)
        yield f"{caller.kind} {caller.name}", f"{callee.kind} {callee.name}", way.port or way.what


def _parts(topology: Topology) -> Iterator[tuple[str, ...]]:
    for part in topology.parts:
        yield part.kind, part.name, part.place.value, ", ".join(part.details)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"<table><thead><tr>{_cells('th scope=col', head)}</tr></thead><tbody>"
    yield from (f"<tr>{_cells('td', row)}</tr>" for row in rows)
    yield "</tbody></table>"


def _cells(tag: str, cells: tuple[str, ...]) -> str:
    return "".join(f"<{tag}>{escape(cell)}</{tag.partition(' ')[0]}>" for cell in cells)

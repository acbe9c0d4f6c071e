"""The fidelity table: what of the stack is real on this machine, enforced, or without effect."""

from collections.abc import Iterable

import click

from cloudshelf.graph import Graph
from cloudshelf.local.resources.registry import REGISTRY, Fidelity

ORDER = [Fidelity.REAL, Fidelity.ENFORCED, Fidelity.NO_EFFECT]


def rows(graph: Graph) -> list[dict[str, str]]:
    """A row a resource type of the stack: fidelity, type, how many, note."""
    counted: dict[str, int] = {}
    for node in graph.nodes.values():
        if node.type in REGISTRY.decisions:
            counted[node.type] = counted.get(node.type, 0) + 1
    found = [
        {
            "fidelity": REGISTRY.decisions[token].fidelity.value,
            "type": token,
            "count": str(count),
            "note": REGISTRY.decisions[token].note,
        }
        for token, count in counted.items()
    ]
    return sorted(found, key=lambda row: (ORDER.index(Fidelity(row["fidelity"])), row["type"]))


def summary(table: Iterable[dict[str, str]]) -> list[str]:
    """The table for a terminal: types that share a note in one line."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for row in table:
        label = f"{row['type'].rpartition(':')[2]}" + (f" x{row['count']}" if row["count"] != "1" else "")
        grouped.setdefault((row["fidelity"], row["note"]), []).append(label)
    return [_line(fidelity, ", ".join(labels), note) for (fidelity, note), labels in grouped.items()]


def _line(fidelity: str, labels: str, note: str) -> str:
    first = click.style(f"{fidelity:<10}", fg={"real": "green", "enforced": "green", "no effect": "yellow"}[fidelity])
    return f"  {first} {labels}\n{'':13}{note}"

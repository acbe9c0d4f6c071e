"""The fidelity table: what of the stack is real on this machine, enforced, or without effect."""

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

"""The month's budget a stack declares."""

from decimal import Decimal

from cloudshelf.graph import Graph


def budget(graph: Graph) -> Decimal | None:
    """US dollars; None where there is no monthly budget in dollars."""
    for node in graph.of("aws:budgets/budget:Budget").values():
        if node.inputs.get("timeUnit") == "MONTHLY" and node.inputs.get("limitUnit") == "USD":
            return Decimal(str(node.inputs["limitAmount"]))
    return None

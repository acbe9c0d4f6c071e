"""A captured graph as controls see it."""

from cloudshelf.graph import Graph
from policies.controls.stack import Resource, Stack


def as_stack(graph: Graph, phase: str) -> Stack:
    """A stack that has its phase's name."""
    return Stack(
        phase=phase,
        name=phase,
        resources=tuple(
            Resource(
                type=node.type,
                name=node.name,
                urn=node.urn,
                props=node.inputs,
                sources={prop: frozenset(urns) for prop, urns in node.property_dependencies.items()},
                secrets=frozenset(node.secrets),
                protected=node.protected,
                deleted_first=bool(node.options.get("deleteBeforeReplace")),
            )
            for node in graph.resources
        ),
    )

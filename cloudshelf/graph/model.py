"""Resources as the engine receives them."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any


@dataclass(kw_only=True)
class Node:
    """One resource. `secrets` and `unknowns` are dotted paths into `inputs`; `dependencies` are URNs."""

    urn: str
    type: str
    name: str
    parent: str
    custom: bool
    inputs: dict[str, Any]
    secrets: set[str]
    unknowns: set[str]
    dependencies: list[str]
    property_dependencies: dict[str, list[str]]
    options: dict[str, Any]
    outputs: dict[str, Any] = field(default_factory=dict)

    @property
    def protected(self) -> bool:
        return bool(self.options.get("protect"))


@dataclass(kw_only=True)
class Graph:
    """A stack's resources by URN, in the order they were registered; `finished` are components that said so."""

    nodes: dict[str, Node] = field(default_factory=dict)
    finished: set[str] = field(default_factory=set)
    outputs: dict[str, Any] = field(default_factory=dict)
    secret_outputs: set[str] = field(default_factory=set)
    lookups: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def of(self, token: str) -> dict[str, Node]:
        """The resources of a type, by name."""
        return {node.name: node for node in self.nodes.values() if node.type == token}

    def one(self, token: str) -> Node:
        """The only resource of a type."""
        (node,) = self.of(token).values()
        return node

    def named(self, name: str) -> Node:
        """The only resource, of any type, of this name."""
        (node,) = [node for node in self.nodes.values() if node.name == name]
        return node

    @property
    def resources(self) -> list[Node]:
        """All but the stack itself."""
        return [node for node in self.nodes.values() if node.type != "pulumi:pulumi:Stack"]


OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"


def inventory(graph: Graph) -> str:
    """Type and name of each resource, sorted; the number of uploaded files is left out, for it is no infrastructure."""
    lines = Counter(
        f"{node.type} {'*' if node.type == OBJECT else node.name}"
        for node in graph.resources
        if node.custom and not node.type.startswith("pulumi:")
    )
    return "".join(f"{line}\n" for line in sorted(lines))

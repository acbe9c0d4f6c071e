"""Which resource an input was made from."""

from cloudshelf.graph import Graph, Node
from cloudshelf.topology import tokens

# Drawn as one part: interface endpoints share a security group, NAT gateways a route.
ENDPOINTS, NATS = "endpoints", "nat"


def sources(graph: Graph, node: Node, name: str, *tokens: str) -> list[Node]:
    """The resources of some types that an input was made from, in a fixed order."""
    found = [graph.nodes[urn] for urn in node.property_dependencies.get(name, ()) if urn in graph.nodes]
    return sorted((each for each in found if each.type in tokens), key=lambda each: each.name)


def source(graph: Graph, node: Node, name: str, *tokens: str) -> Node | None:
    """The first of them."""
    return next(iter(sources(graph, node, name, *tokens)), None)


def role(node: Node) -> str:
    """A resource's name without what it is: `books` of `books-function`."""
    return node.name.rpartition("-")[0]


def is_interface(endpoint: Node) -> bool:
    return str(endpoint.inputs["vpcEndpointType"]) == "Interface"


def key_of(node: Node) -> str:
    """The key of the part a resource is drawn as."""
    if node.type == tokens.NAT:
        return NATS
    if node.type == tokens.ENDPOINT and is_interface(node):
        return ENDPOINTS
    return f"{node.type.rpartition(':')[2].lower()}-{node.name}"

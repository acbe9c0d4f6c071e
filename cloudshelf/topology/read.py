"""A graph as what its picture shows."""

from cloudshelf.graph import Graph
from cloudshelf.graph.inventory import OBJECT
from cloudshelf.topology.access import authorizer, called_by_the_api, permitted_ways
from cloudshelf.topology.links import key_of
from cloudshelf.topology.model import Topology
from cloudshelf.topology.network import network_ways, vpc
from cloudshelf.topology.parts import parts
from cloudshelf.topology.watching import watching


def read(stack: str, region: str, graph: Graph) -> Topology:
    asked = authorizer(graph)
    return Topology(
        stack=stack,
        region=region,
        resources=sum(node.custom and node.type != OBJECT for node in graph.resources),
        parts=tuple(parts(graph)),
        ways=tuple(sorted({*network_ways(graph), *permitted_ways(graph)})),
        vpc=vpc(graph),
        called=tuple(key_of(node) for node in called_by_the_api(graph)),
        authorizer=key_of(asked) if asked else None,
        watching=tuple(watching(graph)),
    )

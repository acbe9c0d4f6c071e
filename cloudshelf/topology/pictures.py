"""The pictures in the documentation."""

from cloudshelf.graph import Graph
from cloudshelf.graph.stacks import configured, stack_graph
from cloudshelf.topology.read import read
from cloudshelf.topology.svg import picture
from settings import Settings

PICTURES = {stack: f"docs/images/topology-{stack}.svg" for stack in ("phase1", "enhanced", "phase2")}


def drawn(stack: str, graph: Graph | None = None) -> str:
    """A stack's picture; its graph is captured unless it is given."""
    region = Settings.parse(stack, configured(stack)).region
    return picture(read(stack, region, graph or stack_graph(stack)))

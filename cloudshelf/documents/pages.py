"""Which page has which generated table, and where the pictures are."""

from collections.abc import Mapping

from cloudshelf.documents.costs import STACKS, Estimating, guide_tables, service_costs
from cloudshelf.documents.tables import alarms, connections, dynamodb_tables, filled_in, settings
from cloudshelf.graph import Graph
from cloudshelf.graph.stacks import ROOT, configured, stack_graph
from cloudshelf.topology.build import read
from cloudshelf.topology.svg import picture
from settings import Settings

GUIDES = ROOT / "docs" / "guides"
PICTURES = {stack: ROOT / "docs" / "images" / f"topology-{stack}.svg" for stack in STACKS}


def tables(graphs: Mapping[str, Graph], estimated: Estimating) -> dict[str, dict[str, str]]:
    """The tables by page and by the name they have there. `graphs` are those of STACKS."""
    return {
        "phase1.md": {"cost": service_costs("phase1", estimated)},
        "enhanced.md": {"cost": service_costs("enhanced", estimated)},
        "phase2.md": {"cost": service_costs("phase2", estimated)},
        "cost.md": guide_tables(estimated),
        "dynamodb.md": {"tables": dynamodb_tables(graphs)},
        "security-groups.md": {"connections": connections(graphs["enhanced"])},
        "vpc.md": {"connections": connections(graphs["phase2"])},
        "monitoring.md": {"alarms": alarms(graphs)},
        "settings.md": {"settings": settings(ROOT, STACKS)},
    }


def guide(name: str, content: Mapping[str, str]) -> str:
    """A guide with its tables as they are now."""
    return filled_in((GUIDES / name).read_text(encoding="utf-8"), content)


def drawn(stack: str, graph: Graph | None = None) -> str:
    """A stack's picture as SVG; its graph is captured unless it is given."""
    region = Settings.parse(stack, configured(stack)).region
    return picture(read(stack, region, graph or stack_graph(stack)))

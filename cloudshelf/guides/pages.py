"""Which page has which of these tables."""

from collections.abc import Mapping

from cloudshelf.cost.guide import filled_in
from cloudshelf.graph import Graph
from cloudshelf.graph.stacks import ROOT
from cloudshelf.guides.alarms import alarms
from cloudshelf.guides.costs import Estimating, costs
from cloudshelf.guides.dynamodb import tables
from cloudshelf.guides.settings import settings
from cloudshelf.guides.ways import ways

STACKS = ("phase1", "enhanced", "phase2")
GUIDES = ROOT / "docs" / "guides"


def contents(graphs: Mapping[str, Graph], estimated: Estimating) -> dict[str, dict[str, str]]:
    """The tables by page and by the name they have there. `graphs` are those of STACKS."""
    return {
        "phase1.md": {"cost": costs("phase1", estimated)},
        "enhanced.md": {"cost": costs("enhanced", estimated)},
        "phase2.md": {"cost": costs("phase2", estimated)},
        "dynamodb.md": {"tables": tables(graphs)},
        "security-groups.md": {"ways": ways(graphs["enhanced"])},
        "vpc.md": {"ways": ways(graphs["phase2"])},
        "monitoring.md": {"alarms": alarms(graphs)},
        "settings.md": {"settings": settings(ROOT, STACKS)},
    }


def page(name: str, content: dict[str, str]) -> str:
    """A guide with its tables as they are now."""
    return filled_in((GUIDES / name).read_text(encoding="utf-8"), content)

"""`python -m cloudshelf.cost`: writes the tables of docs/guides/cost.md anew."""

from functools import cache

from cloudshelf.controls.everything import EVERYTHING as OPTIONS
from cloudshelf.cost import usage
from cloudshelf.cost.estimate import Estimate, estimate
from cloudshelf.cost.guide import EVERYTHING, filled_in, tables
from cloudshelf.cost.prices import PriceList
from cloudshelf.graph import Graph
from cloudshelf.graph.stacks import ROOT, stack_graph

GUIDE = ROOT / "docs" / "guides" / "cost.md"


@cache
def _graph(stack: str) -> Graph:
    return stack_graph("phase2", OPTIONS) if stack == EVERYTHING else stack_graph(stack)


def _estimated(stack: str, profile: str) -> Estimate:
    return estimate(stack, _graph(stack), PriceList.load(), usage.load(profile))


if __name__ == "__main__":
    GUIDE.write_text(filled_in(GUIDE.read_text(), tables(_estimated)))

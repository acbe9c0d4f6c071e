"""`python -m cloudshelf.guides`: writes the guides' tables anew."""

from cloudshelf.cost import usage
from cloudshelf.cost.estimate import Estimate, estimate
from cloudshelf.cost.prices import PriceList
from cloudshelf.graph.stacks import stack_graph
from cloudshelf.guides.pages import GUIDES, STACKS, contents, page


def main() -> None:
    graphs, prices = {stack: stack_graph(stack) for stack in STACKS}, PriceList.load()

    def estimated(stack: str, profile: str) -> Estimate:
        return estimate(stack, graphs[stack], prices, usage.load(profile))

    for name, content in contents(graphs, estimated).items():
        (GUIDES / name).write_text(page(name, content), encoding="utf-8")


if __name__ == "__main__":
    main()

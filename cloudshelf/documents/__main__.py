"""`python -m cloudshelf.documents`: writes the generated tables and pictures of docs/ anew."""

from cloudshelf.controls.stacks import EVERYTHING as ALL_OPTIONS
from cloudshelf.cost import usage
from cloudshelf.cost.estimate import Estimate, estimate
from cloudshelf.cost.prices import PriceList
from cloudshelf.documents.costs import EVERYTHING, STACKS
from cloudshelf.documents.pages import GUIDES, PICTURES, drawn, guide, tables
from cloudshelf.graph.stacks import stack_graph


def main() -> None:
    graphs = {stack: stack_graph(stack) for stack in STACKS}
    graphs[EVERYTHING] = stack_graph("phase2", ALL_OPTIONS)
    prices = PriceList.load()

    def estimated(stack: str, profile: str) -> Estimate:
        return estimate(stack, graphs[stack], prices, usage.load(profile))

    stacks = {stack: graphs[stack] for stack in STACKS}
    for name, content in tables(stacks, estimated).items():
        (GUIDES / name).write_text(guide(name, content), encoding="utf-8")
    for stack, path in PICTURES.items():
        path.write_text(drawn(stack, graphs[stack]), encoding="utf-8")


if __name__ == "__main__":
    main()

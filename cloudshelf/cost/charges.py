"""What a resource is charged for, before prices."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from cloudshelf.cost.usage import Usage
from cloudshelf.graph import Graph, Node

MONTH_HOURS = Decimal(730)  # AWS's own month: 8,760 hours a year
MILLION, THOUSAND = Decimal(1_000_000), Decimal(1_000)
KB_OF_A_GB = Decimal(1024 * 1024)


class Unpriceable(Exception):
    """A resource is set up in a way nobody has said the price of; the text names it."""


@dataclass(frozen=True, kw_only=True)
class Charge:
    """So many of a price's units."""

    price: str
    quantity: Decimal


@dataclass(frozen=True)
class Context:
    """What a rule may look at besides its resource."""

    graph: Graph
    usage: Usage


Rule = Callable[[Node, Context], Iterator[Charge]]


def charge(price: str, quantity: Decimal | int) -> Charge:
    return Charge(price=price, quantity=Decimal(quantity))


def gigabytes(kilobytes: Decimal) -> Decimal:
    return kilobytes / KB_OF_A_GB


def role(node: Node) -> str:
    """A resource's name without what it is: `books` of `books-function`."""
    return node.name.rpartition("-")[0]

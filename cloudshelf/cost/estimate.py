"""A stack's month: a line for each thing each resource is charged for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from cloudshelf.cost.charges import Charge, Context, Unpriceable
from cloudshelf.cost.prices import Price, PriceList, old
from cloudshelf.cost.rules import FREE, RULES
from cloudshelf.cost.rules.security import ONLY_WHILE
from cloudshelf.cost.usage import Usage
from cloudshelf.graph import Graph, Node

# A hundredth of a cent: small enough for what a request costs, so that lines can be added up by hand.
SMALLEST = Decimal("0.0001")
FREE_TIER = "free tier of the account"
NOT_CHARGED = ("pulumi:", "cloudshelf:")


class UnpricedError(Exception):
    """Resources nobody has said the price of; the text names each."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """So many units of a price for one resource; `usd` is rounded to a hundredth of a cent."""

    resource: str
    price: Price
    quantity: Decimal

    @property
    def usd(self) -> Decimal:
        return (self.quantity * self.price.usd).quantize(SMALLEST, ROUND_HALF_UP)


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """US dollars a month. `total` is exactly what the lines add up to."""

    stack: str
    usage: str
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        return total(self.lines)


def total(lines: Iterable[Line]) -> Decimal:
    return sum((line.usd for line in lines), Decimal(0)).quantize(SMALLEST)


def estimate(stack: str, graph: Graph, prices: PriceList, usage: Usage, *, free_tier: bool = False) -> Estimate:
    """UnpricedError where a resource has no price, UsageError where the profile lacks a figure."""
    context = Context(graph, usage)
    lines = [
        Line(resource=node.name, price=prices[charge.price], quantity=charge.quantity)
        for node, charge in _charges(graph, context)
        if charge.quantity
    ]
    if free_tier:
        lines += allowances(lines)
    return Estimate(stack=stack, usage=usage.name, lines=tuple(lines))


def allowances(lines: Iterable[Line]) -> list[Line]:
    """What an account's lasting free tier takes off, if no other stack of the account uses it."""
    used: dict[str, Decimal] = {}
    prices: dict[str, Price] = {}
    for line in lines:
        prices[line.price.key] = line.price
        used[line.price.key] = used.get(line.price.key, Decimal(0)) + line.quantity
    return [
        Line(resource=FREE_TIER, price=price, quantity=-min(price.free, used[key]))
        for key, price in prices.items()
        if price.free
    ]


def _charges(graph: Graph, context: Context) -> Iterator[tuple[Node, Charge]]:
    unpriced = []
    for node in sorted(graph.resources, key=lambda node: (node.type, node.name)):
        if node.type.startswith(NOT_CHARGED):
            continue
        try:
            yield from ((node, charge) for charge in _charges_of(node, context))
        except Unpriceable as problem:
            unpriced.append(str(problem))
    if unpriced:
        raise UnpricedError("; ".join(sorted(unpriced)))


def _charges_of(node: Node, context: Context) -> list[Charge]:
    if node.type in RULES:
        return list(RULES[node.type](node, context))
    if node.type not in FREE:
        raise Unpriceable(f"{node.name}: {node.type} has neither a price nor a reason to be free")
    for name, values in ONLY_WHILE.get(node.type, {}).items():
        if node.inputs.get(name) not in values:
            raise Unpriceable(f"{node.name}: there is no price of {name} {node.inputs.get(name)!r}")
    return []


def budget(graph: Graph) -> Decimal | None:
    """US dollars; None where there is no monthly budget in dollars."""
    for node in graph.of("aws:budgets/budget:Budget").values():
        if node.inputs.get("timeUnit") == "MONTHLY" and node.inputs.get("limitUnit") == "USD":
            return Decimal(str(node.inputs["limitAmount"]))
    return None


def warnings(estimate: Estimate, prices: PriceList, region: str, today: date) -> Iterator[str]:
    """A sentence each."""
    used = {line.price.key: line.price for line in estimate.lines if line.usd}
    if region != prices.region:
        yield f"the stack is in {region}, the prices are those of {prices.region}: expect other figures"
    if aged := sorted(key for key, price in used.items() if price.confirmed and old(price, today)):
        yield f"older than a year: the prices of {', '.join(aged)}"
    if guessed := sorted(key for key, price in used.items() if not price.confirmed):
        yield f"not confirmed, marked with ?: the prices of {', '.join(guessed)}"

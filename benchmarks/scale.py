"""What a thousand orders cost at growing numbers of them, by the estimator, and which limit is reached first: on paper.

`dev` is taken for a thousand orders a month and `growing` for a hundred thousand: an order comes with a hundred
requests. Beyond that every figure grows on as it does from the one to the other, though no faster than orders do.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from benchmarks.results import Figure, Findings
from cloudshelf.cost.estimate import estimate
from cloudshelf.cost.prices import PriceList
from cloudshelf.cost.usage import PROFILES, Usage, load
from cloudshelf.graph import Graph
from cloudshelf.graph.stacks import ROOT, stack_config, stack_graph

STACKS = ("phase1", "enhanced", "phase2")
SMALL, LARGE = "dev", "growing"
ORDERS = {1_000: SMALL, 100_000: LARGE, 10_000_000: "growing on"}
STEP = 100
MONTH_S, MONTH_HOURS = Decimal(30 * 24 * 3600), Decimal(730)
# The busiest hour beside the mean one, and how many orders the best-selling book is in: assumed.
PEAK, BEST_SELLER = Decimal(5), Decimal("0.1")
# Figures that are parts of a whole, and hours of two processors.
MOST = {"busy_hours": Decimal(1), "traced": Decimal(1), "database.cpu_above_baseline_hours": 2 * MONTH_HOURS}
# Of a new account: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
CONCURRENT = Decimal(10)
# Writes a second of one partition; a transaction's count twice.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html
PARTITION_WRITES, WRITES_OF_A_SALE = Decimal(1000), Decimal(2)
# Memory / 9,531,392 bytes, of 1 GB: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
CONNECTIONS = Decimal(112)
ON_POSTGRES = {
    "phase1": (),
    "enhanced": ("books", "users", "orders", "admin"),
    "phase2": ("books", "carts", "users", "orders", "admin", "authorizer"),
}
CENT = Decimal("0.01")


@dataclass(frozen=True, kw_only=True)
class Limit:
    """How much of it the busiest second takes, and what moves it."""

    name: str
    taken: Decimal
    moved_by: str


def run(*, quick: bool) -> Findings:
    del quick  # It is arithmetic.
    prices = PriceList.load()
    usages = {orders: _usage(name) for orders, name in ORDERS.items()}
    figures = []
    for stack in STACKS:
        graph = stack_graph(stack)
        figures += [_figure(stack, graph, prices, orders, usage) for orders, usage in usages.items()]
    return Findings(
        figures,
        [
            f"The busiest second is taken for {PEAK} times the mean one, and the best-selling book for a tenth of all "
            "orders. What is over 1 breaks; what is under it is how near that is.",
            "Prices are lists' without the free tier; see the guide on costs for what is not confirmed of them.",
        ],
    )


def _figure(stack: str, graph: Graph, prices: PriceList, orders: int, usage: Usage) -> Figure:
    usd = estimate(stack, graph, prices, usage).total
    nearest = sorted(_limits(stack, orders, usage), key=lambda limit: -limit.taken)
    return Figure(
        name=f"{stack}, {orders:,} orders a month",
        value=float((usd / orders * 1000).quantize(CENT)),
        unit=" $ for 1,000 orders",
        measured=f"${usd.quantize(CENT):,} a month",
        reference="; ".join(f"{limit.name} {limit.taken:.2g} (`{limit.moved_by}`)" for limit in nearest[:3]),
    )


def _limits(stack: str, orders: int, usage: Usage) -> Iterator[Limit]:
    a_second = PEAK / MONTH_S
    requests = usage("api_requests") * a_second
    throttle = Decimal(stack_config(stack, ROOT)["cloudshelf:throttleRate"])
    yield Limit(name="requests a second", taken=requests / throttle, moved_by="throttleRate")
    at_once = {name: _at_once(usage, name) * a_second for name in _functions(stack)}
    yield Limit(
        name="copies of functions at once, of a new account",
        taken=sum(at_once.values(), Decimal(0)) / CONCURRENT,
        moved_by="AWS's quota, then functionConcurrency",
    )
    if on_postgres := ON_POSTGRES[stack]:
        connections = sum((at_once[name] for name in on_postgres), Decimal(0))
        yield Limit(
            name="connections", taken=connections / CONNECTIONS, moved_by="databaseInstanceClass, databaseProxy"
        )
    else:
        writes = orders * a_second * BEST_SELLER * WRITES_OF_A_SALE
        yield Limit(name="one book's partition", taken=writes / PARTITION_WRITES, moved_by="enhanced")


def _at_once(usage: Usage, function: str) -> Decimal:
    """Seconds a month of a function's work."""
    return usage(f"functions.{function}.requests") * usage(f"functions.{function}.milliseconds") / 1000


def _functions(stack: str) -> tuple[str, ...]:
    common = ("books", "carts", "users", "orders", "admin")
    return {"phase1": common, "enhanced": (*common, "sessions")}.get(stack, (*common, "sessions", "authorizer"))


def _usage(name: str) -> Usage:
    return load(name) if (PROFILES / f"{name}.yaml").exists() else Usage(name, _grown(load(SMALL), load(LARGE)))


def _grown(small: Usage, large: Usage) -> Mapping[str, Decimal]:
    """As much larger than the large one as that is than the small one."""
    found: dict[str, Decimal] = {}
    for path, value in large.figures.items():
        as_orders = value * STEP
        grown = min(value * value / small(path), as_orders) if small(path) else as_orders
        found[path] = min(grown, MOST.get(path, grown))
    return found

"""Prices, usage, and stacks captured once."""

from collections.abc import Callable, Mapping

import pytest

from cloudshelf import chosen_stack
from cloudshelf.cost import usage
from cloudshelf.cost.estimate import Estimate, estimate
from cloudshelf.cost.prices import PriceList
from tests.captured import captured

Estimating = Callable[..., Estimate]


@pytest.fixture(scope="session")
def prices() -> PriceList:
    return PriceList.load()


@pytest.fixture(scope="session")
def estimated(prices: PriceList) -> Estimating:
    """`estimated("phase2", "small", {"natGateways": "2"})`."""

    def run(
        stack: str, profile: str = "dev", settings: Mapping[str, str] | None = None, *, free_tier: bool = False
    ) -> Estimate:
        graph = captured(stack, settings)
        return estimate(stack, graph, prices, usage.load(profile), free_tier=free_tier)

    return run


@pytest.fixture(autouse=True)
def _capture_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chosen_stack, "stack_graph", captured)

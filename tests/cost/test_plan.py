"""Estimates beside the plan."""

from decimal import Decimal

import pytest

from cloudshelf.cost.comparison import Verdict, compare
from tests.cost.conftest import Estimating

PLANNED = [("phase1", "dev"), ("phase1", "small"), ("phase1", "growing"), ("enhanced", "dev"), ("phase2", "dev")]


@pytest.mark.parametrize(("stack", "profile"), PLANNED)
def test_what_is_outside_its_band_has_a_reason_and_nothing_else_has(
    stack: str, profile: str, estimated: Estimating
) -> None:
    comparison = compare(estimated(stack, profile), stack)
    assert comparison is not None
    for row in comparison.rows:
        assert bool(row.reason) == (row.verdict is not Verdict.WITHIN), f"{row.name}: ${row.usd}"


@pytest.mark.parametrize(("stack", "profile"), PLANNED)
def test_rows_count_every_dollar_once(stack: str, profile: str, estimated: Estimating) -> None:
    result = estimated(stack, profile)
    comparison = compare(result, stack)
    assert comparison is not None
    *rows, last = comparison.rows
    if last.name == "Total":
        assert last.usd == result.total
        assert sum(row.usd for row in rows) <= result.total
    if stack == "phase2":
        assert sum(row.usd for row in rows) == result.total


def test_enhanced_is_within_what_was_planned_in_all(estimated: Estimating) -> None:
    comparison = compare(estimated("enhanced"), "enhanced")
    assert comparison is not None
    total = comparison.rows[-1]
    assert (total.name, total.high, total.verdict) == ("Total", Decimal(30), Verdict.WITHIN)


def test_nothing_was_planned_for_a_usage_of_ones_own(estimated: Estimating) -> None:
    assert compare(estimated("enhanced", "small"), "enhanced") is None

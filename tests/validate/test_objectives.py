"""What the plans promise of an answer's time, held against a load on AWS."""

import pytest

from cloudshelf.load.results import Figures, Outcome
from cloudshelf.validate.accounts import Site
from cloudshelf.validate.caller import Caller
from cloudshelf.validate.checks import BUDGET, OBJECTIVES_MS, _fast
from cloudshelf.validate.finding import Verdict

AWS, HERE = "https://d111111abcdef8.cloudfront.net", "http://127.0.0.1:8000"


def verdict(phase: str, url: str, p95: float) -> Verdict:
    figures = {name: Figures(count=1, statuses={200: 1}, p50=1, p95=ms, p99=ms, most=ms)
               for name, ms in {"getBook": p95, "listBooks": 1.0, "signIn": 9000.0}.items()}  # fmt: skip
    outcome = Outcome(
        seconds=1, operations=figures, sales=(), unclear=(), accounts=(), shelf={}, visits=1, gave_up=0, faults=()
    )
    site = Site(url=url, anybody=Caller(url), meta={"phase": phase}, people=None)
    return _fast(site, outcome).verdict


def test_the_objectives_are_the_plans() -> None:
    assert (OBJECTIVES_MS["enhanced"], OBJECTIVES_MS["phase2"]) == (2000, 500)
    assert pytest.approx(1 - 0.9995) == BUDGET


@pytest.mark.parametrize(("phase", "most"), [("enhanced", 2000), ("phase2", 500)])
def test_a_shop_on_aws_slower_than_its_plan_fails(phase: str, most: int) -> None:
    assert verdict(phase, AWS, most) is Verdict.PASSED
    assert verdict(phase, AWS, most + 1) is Verdict.FAILED


def test_how_fast_this_machine_is_decides_nothing() -> None:
    assert verdict("phase2", HERE, 9000) is Verdict.NOT_CHECKED

"""Shoppers by the dozen, held against what the plans promise."""

import threading
from collections.abc import Callable, Iterator, Mapping

from cloudshelf.load import Load, Outcome, audit
from cloudshelf.validate.finding import Area, Finding
from cloudshelf.validate.people import People
from cloudshelf.validate.site import NO_ADMIN, NOBODY, Site

AREA = Area("load")
# 95 of 100 answers are as fast as this, in milliseconds, by phase2's and enhanced's plans; phase1, which has no figure,
# as enhanced.
OBJECTIVES_MS: Mapping[str, int] = {"phase1": 2000, "enhanced": 2000, "phase2": 500}
# The share of requests that may fail under an objective of 99.95 %.
BUDGET = 0.0005
OF_THE_POOL = frozenset({"signUp", "signIn"})


def check(
    site: Site, shoppers: int, seconds: float, show: Callable[[Outcome], None] = lambda _outcome: None
) -> Iterator[Finding]:
    if site.people is None:
        yield AREA.not_checked(f"{shoppers} shoppers for {seconds:g} s", NOBODY)
    elif site.people.admin_account is None:
        yield AREA.not_checked(f"{shoppers} shoppers for {seconds:g} s", NO_ADMIN)
    else:
        yield from _under_load(site, site.people, shoppers, seconds, show)


def _under_load(
    site: Site, people: People, shoppers: int, seconds: float, show: Callable[[Outcome], None]
) -> Iterator[Finding]:
    load = Load(site.url, shoppers, admin=people.admin_account, accounts=people.accounts)
    with load:
        threading.Event().wait(seconds)
    outcome = load.so_far()
    show(outcome)
    found = audit(site.url, outcome, people.admin_account)
    load.clear()
    share = outcome.failures / max(1, outcome.requests)
    told = "; ".join(outcome.faults[:2]) or f"{len(outcome.sales)} orders in {outcome.seconds:.0f} s"
    yield AREA.judge("shoppers get through", bool(outcome.sales) and not outcome.faults, told)
    yield AREA.judge("no more fail than 99.95 % allows", share <= BUDGET, f"{outcome.failures} of {outcome.requests}")
    yield AREA.judge("no order is lost, doubled or changed", not found.findings and found.compared > 0,
                     "; ".join(found.findings[:3]) or f"{found.compared} compared")  # fmt: skip
    yield _fast(site, outcome)


def _fast(site: Site, outcome: Outcome) -> Finding:
    most = OBJECTIVES_MS[site.phase]
    slowest = max(
        ((each.p95, name) for name, each in outcome.operations.items() if name not in OF_THE_POOL), default=(0.0, "")
    )
    what, told = f"19 of 20 answers within {most} ms", f"slowest: {slowest[1]}, p95 {slowest[0]:.0f} ms"
    if site.on_this_machine:
        return AREA.not_checked(what, f"how fast this machine is says nothing of AWS; {told}")
    return AREA.judge(what, slowest[0] <= most, told)

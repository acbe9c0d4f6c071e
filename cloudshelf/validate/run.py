"""Every area, one after the other."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import requests

from cloudshelf.client import ClientError
from cloudshelf.load import Outcome
from cloudshelf.validate import headers, limits, matrix, objectives, origin, story, transport, watch
from cloudshelf.validate.finding import Area, Finding
from cloudshelf.validate.site import Site

# An answer of another shape than the contract's, or none.
UNREADABLE = (LookupError, TypeError, ValueError, AttributeError, ClientError, requests.RequestException)


@dataclass(kw_only=True)
class Run:
    """`outcome` is the load's, once it was there.

    Alarms are looked at after everybody was refused what is not theirs, and before anything is broken on purpose.
    Limits come last: they refuse whoever comes after.
    """

    site: Site
    shoppers: int
    seconds: float
    outcome: Outcome | None = field(default=None, init=False)

    def findings(self) -> Iterator[Finding]:
        areas: list[tuple[Area, Callable[[Site], Iterator[Finding]]]] = [
            (story.AREA, story.check),
            (objectives.AREA, self._load),
            (matrix.AREA, matrix.check),
            (watch.AREA, watch.silent),
            (headers.AREA, headers.check),
            (transport.AREA, transport.check),
            (origin.AREA, origin.check),
            (watch.AREA, watch.provoked),
            (limits.AREA, limits.check),
        ]
        for area, check in areas:
            try:
                yield from check(self.site)
            except UNREADABLE as error:
                yield area.judge("what the shop answers can be understood", False, f"{type(error).__name__}: {error}")

    def _load(self, site: Site) -> Iterator[Finding]:
        return objectives.check(site, self.shoppers, self.seconds, self._keep)

    def _keep(self, outcome: Outcome) -> None:
        self.outcome = outcome

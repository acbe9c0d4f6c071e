"""Measuring two or more sides in turn, so that whatever else the machine does falls on all of them alike."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

Side = Callable[[], float]


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """The median of each round's own ratio, and the least and greatest of them."""

    median: float
    low: float
    high: float
    rounds: int


@dataclass(frozen=True)
class Samples:
    """What each side measured, round by round."""

    by_side: Mapping[str, tuple[float, ...]]

    def median(self, side: str) -> float:
        return statistics.median(self.by_side[side])

    def ratio(self, side: str, reference: str) -> Ratio:
        """ZeroDivisionError where the reference measured nothing."""
        ratios = [one / other for one, other in zip(self.by_side[side], self.by_side[reference], strict=True)]
        return Ratio(median=statistics.median(ratios), low=min(ratios), high=max(ratios), rounds=len(ratios))

    def more(self, side: str, reference: str) -> Ratio:
        """How much more the side measured than the reference, in their own unit."""
        more = [one - other for one, other in zip(self.by_side[side], self.by_side[reference], strict=True)]
        return Ratio(median=statistics.median(more), low=min(more), high=max(more), rounds=len(more))


def interleaved(sides: Mapping[str, Side], rounds: int, warm_up: int = 1) -> Samples:
    """Every side once a round; every other round in the opposite order. The first `warm_up` rounds do not count."""
    found: dict[str, list[float]] = {name: [] for name in sides}
    names = list(sides)
    for number in range(warm_up + rounds):
        for name in names if number % 2 == 0 else reversed(names):
            value = sides[name]()
            if number >= warm_up:
                found[name].append(value)
    return Samples({name: tuple(values) for name, values in found.items()})


def timed(work: Callable[[], object], times: int = 1, clock: Callable[[], float] = time.perf_counter) -> Side:
    """A side that measures the seconds of one call, the mean of so many.

    What waits for nothing is measured by `time.process_time`, which stands still while others have the processor.
    """

    def seconds() -> float:
        started = clock()
        for _ in range(times):
            work()
        return (clock() - started) / times

    return seconds

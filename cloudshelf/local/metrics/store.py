"""Metrics as CloudWatch keeps them: by namespace, name and dimensions, in seconds, with exact sums."""

import math
import threading
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

KEPT_SECONDS = 3 * 3600
# Percentiles are of values put into buckets whose bounds are a hundredth apart: as true as that.
GROWTH = math.log(1.01)
SMALLEST = 1e-6


@dataclass(frozen=True, order=True)
class Key:
    """What CloudWatch tells one metric from another by."""

    namespace: str
    metric: str
    dimensions: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, namespace: str, metric: str, dimensions: Mapping[str, str]) -> "Key":
        return cls(namespace, metric, tuple(sorted(dimensions.items())))


@dataclass
class Values:
    """Values of some time, put together."""

    count: int = 0
    total: float = 0.0
    least: float = math.inf
    most: float = -math.inf
    buckets: Counter[int] = field(default_factory=Counter)

    def add(self, value: float) -> None:
        self.count += 1
        self.total += value
        self.least, self.most = min(self.least, value), max(self.most, value)
        self.buckets[math.ceil(math.log(max(value, SMALLEST)) / GROWTH)] += 1

    def merge(self, other: "Values") -> None:
        self.count += other.count
        self.total += other.total
        self.least, self.most = min(self.least, other.least), max(self.most, other.most)
        self.buckets.update(other.buckets)

    def statistic(self, name: str) -> float:
        """Sum, Average, Minimum, Maximum, SampleCount or a percentile such as p95. ValueError for another."""
        if name.startswith("p") and name[1:].replace(".", "", 1).isdigit():
            return self._percentile(float(name[1:]))
        plain = {
            "Sum": self.total,
            "Average": self.total / self.count,
            "Minimum": self.least,
            "Maximum": self.most,
            "SampleCount": float(self.count),
        }
        if name not in plain:
            raise ValueError(f"{name} is no statistic known here; there is {', '.join(plain)} and p0 to p100")
        return plain[name]

    def _percentile(self, percent: float) -> float:
        rank, seen = max(1, math.ceil(self.count * percent / 100)), 0
        for bucket in sorted(self.buckets):
            seen += self.buckets[bucket]
            if seen >= rank:
                return min(self.most, max(self.least, math.exp(bucket * GROWTH)))
        return self.most


class Metrics:
    """Thread-safe. `sources` are asked for news before anything is read. Older than three hours is forgotten."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._series: dict[Key, OrderedDict[int, Values]] = {}
        self._lock = threading.Lock()
        self.sources: list[Callable[[], None]] = []

    def record(
        self, namespace: str, metric: str, dimensions: Mapping[str, str], value: float, at: float | None = None
    ) -> None:
        """`at` is Unix time, now unless given."""
        second = int(self._clock() if at is None else at)
        with self._lock:
            series = self._series.setdefault(Key.of(namespace, metric, dimensions), OrderedDict())
            series.setdefault(second, Values()).add(value)
            while next(iter(series)) < second - KEPT_SECONDS:
                series.popitem(last=False)

    def now(self) -> float:
        return self._clock()

    def refresh(self) -> None:
        for source in self.sources:
            source()

    def keys(self) -> list[Key]:
        with self._lock:
            return sorted(self._series)

    def between(self, key: Key, start: float, end: float) -> Values | None:
        """What was recorded from the second `start` up to but not in `end`; None for nothing."""
        with self._lock:
            series = self._series.get(key, OrderedDict())
            found = _merged(values for second, values in series.items() if start <= second < end)
        return found if found.count else None


def _merged(parts: Iterable[Values]) -> Values:
    whole = Values()
    for part in parts:
        whole.merge(part)
    return whole

"""What shoppers were answered and how fast, counted as it happens."""

import threading
from array import array
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

NO_ANSWER = 0
THROTTLED = 429


@dataclass(frozen=True, kw_only=True)
class Event:
    """One request as its shopper saw it. `status` is NO_ANSWER where none came; `at` is Unix time of its end."""

    shopper: int
    operation: str
    status: int
    code: str
    ms: float
    at: float


@dataclass(frozen=True, kw_only=True)
class Figures:
    """An operation in numbers. Percentiles are of answers other than 429, in milliseconds; 0 where there was none."""

    count: int
    statuses: Mapping[int, int]
    p50: float
    p95: float
    p99: float
    most: float


@dataclass
class _Kept:
    statuses: Counter[int] = field(default_factory=Counter)
    ms: "array[float]" = field(default_factory=lambda: array("d"))


class Measures:
    """Thread-safe. Eight bytes an answer."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def add(self, event: Event) -> None:
        with self._lock:
            kept = self._kept.setdefault(event.operation, _Kept())
            kept.statuses[event.status] += 1
            if event.status not in (NO_ANSWER, THROTTLED):
                kept.ms.append(event.ms)

    def figures(self) -> dict[str, Figures]:
        """By operation, in the order of the contract's names."""
        with self._lock:
            copies = {name: (dict(kept.statuses), sorted(kept.ms)) for name, kept in self._kept.items()}
        return {name: _figures(*copies[name]) for name in sorted(copies)}


def percentile(ordered: list[float], percent: float) -> float:
    """By nearest rank: the smallest value that so many percent are not above."""
    if not ordered:
        return 0.0
    rank = -(-len(ordered) * percent // 100)
    return ordered[max(0, int(rank) - 1)]


def _figures(statuses: dict[int, int], ordered: list[float]) -> Figures:
    return Figures(
        count=sum(statuses.values()),
        statuses=dict(sorted(statuses.items())),
        p50=percentile(ordered, 50),
        p95=percentile(ordered, 95),
        p99=percentile(ordered, 99),
        most=ordered[-1] if ordered else 0.0,
    )

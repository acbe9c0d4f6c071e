"""What came of a load: figures an operation, and the ledger."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cloudshelf.catalog.credentials import Account
from cloudshelf.load.ledger import Sale, Unclear
from cloudshelf.load.measures import NO_ANSWER, THROTTLED, Figures


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """`unclear` are wishes no answer came to. `shelf` are copies by book, where the load sold books of its own.

    `gave_up` counts visits that ended because the shop stayed busy or away. `faults` are a line each: what ended a
    shopper that should not have.
    """

    seconds: float
    operations: Mapping[str, Figures]
    sales: tuple[Sale, ...]
    unclear: tuple[Unclear, ...]
    accounts: tuple[Account, ...]
    shelf: Mapping[str, int]
    visits: int
    gave_up: int
    faults: tuple[str, ...]

    @property
    def requests(self) -> int:
        return sum(each.count for each in self.operations.values())

    @property
    def statuses(self) -> Mapping[int, int]:
        """How often each status came, over all operations."""
        counted: Counter[int] = Counter()
        for figures in self.operations.values():
            counted.update(figures.statuses)
        return dict(sorted(counted.items()))

    @property
    def throttled(self) -> int:
        return self.statuses.get(THROTTLED, 0)

    @property
    def failures(self) -> int:
        """Answers from 500 up, and answers that never came."""
        return sum(count for status, count in self.statuses.items() if status >= 500 or status == NO_ANSWER)

    def as_dict(self) -> dict[str, Any]:
        """For JSON: amounts as text, no password."""
        return {
            "seconds": round(self.seconds, 3),
            "visits": self.visits,
            "gave_up": self.gave_up,
            "requests": self.requests,
            "throttled": self.throttled,
            "failures": self.failures,
            "faults": list(self.faults),
            "operations": {name: _figures(each) for name, each in self.operations.items()},
            "orders": {
                "acknowledged": len(self.sales),
                "cancelled": sum(sale.cancelled is True for sale in self.sales),
                "unclear": len(self.unclear),
            },
        }

    def as_text(self) -> Iterator[str]:
        yield f"{'operation':<16}{'count':>8}{'p50 ms':>9}{'p95 ms':>9}{'p99 ms':>9}  answers"
        for name, each in self.operations.items():
            answers = ", ".join(f"{_status(status)} x{count}" for status, count in each.statuses.items())
            yield f"{name:<16}{each.count:>8}{each.p50:>9.1f}{each.p95:>9.1f}{each.p99:>9.1f}  {answers}"
        cancelled = sum(sale.cancelled is True for sale in self.sales)
        yield (
            f"{self.requests} requests in {self.seconds:.1f} s; {len(self.sales)} orders acknowledged, "
            f"{cancelled} of them cancelled, {len(self.unclear)} wishes without an answer"
        )
        yield from (f"a shopper stopped: {fault}" for fault in self.faults)


def _status(status: int) -> str:
    return "none" if status == NO_ANSWER else str(status)


def _figures(each: Figures) -> dict[str, Any]:
    return {
        "count": each.count,
        "statuses": {str(status): count for status, count in each.statuses.items()},
        "p50_ms": round(each.p50, 2),
        "p95_ms": round(each.p95, 2),
        "p99_ms": round(each.p99, 2),
        "most_ms": round(each.most, 2),
    }

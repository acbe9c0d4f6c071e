"""What shoppers were told, and the figures of a load."""

import threading
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from cloudshelf.terminal import Account


@dataclass(frozen=True, kw_only=True)
class Copies:
    """Copies of one book at the price of one."""

    book_id: str
    quantity: int
    price: Decimal


@dataclass(frozen=True, kw_only=True)
class Sale:
    """An order the shop acknowledged. `cancelled` is None where no answer tells whether it was."""

    order_id: str
    email: str
    key: str
    items: tuple[Copies, ...]
    total: Decimal
    cancelled: bool | None = False


@dataclass(frozen=True, kw_only=True)
class Unclear:
    """A wish to buy that no answer came to: the order is there or it is not."""

    email: str
    key: str
    total: Decimal


class Ledger:
    """Thread-safe."""

    def __init__(self) -> None:
        self._sales: dict[str, Sale] = {}
        self._unclear: list[Unclear] = []
        self._lock = threading.Lock()

    def sold(self, email: str, key: str, order: Mapping[str, Any]) -> Sale:
        """Notes an order as the shop answered it."""
        items = tuple(
            Copies(book_id=item["book_id"], quantity=item["quantity"], price=Decimal(item["price"]))
            for item in order["items"]
        )
        sale = Sale(order_id=order["order_id"], email=email, key=key, items=items, total=Decimal(order["total"]))
        with self._lock:
            self._sales[sale.order_id] = sale
        return sale

    def cancelled(self, order_id: str, known: bool | None) -> None:
        with self._lock:
            self._sales[order_id] = replace(self._sales[order_id], cancelled=known)

    def unclear(self, wish: Unclear) -> None:
        with self._lock:
            self._unclear.append(wish)

    @property
    def sales(self) -> tuple[Sale, ...]:
        with self._lock:
            return tuple(self._sales.values())

    @property
    def open_wishes(self) -> tuple[Unclear, ...]:
        with self._lock:
            return tuple(self._unclear)


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
            "operations": {name: _outcome_figures(each) for name, each in self.operations.items()},
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


def _outcome_figures(each: Figures) -> dict[str, Any]:
    return {
        "count": each.count,
        "statuses": {str(status): count for status, count in each.statuses.items()},
        "p50_ms": round(each.p50, 2),
        "p95_ms": round(each.p95, 2),
        "p99_ms": round(each.p99, 2),
        "most_ms": round(each.most, 2),
    }

"""API keys and usage plans: who may call how much."""

import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cloudshelf.local.gateway.responses import Refused
from cloudshelf.local.gateway.throttle import TokenBucket

HEADER = "x-api-key"


@dataclass(frozen=True, kw_only=True)
class UsagePlan:
    """`stages` are API ids with stage names. Rate and burst are each key's own; `quota` is calls in a period."""

    stages: frozenset[tuple[str, str]]
    rate: float | None = None
    burst: int | None = None
    quota: int | None = None
    period: str = "MONTH"


@dataclass
class ApiKeys:
    """Every key and plan of a stack, and what has been used. Thread-safe. `values` are those of enabled keys."""

    plans: dict[str, UsagePlan] = field(default_factory=dict)
    values: dict[str, str] = field(default_factory=dict)
    disabled: dict[str, str] = field(default_factory=dict)
    members: list[tuple[str, str]] = field(default_factory=list)
    _buckets: dict[tuple[str, str], TokenBucket] = field(default_factory=dict)
    _used: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def enable(self, key: str, *, enabled: bool) -> None:
        """A key that is not enabled is nobody's until it is again."""
        with self._lock:
            here, there = (self.disabled, self.values) if enabled else (self.values, self.disabled)
            if key in here:
                there[key] = here.pop(key)

    def change(self, plan_id: str, plan: UsagePlan) -> None:
        """What was used of the plan stays used."""
        with self._lock:
            self.plans[plan_id] = plan
            for known in [each for each in self._buckets if each[0] == plan_id]:
                del self._buckets[known]

    def spend(self, api_id: str, stage: str, value: str | None) -> str:
        """Counts a call of the key with this value; answers with the key's id. Refused where it may not call."""
        with self._lock:
            key = next((key for key, known in self.values.items() if value and known == value), None)
            plans = [plan for plan, member in self.members if member == key]
            fitting = next((plan for plan in plans if (api_id, stage) in self.plans[plan].stages), None)
            if key is None or fitting is None:
                raise Refused("INVALID_API_KEY")
            self._throttle(fitting, key)
            self._count(fitting, key)
            return key

    def _throttle(self, plan_id: str, key: str) -> None:
        plan = self.plans[plan_id]
        if plan.rate is None or plan.burst is None:
            return
        bucket = self._buckets.setdefault((plan_id, key), TokenBucket(plan.rate, plan.burst))
        if not bucket.take():
            raise Refused("THROTTLED")

    def _count(self, plan_id: str, key: str) -> None:
        plan = self.plans[plan_id]
        period = (plan_id, key, _period(plan.period, datetime.now(UTC)))
        if plan.quota is not None and self._used[period] >= plan.quota:
            raise Refused("QUOTA_EXCEEDED")
        self._used[period] += 1


def _period(kind: str, now: datetime) -> str:
    """A name of the calendar's day, week or month in UTC."""
    first = {"DAY": now, "WEEK": now - timedelta(days=now.weekday()), "MONTH": now.replace(day=1)}[kind]
    return f"{first:%Y-%m-%d}"

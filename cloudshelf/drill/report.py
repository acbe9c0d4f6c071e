"""What a drill found."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that had to hold. `detail` is what was seen."""

    what: str
    held: bool
    detail: str = ""


@dataclass(kw_only=True)
class Report:
    """`alarms` are the declared alarms that went off, with the seconds after the beginning; `faster` is how many times
    their periods were shortened. `figures` are what the shoppers counted.
    """

    drill: str
    stack: str
    faster: float = 1.0
    steps: list[str] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    alarms: dict[str, float] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return bool(self.checks) and all(check.held for check in self.checks)

    def as_dict(self) -> dict[str, Any]:
        return {
            "drill": self.drill,
            "stack": self.stack,
            "passed": self.passed,
            "steps": self.steps,
            "checks": [vars(check) for check in self.checks],
            "alarms": self.alarms,
            "alarm_periods_shortened": self.faster,
            "load": self.figures,
        }

    def summary(self) -> Iterator[str]:
        fired = ", ".join(f"{name} after {seconds:.0f} s" for name, seconds in self.alarms.items()) or "none"
        scaled = f" (their periods {self.faster:g} times shorter)" if self.faster != 1 else ""
        yield f"alarms that went off{scaled}: {fired}"
        held = sum(check.held for check in self.checks)
        yield f"{self.drill} on {self.stack}: {held} of {len(self.checks)} checks held"

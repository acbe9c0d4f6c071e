"""What a stack keeps of the control table, and what it is let off."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum

from policies.controls.control import Control, Violation, Waiver
from policies.controls.stack import Stack


class Verdict(Enum):
    PASSED = "passed"
    WAIVED = "excepted"
    FAILED = "failed"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One row for one stack. `must` is false for a row that is advice. A waiver that has run out counts for nothing."""

    control: Control
    must: bool
    violations: tuple[Violation, ...]
    waiver: Waiver | None
    today: date

    @property
    def verdict(self) -> Verdict:
        if not self.violations:
            return Verdict.PASSED
        if self.waiver and not self.expired and all(self.waiver.covers(each) for each in self.violations):
            return Verdict.WAIVED
        return Verdict.FAILED

    @property
    def expired(self) -> bool:
        return self.waiver is not None and self.waiver.until < self.today

    @property
    def stale(self) -> bool:
        """A waiver of something that is kept."""
        return self.waiver is not None and not any(self.waiver.covers(each) for each in self.violations)


def judge(stack: Stack, controls: Iterable[Control], today: date) -> list[Outcome]:
    """Every row that applies to a stack."""
    return [
        Outcome(
            control=control,
            must=stack.phase in control.musts,
            violations=tuple(control.violations(stack)),
            waiver=control.waiver(stack.phase),
            today=today,
        )
        for control in controls
        if control.applies(stack)
    ]


def render(phase: str, outcomes: list[Outcome]) -> Iterator[str]:
    """The lines of a phase's report."""
    yield f"{phase}: {_count(outcomes, must=True)}; {_count(outcomes, must=False)}"
    for outcome in outcomes:
        if outcome.verdict is Verdict.WAIVED and outcome.waiver:
            yield f"  excepted until {outcome.waiver.until}: {_title(outcome)}: {outcome.waiver.reason}"
    for outcome in outcomes:
        if outcome.verdict is Verdict.FAILED:
            end = f" (its exception ran out on {outcome.waiver.until})" if outcome.expired and outcome.waiver else ""
            yield f"  {'FAILED' if outcome.must else 'not done'}: {_title(outcome)}{end}"
            yield from (f"    {each}" for each in outcome.violations if outcome.must)


def _count(outcomes: list[Outcome], *, must: bool) -> str:
    rows = [outcome.verdict for outcome in outcomes if outcome.must == must]
    waived = rows.count(Verdict.WAIVED)
    told = f"{rows.count(Verdict.PASSED)} of {len(rows)} {'musts' if must else 'shoulds'} passed"
    return f"{told}, {waived} excepted" if must else told


def _title(outcome: Outcome) -> str:
    return f"row {outcome.control.id}, {outcome.control.title}"

"""What a check found."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What could not be checked where it ran is said so, never passed."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_CHECKED = "not checked"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`detail` is what was seen, or why it was not checked."""

    area: str
    what: str
    verdict: Verdict
    detail: str = ""


class Area:
    """Makes the findings of one area."""

    def __init__(self, name: str) -> None:
        self._name = name

    def judge(self, what: str, held: bool, detail: str = "") -> Finding:
        verdict = Verdict.PASSED if held else Verdict.FAILED
        return Finding(area=self._name, what=what, verdict=verdict, detail=detail)

    def not_checked(self, what: str, why: str) -> Finding:
        return Finding(area=self._name, what=what, verdict=Verdict.NOT_CHECKED, detail=why)


def counted(findings: Iterable[Finding]) -> dict[str, int]:
    counts = Counter(finding.verdict for finding in findings)
    return {verdict.value: counts[verdict] for verdict in Verdict}

"""What a check found."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """A problem stops `pulumi up`; unknown is what could not be asked."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """`says` is a sentence; `fix` is what to do, empty where nothing is to be done."""

    check: str
    verdict: Verdict
    says: str
    fix: str = ""


def ok(check: str, says: str) -> Finding:
    return Finding(check=check, verdict=Verdict.OK, says=says)


def warning(check: str, says: str, fix: str) -> Finding:
    return Finding(check=check, verdict=Verdict.WARNING, says=says, fix=fix)


def problem(check: str, says: str, fix: str) -> Finding:
    return Finding(check=check, verdict=Verdict.PROBLEM, says=says, fix=fix)


def unknown(check: str, says: str, fix: str = "") -> Finding:
    return Finding(check=check, verdict=Verdict.UNKNOWN, says=says, fix=fix)

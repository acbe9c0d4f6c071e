"""What a check of doctor may ask, and what it finds."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from cloudshelf.aws_account import AwsAccount
from cloudshelf.chosen_stack import ChosenStack
from settings import Settings


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


@dataclass(frozen=True, kw_only=True)
class Inquiry:
    """A stack, and the account it is to go into."""

    stack: ChosenStack
    account: AwsAccount

    @property
    def settings(self) -> Settings:
        return self.stack.settings

    def owns(self, tags: Mapping[str, str]) -> bool:
        """Whether something with these tags is this stack's own."""
        return bool(self.stack.tags) and self.stack.tags.items() <= tags.items()

    def has(self, token: str) -> bool:
        return bool(self.stack.graph.of(token))


Check = Callable[[Inquiry], Iterator[Finding]]


def configure(key: str, value: str, stack: str) -> str:
    """The command that sets a setting of a stack."""
    return f"pulumi config set cloudshelf:{key} {value} -s {stack}"

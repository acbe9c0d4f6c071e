"""A control: what a resource must have, where that is written, how it is checked, how the check is tested."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

from .mutants import Mutant
from .stack import Resource, Stack


@dataclass(frozen=True, kw_only=True)
class Violation:
    """`fix` is a sentence: what is wrong and what it has to be. `resource` and `urn` are the stack's own for a lack."""

    resource: str
    urn: str | None
    fix: str


Check = Callable[[Stack], Iterable[Violation]]


class Presence(Enum):
    """What it means that a stack has none of a control's types."""

    EXPECTED = "a violation"
    OPTIONAL = "the control does not apply"
    FORBIDDEN = "what the control asks for"


def nothing_more(_: Stack) -> Iterable[Violation]:
    return ()


@dataclass(frozen=True, kw_only=True)
class Control:
    """`id` is the row's number. In phases of `musts` a violation stops a deployment, in those of `advised` it is told.

    `sources` names the standards: SH AWS Security Hub, CIS the AWS Foundations benchmark with its version, CKV checkov,
    NAG cdk-nag, TRV trivy, PUL Pulumi's compliance policies, PRW prowler, OWASP and ASVS.
    """

    id: int
    title: str
    sources: str
    types: tuple[str, ...]
    musts: tuple[str, ...] = ()
    advised: tuple[str, ...] = ()
    presence: Presence = Presence.OPTIONAL
    check: Check = nothing_more
    mutants: tuple[Mutant, ...]

    def applies(self, stack: Stack) -> bool:
        if stack.phase not in self.musts + self.advised:
            return False
        return self.presence is not Presence.OPTIONAL or bool(stack.of(*self.types))

    def violations(self, stack: Stack) -> list[Violation]:
        """What is wrong with a stack that the control applies to."""
        if not self.applies(stack):
            return []
        found = stack.of(*self.types)
        if self.presence is Presence.FORBIDDEN:
            return [violation(each, f"{each.type} must not be in {stack.phase}: remove it") for each in found]
        if not found:
            return [lack(stack, f"there is no {' or '.join(self.types)}: add one")]
        return list(self.check(stack))


@dataclass(frozen=True, kw_only=True)
class Omission:
    """A row that no stack of this project is held to, and why."""

    id: int
    title: str
    sources: str
    reason: str


def violation(resource: Resource, fix: str) -> Violation:
    return Violation(resource=resource.name, urn=resource.urn, fix=fix)


def lack(stack: Stack, fix: str) -> Violation:
    """Something the stack as a whole does not have."""
    return Violation(resource=stack.name, urn=None, fix=fix)


def all_of(*checks: Check) -> Check:
    def check(stack: Stack) -> Iterator[Violation]:
        for each in checks:
            yield from each(stack)

    return check


def within(phases: tuple[str, ...], check: Check) -> Check:
    """A part of a check that only some phases are held to."""
    return lambda stack: check(stack) if stack.phase in phases else ()

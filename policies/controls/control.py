"""A control: what a resource must have, where that is written, how it is checked, how the check is tested."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from .mutants import Mutant
from .stack import PHASES, Resource, Stack

CREATE = "create"


@dataclass(frozen=True, kw_only=True)
class Violation:
    """`fix` is a sentence: what is wrong and what it has to be. `resource` and `urn` are the stack's own for a lack."""

    resource: str
    urn: str | None
    fix: str

    def __str__(self) -> str:
        return f"{self.resource}: {self.fix}"


@dataclass(frozen=True, kw_only=True)
class Check:
    """`alone` is true where each resource is judged by itself."""

    run: Callable[[Stack], Iterable[Violation]]
    alone: bool
    phases: tuple[str, ...] = PHASES

    def within(self, *phases: str) -> "Check":
        """The same, but only some phases are held to it."""
        return replace(self, phases=phases)


class Presence(Enum):
    """What it means that a stack has none of a control's types."""

    EXPECTED = "a violation"
    OPTIONAL = "the control does not apply"
    FORBIDDEN = "what the control asks for"


@dataclass(frozen=True, kw_only=True)
class Waiver:
    """What of a must some phases are not held to until a day, and why: violations whose text has `about` in it."""

    phases: tuple[str, ...]
    about: str
    reason: str
    until: date

    def covers(self, found: Violation) -> bool:
        return self.about in str(found)


@dataclass(frozen=True, kw_only=True)
class Control:
    """`id` is the row's number. In phases of `musts` a violation stops a deployment, in those of `advised` it is told.

    `sources` names the standards: SH AWS Security Hub, CIS the AWS Foundations benchmark with its version, CKV checkov,
    NAG cdk-nag, TRV trivy, PUL Pulumi's compliance policies, PRW prowler, OWASP and ASVS.

    `created_by` is the setting of something an account has once: a stack that reuses or skips it is not held to it.
    """

    id: int
    title: str
    sources: str
    types: tuple[str, ...]
    musts: tuple[str, ...] = ()
    advised: tuple[str, ...] = ()
    presence: Presence = Presence.OPTIONAL
    checks: tuple[Check, ...] = ()
    mutants: tuple[Mutant, ...]
    waivers: tuple[Waiver, ...] = ()
    created_by: str | None = None

    def applies(self, stack: Stack) -> bool:
        if stack.phase not in self.musts + self.advised:
            return False
        if self.created_by and stack.settings.get(self.created_by, CREATE) != CREATE:
            return False
        return self.presence is not Presence.OPTIONAL or bool(stack.of(*self.types))

    def waiver(self, phase: str) -> Waiver | None:
        """What a phase is let off, of which there is one at most."""
        return next((waiver for waiver in self.waivers if phase in waiver.phases), None)

    @property
    def demands_presence(self) -> bool:
        return self.presence is not Presence.OPTIONAL

    def violations(self, stack: Stack, *, alone: bool = True) -> list[Violation]:
        """What is wrong with a stack, nothing where the control does not apply.

        Without `alone`, what each resource shows by itself is left out.
        """
        if not self.applies(stack):
            return []
        if found := self._presence(stack):
            return found
        checks = [check for check in self.checks if stack.phase in check.phases and (alone or not check.alone)]
        return [each for check in checks for each in check.run(stack)]

    def _presence(self, stack: Stack) -> list[Violation]:
        found = stack.of(*self.types)
        if self.presence is Presence.FORBIDDEN:
            return [violation(each, f"{each.type} must not be in {stack.phase}: remove it") for each in found]
        if self.presence is Presence.EXPECTED and not found:
            return [lack(stack, f"there is no {' or '.join(self.types)}: add one")]
        return []


def violation(resource: Resource, fix: str) -> Violation:
    return Violation(resource=resource.name, urn=resource.urn, fix=fix)


def lack(stack: Stack, fix: str) -> Violation:
    """Something the stack as a whole does not have."""
    return Violation(resource=stack.name, urn=None, fix=fix)

"""Controls as CrossGuard policies.

What is wrong with a resource by itself is found before it is made, what is wrong with a stack when all of it is known.
While a value is not known yet, in a preview, CrossGuard says which policy it could not run.
"""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyResource,
    ReportViolation,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)

from .control import Check, Control, Violation
from .stack import PHASES, Resource, Stack

Validator = Callable[[ResourceValidationArgs, ReportViolation], None]
NAMESPACE = "cloudshelf:"


class UnknownPhaseError(Exception):
    """The stack says neither by its name nor by its configuration which phase it is."""


def running_phase(environment: Mapping[str, str] = os.environ) -> str:
    """The phase of the stack that the Pulumi CLI started the pack for."""
    phase = running_settings(environment).get("phase") or environment.get("PULUMI_STACK", "").rpartition("/")[2]
    if phase not in PHASES:
        raise UnknownPhaseError(f"{phase!r} is no phase: set cloudshelf:phase to one of {', '.join(PHASES)}")
    return str(phase)


def running_settings(environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The settings of that stack, as text."""
    config = json.loads(environment.get("PULUMI_CONFIG") or "{}")
    return {key.removeprefix(NAMESPACE): value for key, value in config.items() if key.startswith(NAMESPACE)}


def to_policies(controls: Iterable[Control], phase: str, settings: Mapping[str, str]) -> list[Policy]:
    """Every control a phase is held to, musts as mandatory policies; what is waived is told as advice."""
    held = [control for control in controls if phase in control.musts + control.advised]
    return [policy for control in held for policy in _Translation(control, phase, settings).policies()]


class _Translation:
    """One control for one phase."""

    def __init__(self, control: Control, phase: str, settings: Mapping[str, str]) -> None:
        self._control, self._phase, self._settings = control, phase, settings
        waiver = control.waiver(phase)
        self._waiver = waiver if waiver and waiver.until >= date.today() else None
        self._name = f"{control.id:03d}"
        self._description = f"{control.title} [{control.sources}]"
        self._level = EnforcementLevel.MANDATORY if phase in control.musts else EnforcementLevel.ADVISORY

    def policies(self) -> Iterable[Policy]:
        checks = [check for check in self._control.checks if self._phase in check.phases]
        if alone := [check for check in checks if check.alone]:
            yield ResourceValidationPolicy(
                self._name, self._description, self._resource_validator(alone), enforcement_level=self._level
            )
        if not alone or len(alone) < len(checks) or self._control.demands_presence:
            yield StackValidationPolicy(
                f"{self._name}-stack", self._description, self._stack_validator, enforcement_level=self._level
            )
        if self._waiver:
            yield StackValidationPolicy(
                f"{self._name}-waived",
                f"{self._description} (until {self._waiver.until}: {self._waiver.reason})",
                self._waived_validator,
                enforcement_level=EnforcementLevel.ADVISORY,
            )

    def _resource_validator(self, checks: list[Check]) -> Validator:
        def validate(args: ResourceValidationArgs, report: ReportViolation) -> None:
            stack = self._stack((_resource(args),))
            for found in (found for check in checks for found in check.run(stack)):
                if not self._excused(found):
                    report(str(found), found.urn)

        return validate

    def _stack_validator(self, args: StackValidationArgs, report: ReportViolation) -> None:
        for found in self._control.violations(self._stack(_resources(args)), alone=False):
            if not self._excused(found):
                report(str(found), found.urn)

    def _waived_validator(self, args: StackValidationArgs, report: ReportViolation) -> None:
        for found in self._control.violations(self._stack(_resources(args))):
            if self._excused(found):
                report(str(found), found.urn)

    def _stack(self, resources: tuple[Resource, ...]) -> Stack:
        """URNs start `urn:pulumi:<stack>::`."""
        name = next((resource.urn.split(":")[2] for resource in resources), self._phase)
        return Stack(phase=self._phase, name=name, resources=resources, settings=self._settings)

    def _excused(self, found: Violation) -> bool:
        return self._waiver is not None and self._waiver.covers(found)


def _resources(args: StackValidationArgs) -> tuple[Resource, ...]:
    return tuple(_resource(each) for each in args.resources)


def _resource(given: PolicyResource | ResourceValidationArgs) -> Resource:
    dependencies = given.property_dependencies if isinstance(given, PolicyResource) else {}
    return Resource(
        type=given.resource_type,
        name=given.name,
        urn=given.urn,
        props=given.props,
        sources={prop: frozenset(each.urn for each in found) for prop, found in dependencies.items()},
        protected=given.opts.protect,
        deleted_first=bool(given.opts.delete_before_replace),
    )

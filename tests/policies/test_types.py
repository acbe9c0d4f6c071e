"""Nobody adds a resource type that the control table says nothing about."""

from dataclasses import dataclass, field

from policies.controls.ignored import IGNORED
from policies.controls.stack import Resource, Stack
from policies.controls.tables import CONTROLS
from tests.policies.conftest import FULL, Stacks


@dataclass(frozen=True, kw_only=True)
class Observed(Stack):
    """Notes which types controls look at."""

    looked_at: set[str] = field(default_factory=set)

    def of(self, *types: str) -> list[Resource]:
        self.looked_at.update(types)
        return super().of(*types)


def looked_at(stack: Stack) -> set[str]:
    observed = Observed(phase=stack.phase, name=stack.name, resources=stack.resources)
    for control in CONTROLS:
        control.violations(observed)
    return observed.looked_at


def declared(stack: Stack) -> set[str]:
    """Types of resources a provider makes; the program's own components make none themselves."""
    return {resource.type for resource in stack.resources if not resource.type.startswith("cloudshelf:")}


def test_somebody_decided_about_every_type(stacks: Stacks) -> None:
    for name, stack in stacks.items():
        undecided = declared(stack) - looked_at(stack) - IGNORED.keys()
        assert not undecided, f"{name}: neither a control nor policies/controls/ignored.py knows {sorted(undecided)}"


def test_what_is_ignored_is_there_and_no_control_looks_at_it(stacks: Stacks) -> None:
    everything = set().union(*(declared(stack) for stack in stacks.values()))
    assert not IGNORED.keys() - everything
    assert not IGNORED.keys() & looked_at(stacks[FULL])


def test_a_type_nobody_decided_about_is_named(stacks: Stacks) -> None:
    stranger = Resource(type="aws:mq/broker:Broker", name="new", urn="urn:new", props={})
    stack = Stack(phase="phase1", name="phase1", resources=(*stacks["phase1"].resources, stranger))
    assert declared(stack) - looked_at(stack) - IGNORED.keys() == {stranger.type}

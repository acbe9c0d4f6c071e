"""Every control notices each way its rows can be broken."""

import pytest

from policies.controls.control import Control
from policies.controls.mutants import Mutant, mutate
from policies.controls.stack import PHASES, Stack
from policies.controls.tables import CONTROLS
from tests.policies.conftest import Stacks

by_row = pytest.mark.parametrize("control", CONTROLS, ids=lambda control: f"row {control.id}")


@by_row
def test_every_mutant_is_caught_wherever_it_can_live(control: Control, stacks: Stacks) -> None:
    for mutant in control.mutants:
        caught = [name for name, stack in stacks.items() if _caught(control, mutant, name, stack)]
        assert caught, f"row {control.id}: {mutant} breaks no stack that was not broken in that way before"


def _caught(control: Control, mutant: Mutant, name: str, stack: Stack) -> bool:
    """False where the mutant can break nothing; where it does and nobody notices, the test fails."""
    broken = mutate(stack, mutant)
    if broken is None or not control.applies(broken):
        return False
    before, after = set(control.violations(stack)), set(control.violations(broken))
    if before and before == after:
        return False
    assert after - before, f"row {control.id} does not notice {mutant} in {name}"
    return True


@by_row
def test_every_row_that_is_kept_has_a_mutant_in_that_phase(control: Control, stacks: Stacks) -> None:
    for phase in PHASES:
        stack = stacks[phase]
        if control.applies(stack) and not control.violations(stack):
            assert any(mutate(stack, mutant) for mutant in control.mutants), f"row {control.id} in {phase}"

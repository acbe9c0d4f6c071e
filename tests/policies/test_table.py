"""The control table is whole, and every stack keeps it."""

from datetime import date, timedelta

import pytest

from cloudshelf.controls.report import Outcome, Verdict, judge, render
from policies.controls.mutants import mutate
from policies.controls.stack import ENHANCED, PHASE1, PHASE2, PHASES
from policies.controls.tables import CONTROLS
from tests.policies.conftest import Stacks

by_phase = pytest.mark.parametrize("phase", PHASES)
MOST_EXCEPTIONS = {PHASE1: 2, ENHANCED: 12, PHASE2: 8}
ROWS = 198
FROM_ENHANCED = "phase2 while enhanced's shop moves"
LONG_AGO, FAR_OFF = date.min, date.max


def outcomes(stacks: Stacks, phase: str, today: date | None = None) -> list[Outcome]:
    return judge(stacks[phase], CONTROLS, today or date.today())


def test_every_row_is_there_once() -> None:
    assert [control.id for control in CONTROLS] == list(range(1, ROWS + 1))


def test_no_row_is_both_must_and_advice() -> None:
    assert not [control.id for control in CONTROLS if set(control.musts) & set(control.advised)]
    assert not [control.id for control in CONTROLS if not control.musts + control.advised]


@by_phase
def test_every_must_is_kept_or_excepted(stacks: Stacks, phase: str) -> None:
    failed = [each for each in outcomes(stacks, phase) if each.must and each.verdict is Verdict.FAILED]
    assert not failed, [(each.control.id, str(violation)) for each in failed for violation in each.violations]


@pytest.mark.parametrize("name", [*(f"{phase} while a shop moves" for phase in PHASES), FROM_ENHANCED])
def test_a_stack_keeps_every_must_while_a_shop_moves(stacks: Stacks, name: str) -> None:
    outcomes = judge(stacks[name], CONTROLS, date.today())
    failed = [each for each in outcomes if each.must and each.verdict is Verdict.FAILED]
    assert not failed, [(each.control.id, str(violation)) for each in failed for violation in each.violations]


@by_phase
def test_exceptions_are_few(stacks: Stacks, phase: str) -> None:
    waived = [each.control.id for each in outcomes(stacks, phase) if each.verdict is Verdict.WAIVED]
    assert len(waived) <= MOST_EXCEPTIONS[phase], waived


@by_phase
def test_no_exception_outlives_what_it_was_made_for(stacks: Stacks, phase: str) -> None:
    assert not [each.control.id for each in outcomes(stacks, phase) if each.stale]


def test_exceptions_are_of_musts_and_say_why() -> None:
    for control in CONTROLS:
        for waiver in control.waivers:
            assert set(waiver.phases) <= set(control.musts), control.id
            assert waiver.about
            assert len(waiver.reason.split()) > 8, control.id


@by_phase
def test_an_exception_counts_until_its_last_day(stacks: Stacks, phase: str) -> None:
    for each in outcomes(stacks, phase):
        if each.waiver:
            until = each.waiver.until
            [on_time] = judge(stacks[phase], [each.control], until)
            [late] = judge(stacks[phase], [each.control], until + timedelta(days=1))
            assert (on_time.verdict, late.verdict) == (Verdict.WAIVED, Verdict.FAILED)


@by_phase
def test_the_report_counts_rows_and_names_exceptions_with_their_day(stacks: Stacks, phase: str) -> None:
    judged = outcomes(stacks, phase, LONG_AGO)
    text = "\n".join(render(phase, judged))
    musts = [each.verdict for each in judged if each.must]
    assert f"{musts.count(Verdict.PASSED)} of {len(musts)} musts passed, {musts.count(Verdict.WAIVED)} excepted" in text
    for each in judged:
        if each.verdict is Verdict.WAIVED and each.waiver:
            assert f"row {each.control.id}, " in text
            assert each.waiver.reason in text
            assert str(each.waiver.until) in text


def test_the_report_says_which_exception_ran_out(stacks: Stacks) -> None:
    text = "\n".join(render(ENHANCED, outcomes(stacks, ENHANCED, FAR_OFF)))
    assert "FAILED: row 82" in text
    assert "its exception ran out on 2027-12-31" in text


def test_an_exception_covers_what_it_names_and_nothing_else(stacks: Stacks) -> None:
    [row] = [control for control in CONTROLS if control.id == 140]
    [waiver] = row.waivers
    [outcome] = judge(stacks[PHASE1], [row], waiver.until)
    assert outcome.verdict is Verdict.WAIVED
    for mutant in row.mutants:
        broken = mutate(stacks[PHASE1], mutant)
        assert broken is not None
        [outcome] = judge(broken, [row], waiver.until)
        assert outcome.verdict is Verdict.FAILED

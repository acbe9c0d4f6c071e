"""The order of things, against a model whose shoppers never rest: nothing is lost wherever the process ends."""

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from click.testing import CliRunner

from cloudshelf.migrate import command
from cloudshelf.migrate.context import Tools
from cloudshelf.migrate.exports import export
from cloudshelf.migrate.interfaces import Answer, Refused
from cloudshelf.migrate.loading import load
from cloudshelf.migrate.shift import finish, rollback, shift
from cloudshelf.migrate.status import plan
from cloudshelf.migrate.syncing import drain, replay, sync
from cloudshelf.migrate.verifying import verify
from tests.migration.driver.fake import SOURCE, TARGET, Crash, FakeShop, Silent, tools

Command = Callable[[Tools], object]


def at(step: Command, shop: FakeShop | None = None) -> FakeShop:
    """A shop whose migration went as far as `step` without trouble."""
    shop = shop or FakeShop()
    for each in STORY:
        each(tools(shop))
        if each is step:
            return shop
    raise AssertionError(step)


def to(weight: int) -> Command:
    return lambda with_: shift(with_, weight)


def prepared(weight: int) -> FakeShop:
    """Loaded and synced, with the target's share of shoppers at `weight`."""
    shop = at(sync)
    if weight:
        shift(tools(shop), weight)
    return shop


STORY: list[Command] = [plan, export, load, sync]


def whole(shop: FakeShop) -> None:
    """Every acknowledged order is on both sides once all that waits is brought over; every copy is accounted for."""
    shop.settle()
    drain(tools(shop))
    replay(tools(shop))
    shop.settle()
    drain(tools(shop))
    replay(tools(shop))
    known = {order for order in shop.acknowledged if order not in shop.forward and order not in shop.reverse}
    assert known <= shop.orders[SOURCE]
    assert known <= shop.orders[TARGET]
    assert shop.sold() == len(shop.acknowledged)
    assert len(known) > 100


def calls_of(command: Command, weight: int) -> int:
    shop = prepared(weight)
    before = shop.calls
    command(tools(shop))
    return shop.calls - before


def crashed(command: Command, weight: int, call: int, *, after: bool) -> FakeShop:
    shop = prepared(weight)
    shop.crash_at, shop.after = shop.calls + call, after
    with pytest.raises(Crash):
        command(tools(shop))
    shop.crash_at = -1
    return shop


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("first", "then"), [(0, 5), (5, 25), (50, 100), (100, 25), (25, 0)])
def test_a_shift_that_crashes_at_any_call_goes_on_when_asked_again(first: int, then: int, *, after: bool) -> None:
    for call in range(1, calls_of(to(then), first) + 1):
        shop = crashed(to(then), first, call, after=after)
        shift(tools(shop), then)
        assert (shop.values["weight"], shop.state["weight"]) == (str(then), then)
        assert (shop.values["hold_from"], shop.values["hold_to"]) == ("0", "0")
        assert shop.values["back_office"] == ("open" if then in (0, 100) else "held")
        assert "moving" not in shop.state["details"]
        whole(shop)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("first", "then"), [(0, 5), (5, 50), (50, 100), (100, 25)])
def test_a_shift_that_crashes_at_any_call_can_be_rolled_back(first: int, then: int, *, after: bool) -> None:
    for call in range(1, calls_of(to(then), first) + 1):
        shop = crashed(to(then), first, call, after=after)
        rollback(tools(shop))
        assert shop.values == {"weight": "0", "hold_from": "0", "hold_to": "0", "back_office": "open"}
        assert shop.copies[TARGET] == 0
        assert not shop.state["escrow"]
        whole(shop)
        assert {order for order in shop.acknowledged if order not in shop.reverse} <= shop.orders[SOURCE]


@pytest.mark.parametrize("weight", [5, 25, 100])
def test_a_rollback_that_crashes_at_any_call_goes_on_when_asked_again(weight: int) -> None:
    for call in range(1, calls_of(rollback, weight) + 1):
        shop = prepared(weight)
        shop.crash_at, shop.after = shop.calls + call, True
        # How often verify brings changes over is a matter of threads, and so is which call is the last.
        with contextlib.suppress(Crash):
            rollback(tools(shop))
        shop.crash_at = -1
        rollback(tools(shop))
        assert (shop.state["weight"], shop.state["step"], shop.copies[TARGET]) == (0, "rolled back", 0)
        assert shop.refreshed
        assert "stale" not in shop.state["details"]
        whole(shop)


def test_the_first_steps_crash_at_any_call_and_go_on() -> None:
    straight = at(sync)
    for call in range(1, straight.calls + 1):
        for after in (False, True):
            shop = FakeShop(crash_at=call, after=after)
            with pytest.raises(Crash):
                at(sync, shop)
            shop.crash_at = -1
            at(sync, shop)
            assert shop.state["step"] == "synced"
            assert shop.loaded == straight.loaded
            assert len(shop.jobs) == len(shop.tables())
            whole(shop)


def test_all_the_way_and_finished() -> None:
    shop = prepared(0)
    for weight in (5, 25, 50, 100):
        shift(tools(shop), weight)
    assert verify(tools(shop)).differences == 0
    assert finish(tools(shop)).step == "finished"
    whole(shop)


def test_after_a_rollback_shoppers_can_be_moved_again() -> None:
    shop = prepared(25)
    rollback(tools(shop))
    shift(tools(shop), 100)
    whole(shop)


def test_another_weight_than_an_interrupted_shift_had_is_gone_to_with_all_it_holds() -> None:
    for call in range(1, calls_of(to(50), 25) + 1):
        shop = crashed(to(50), 25, call, after=True)
        shift(tools(shop), 5)
        assert (shop.values["weight"], shop.state["weight"]) == ("5", 5)
        whole(shop)


def test_nobody_is_moved_before_the_load() -> None:
    with pytest.raises(Refused, match="export, load and sync"):
        shift(tools(at(export)), 5)


def test_a_second_terminal_is_refused_while_the_first_one_moves() -> None:
    shop = crashed(to(25), 5, 6, after=True)
    shop.state["details"]["moving"]["by"] = "elsewhere:1"
    with pytest.raises(Refused, match=r"elsewhere:1 .* --take-over"):
        shift(tools(shop), 25)
    with pytest.raises(Refused, match="elsewhere:1"):
        rollback(tools(shop))
    shift(tools(shop), 25, take_over=True)
    whole(shop)


class Late(FakeShop):
    """A step of a command that was killed is done only when the next command has begun."""

    late = 2

    def _set_state(self, event: Mapping[str, Any]) -> Answer:
        if self.late:
            self.late -= 1
            self.state = {**self.state, "version": self.state["version"] + 1}
        return super()._set_state(event)


def test_after_a_kill_the_next_command_says_what_went_on_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    shop = prepared(5)
    shop.__class__ = Late
    made = tools(shop)
    monkeypatch.setattr(command, "_tools", lambda *_, **__: made)
    told = CliRunner().invoke(command.migrate, ["shift", "25"])
    assert told.exit_code == 0, told.output
    assert shop.state["weight"] == 25
    silent = made.told
    assert isinstance(silent, Silent)
    assert sum("ended only now: shifted, 5 %" in line for line in silent.lines) == 2
    whole(shop)


def test_a_change_whose_answer_was_lost_is_no_conflict() -> None:
    shop = prepared(5)

    class Lost(FakeShop):
        def _set_state(self, event: Mapping[str, Any]) -> Answer:
            super()._set_state(event)
            return super()._set_state(event)

    shop.__class__ = Lost
    journal = tools(shop).journal
    state = journal.read()
    assert journal.change(state, step="verified").version == state.version + 1


def test_finish_is_refused_until_everybody_is_over_and_nothing_differs() -> None:
    shop = prepared(50)
    with pytest.raises(Refused, match="50 %"):
        finish(tools(shop))
    shift(tools(shop), 100)
    with pytest.raises(Refused, match="verify"):
        finish(tools(shop))
    shop.wrong = 3
    assert verify(tools(shop)).differences == 3
    with pytest.raises(Refused, match="differ"):
        finish(tools(shop))
    shop.wrong = 0
    verify(tools(shop))
    shop.rejects.append({"entity": "users", "key": "u-1", "reason": "email: is missing", "signed_by": None})
    with pytest.raises(Refused, match="rejects"):
        finish(tools(shop))


def test_what_is_finished_is_not_rolled_back() -> None:
    shop = prepared(100)
    verify(tools(shop))
    finish(tools(shop))
    with pytest.raises(Refused, match="finished"):
        rollback(tools(shop))


def test_a_rollback_before_anything_was_loaded_compares_nothing() -> None:
    shop = at(plan)
    assert rollback(tools(shop)) is None
    assert shop.state["step"] == "rolled back"


def test_what_is_wrong_at_each_look_is_a_difference_and_what_changes_is_on_its_way() -> None:
    shop = prepared(5)
    shop.unequal = [["a", "b"], ["b", "c"], ["b", "d"], ["a", "b"], ["b"], ["b", "e"]]
    verdict = verify(tools(shop))
    assert [each["key"] for each in verdict.relations["stock"]["different"]] == ["b"]
    assert verdict.differences == 1
    shop.unequal = [["a"], ["b"], []]
    assert verify(tools(shop)).differences == 0

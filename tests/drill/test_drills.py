"""Each runbook carried out, on a local cloud of its own."""

import json
from collections.abc import Mapping

import pytest
from click.testing import CliRunner

from cloudshelf.drill import restore
from cloudshelf.drill.command import DRILLS, FAILED, carried_out, drill
from cloudshelf.drill.harness import Report

ALARMS: Mapping[str, frozenset[str]] = {
    "failover": frozenset({"api-errors"}),
    "restore": frozenset(),
    "storm": frozenset({"api-refusals"}),
    "poison": frozenset({"api-errors", "carts-errors", "carts-unreadable"}),
    "authorizer": frozenset({"api-errors", "authorizer-errors"}),
    "rollback": frozenset({"api-errors", "orders-errors"}),
}
# Carts of enhanced ask books directly, and API Gateway the authorizer: whom only an error tells that they cannot know.
POSSIBLE: Mapping[str, frozenset[str]] = {"failover": frozenset({"authorizer-errors", "books-errors"})}


@pytest.mark.parametrize(
    ("name", "stack"),
    [
        ("failover", "phase2"),
        ("restore", "enhanced"),
        ("restore", "phase1"),
        ("storm", "phase1"),
        ("poison", "phase2"),
        ("poison", "phase1"),
        ("authorizer", "phase2"),
        ("rollback", "phase1"),
    ],
)
def test_the_drill_ends_with_nothing_lost_and_the_alarms_it_names(name: str, stack: str) -> None:
    said: list[str] = []
    report = carried_out(name, stack, 3, said.append)
    assert report.passed, "\n".join(said)
    assert any(check.what == "nothing is lost, doubled or changed" for check in report.checks)
    # Of a slow machine, a slow function's alarm is true.
    fired = {alarm for alarm in report.alarms if not alarm.endswith("-slow")}
    assert ALARMS[name] <= fired <= ALARMS[name] | POSSIBLE.get(name, frozenset())


def test_every_drill_is_carried_out() -> None:
    assert ALARMS.keys() == DRILLS.keys()


def test_a_drill_fails_when_something_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(restore.TableCopy, "put_back", lambda _self: None)
    result = CliRunner().invoke(drill, ["restore", "phase1", "--shoppers", "2", "--json"])
    assert result.exit_code == FAILED
    report = json.loads(result.output)
    assert not report["passed"]
    (lost,) = [check for check in report["checks"] if not check["held"]]
    assert lost["what"] == "nothing is lost, doubled or changed"
    assert "is not there" in lost["detail"]


def test_a_report_without_checks_passes_nothing() -> None:
    assert not Report(drill="storm", stack="phase1").passed

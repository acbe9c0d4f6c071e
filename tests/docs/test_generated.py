"""Generated tables and pictures of the documentation."""

from functools import cache

import pytest

from cloudshelf.controls.stacks import MOVES
from cloudshelf.cost import usage
from cloudshelf.cost.estimate import Estimate, estimate
from cloudshelf.cost.prices import PriceList
from cloudshelf.documents.costs import STACKS
from cloudshelf.documents.pages import GUIDES, PICTURES, drawn, guide, tables
from cloudshelf.documents.tables import ALARM, alarms, connections, dynamodb_tables, filled_in, settings, table
from cloudshelf.graph import Graph
from cloudshelf.graph.stacks import ROOT
from tests.captured import captured, moving


@cache
def estimated(stack: str, profile: str) -> Estimate:
    return estimate(stack, captured(stack), PriceList.load(), usage.load(profile))


@pytest.fixture(scope="module")
def graphs() -> dict[str, Graph]:
    return {stack: captured(stack) for stack in STACKS}


def test_the_guides_tables_are_current(graphs: dict[str, Graph]) -> None:
    for name, content in tables(graphs, estimated).items():
        assert (GUIDES / name).read_text(encoding="utf-8") == guide(name, content), f"{name}: run make pictures"


def test_every_alarm_of_every_stack_is_listed(graphs: dict[str, Graph]) -> None:
    text = alarms(graphs)
    for graph in graphs.values():
        for name in graph.of("aws:cloudwatch/metricAlarm:MetricAlarm"):
            alarm = name.removesuffix("-alarm")
            told = {alarm, f"<function>-{alarm.partition('-')[2]}", f"<table>-{alarm.partition('-')[2]}"}
            assert any(f"| `{each}` |" in text for each in told), name


def test_a_runbook_says_what_to_do_at_each_alarm() -> None:
    runbooks = (ROOT / "docs" / "runbooks" / "README.md").read_text(encoding="utf-8")
    stacks = {stack: captured(stack) for stack in (*STACKS, "everything")}
    moves = {f"{stack}, moving": moving(stack) for stack in MOVES}
    told = [row.split("|")[1].strip() for row in alarms({**stacks, **moves}).splitlines()[2:]]
    assert {"`api-errors`", "`migration-lag`", "`migration-dead-letters`"} <= {*told}
    for alarm in told:
        assert alarm in runbooks, alarm


def test_each_alarm_of_a_move_has_a_part_of_its_runbook() -> None:
    runbook = (ROOT / "docs" / "runbooks" / "moving.md").read_text(encoding="utf-8")
    of_moves = {name for stack in MOVES for name in moving(stack).of(ALARM)} - {
        name for stack in MOVES for name in captured(stack).of(ALARM)
    }
    assert of_moves == {f"migration-{kind}-alarm" for kind in ("lag", "errors", "dead-letters", "load-failures")}
    for name in of_moves:
        assert f"### `{name.removesuffix('-alarm')}`: " in runbook


def test_every_rule_of_a_security_group_is_listed(graphs: dict[str, Graph]) -> None:
    for stack in ("enhanced", "phase2"):
        rules = graphs[stack].of("aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule")
        rows = connections(graphs[stack]).splitlines()[2:]
        assert len(rows) == len(rules)
        for row in rows:
            caller, callee, port, *_ = [cell.strip() for cell in row.strip("|").split("|")]
            assert any(name.startswith(f"{caller}-to-") for name in rules), row
            assert callee, row
            assert port in ("443", "5432"), row


def test_every_table_is_listed_with_its_keys(graphs: dict[str, Graph]) -> None:
    text = dynamodb_tables(graphs)
    assert "| phase1 | `cloudshelf-phase1-carts` | user_id | cart_id |  | expires_at | 35 days | AWS's |" in text
    assert "| enhanced | `cloudshelf-enhanced-carts` | user_id | book_id |  |  | 35 days | AWS's |" in text
    assert "| phase2 | `cloudshelf-phase2-sessions` | session_id |  |  | expires_at | no | the shop's own |" in text


def test_every_setting_is_listed_with_its_values() -> None:
    text = settings(ROOT, STACKS)
    assert "| `monthlyBudgetUsd` |" in text
    assert "| `10` | `30` | `150` |" in text
    assert "\N{EN DASH} | \N{EN DASH} | (`true`) |" in next(
        row for row in text.splitlines() if "databaseMultiAz" in row
    )


def test_a_bar_does_not_end_a_cell() -> None:
    assert table(["a"], [["b|c\nd"]]) == "| a |\n| --- |\n| b\\|c d |\n"


def test_a_table_without_a_place_is_an_error() -> None:
    with pytest.raises(ValueError, match="no place for the table totals"):
        filled_in("# Cost\n", {"totals": ""})


@pytest.mark.parametrize("stack", PICTURES)
def test_the_pictures_of_the_documentation_are_current(stack: str) -> None:
    assert PICTURES[stack].read_text(encoding="utf-8") == drawn(stack, captured(stack)), "run: make pictures"

"""What checkov finds is mended or answered, and its answers are trusted no further than the known-bad twins reach."""

import json
import stat
from pathlib import Path

import pytest

from cloudshelf.checkov.canary import TWINS, spoil, unnoticed, where
from cloudshelf.checkov.runner import CheckovError, Result, Results, run
from cloudshelf.checkov.suppressions import SUPPRESSIONS
from cloudshelf.graph import Graph
from tests.policies.conftest import FULL, Graphs


@pytest.fixture
def full(graphs: Graphs) -> Graph:
    return graphs[FULL]


def script(folder: Path, text: str) -> Path:
    """A program in checkov's place."""
    path = folder / "checkov"
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_every_suppression_says_why() -> None:
    assert not [each.check for each in SUPPRESSIONS if len(each.reason.split()) < 4]


def test_a_suppression_is_for_its_plan_and_resource_only() -> None:
    [sessions] = [each for each in SUPPRESSIONS if each.check == "CKV_AWS_28"]
    spared = Result("phase2", "aws_dynamodb_table.sessions-table", "CKV_AWS_28", "")
    assert sessions.covers(spared)
    assert not sessions.covers(Result("phase2", "aws_dynamodb_table.carts-table", "CKV_AWS_28", ""))
    assert not sessions.covers(Result("phase1", spared.resource, "CKV_AWS_28", ""))
    assert not sessions.covers(Result("phase2", spared.resource, "CKV_AWS_119", ""))


def test_every_twin_is_of_a_resource_that_is_there(full: Graph) -> None:
    spoilt = spoil(full)
    assert {node.urn for node in spoilt} < full.nodes.keys()
    assert all(where(each, full) for each in TWINS)


def test_a_twin_that_nobody_notices_is_told(full: Graph) -> None:
    good = frozenset(Result("good", where(each, full), each.check, "") for each in TWINS)
    bad = frozenset(Result("bad", where(each, full), each.check, "") for each in TWINS[1:])
    [complaint] = unnoticed(full, "good", "bad", Results(passed=good, failed=bad))
    assert complaint.startswith(f"{TWINS[0].check} does not notice")


def test_verdicts_are_read_by_plan(tmp_path: Path) -> None:
    check = {
        "file_path": "/plans/phase1.json",
        "resource": "aws_sns_topic.a",
        "check_id": "CKV_AWS_26",
        "check_name": "n",
    }
    answer = {"results": {"passed_checks": [], "failed_checks": [check]}, "summary": {"parsing_errors": 0}}
    results = run(script(tmp_path, f"echo '{json.dumps(answer)}'"), {"phase1": {}}, tmp_path)
    assert results.failed == {Result("phase1", "aws_sns_topic.a", "CKV_AWS_26", "n")}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("echo oops >&2; exit 2", "ended with 2: oops"),
        ("echo nothing", "answered no results"),
        ("echo '{\"passed\": 0}'", "answered no results"),
    ],
)
def test_a_checkov_that_did_not_work_is_an_error(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(CheckovError, match=message):
        run(script(tmp_path, text), {"phase1": {}}, tmp_path)


def test_plans_that_checkov_could_not_read_are_an_error(tmp_path: Path) -> None:
    answer = {"results": {"passed_checks": [], "failed_checks": []}, "summary": {"parsing_errors": 1}}
    with pytest.raises(CheckovError, match="could not read 1 of 1 plans"):
        run(script(tmp_path, f"echo '{json.dumps(answer)}'"), {"phase1": {}}, tmp_path)


def test_a_missing_checkov_says_how_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(CheckovError, match="run make checkov"):
        run(tmp_path / "checkov", {}, tmp_path)

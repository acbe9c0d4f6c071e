"""`cloudshelf doctor`, from the command line."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cloudshelf.cli import main
from tests.doctor.conftest import Account


def run(account: Account, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["doctor", *arguments, "--endpoint-url", account.emulator.endpoint])


def answer(result: Result) -> dict[str, Any]:
    """The emulator runs in this process too, and prints what it does not know."""
    found: dict[str, Any] = json.loads(result.stdout[result.stdout.index("{") :])
    return found


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Pulumi CLI that is new enough."""
    program = tmp_path / "pulumi"
    program.write_text("#!/bin/sh\necho v3.9999.0\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")


@pytest.mark.usefixtures("cli")
def test_an_account_in_order_ends_with_0(account: Account) -> None:
    result = run(account, "phase1")
    assert result.exit_code == 0, result.output
    assert "ok    credentials: you are arn:aws:sts::" in result.stdout
    assert result.stdout.splitlines()[-1] == "6 ok, 1 warning, 0 problem, 2 unknown"


@pytest.mark.usefixtures("cli")
def test_what_aws_does_not_answer_is_unknown_and_stops_nothing(account: Account) -> None:
    result = run(account, "phase2", "--json")
    assert result.exit_code == 0, result.output
    found = answer(result)
    unanswered = {each["check"] for each in found["findings"] if each["verdict"] == "unknown"}
    # What the emulator has no answer to.
    assert unanswered == {"account plan", "database", "concurrency", "analyzers"}
    assert found["counts"]["unknown"] == 4


@pytest.mark.usefixtures("cli")
def test_a_problem_ends_with_3_and_its_fix_below_it(account: Account) -> None:
    account.client("guardduty").create_detector(Enable=True)
    result = run(account, "phase2")
    assert result.exit_code == 3
    assert "FAIL  GuardDuty: " in result.stdout
    assert "\n      pulumi config set cloudshelf:guardDuty reuse -s phase2\n" in result.stdout


def test_the_missing_cli_is_one_of_them(account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = run(account, "phase1", "--json")
    assert result.exit_code == 3
    problems = [each for each in answer(result)["findings"] if each["verdict"] == "problem"]
    assert [each["check"] for each in problems] == ["pulumi"]
    assert problems[0]["fix"]


def test_nothing_is_changed_in_the_account(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    from cloudshelf import aws_account

    called: list[str] = []
    real = aws_account.boto3.Session

    def recording(**options: str) -> object:
        session = real(**options)
        session.events.register("before-call", lambda model, **_: called.append(model.name))
        return session

    monkeypatch.setattr(aws_account.boto3, "Session", recording)
    run(account, "phase2")
    assert len(called) > 20
    assert {name for name in called if not name.startswith(("Describe", "Get", "List"))} == set()


def test_a_stack_nobody_has_is_one_line(account: Account) -> None:
    result = run(account, "nowhere")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "there is no stack 'nowhere'" in result.stderr

"""Checks of this machine and of credentials."""

from pathlib import Path

import pytest

from cloudshelf.chosen_stack import choose
from cloudshelf.doctor.checks import identity
from cloudshelf.doctor.checks.tools import pulumi_cli, python
from cloudshelf.doctor.context import Inquiry, Verdict
from cloudshelf.doctor.examine import examine
from tests.doctor.conftest import Account, Examine


def test_the_python_that_runs_is_told(examined: Examine) -> None:
    (found,) = examined(python)
    assert found.verdict is Verdict.OK


def test_a_python_nobody_supports_is_a_problem(examined: Examine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.version_info", (3, 14, 0))
    (found,) = examined(python)
    assert (found.verdict, found.fix) == (Verdict.PROBLEM, "use Python 3.11, 3.12 or 3.13")


def test_without_the_pulumi_cli_the_fix_is_to_install_it(
    examined: Examine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (found,) = examined(pulumi_cli)
    assert found.verdict is Verdict.PROBLEM
    assert "https://www.pulumi.com/docs/install/" in found.fix


@pytest.mark.parametrize(
    ("says", "verdict"),
    [
        ("v3.9999.0", Verdict.OK),
        ("v3.1.0", Verdict.WARNING),
        ("v2.9999.0", Verdict.WARNING),
        ("v4.0.0", Verdict.WARNING),
        ("what?", Verdict.UNKNOWN),
        ("", Verdict.UNKNOWN),
    ],
)
def test_a_pulumi_cli_that_does_not_go_with_the_sdk_is_told(
    examined: Examine, says: str, verdict: Verdict, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "pulumi"
    program.write_text(f'#!/bin/sh\n[ "$1" = version ] && echo "{says}"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    (found,) = examined(pulumi_cli)
    assert found.verdict is verdict


def test_whoever_is_signed_in_is_named(account: Account, examined: Examine) -> None:
    (found,) = examined(identity)
    assert found.verdict is Verdict.OK
    assert account.emulator.account_id in found.says


def test_the_root_user_is_warned_about(account: Account, examined: Examine) -> None:
    arn = "arn:aws:iam::111122223333:root"
    account.answers["sts", "get_caller_identity"] = {"Arn": arn, "Account": "111122223333", "UserId": "111122223333"}
    (found,) = examined(identity)
    assert found.verdict is Verdict.WARNING


def test_without_credentials_nothing_in_the_account_is_looked_at(
    account: Account, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for variable in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(variable)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    *_, credentials, last = examine(Inquiry(stack=choose("phase1"), account=Account(account.emulator)))
    assert (credentials.check, credentials.verdict) == ("credentials", Verdict.PROBLEM)
    assert "aws sso login" in credentials.fix
    assert (last.verdict, last.says) == (Verdict.UNKNOWN, "nothing in the account was looked at")

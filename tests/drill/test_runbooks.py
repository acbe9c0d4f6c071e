"""What a drill says to type for a live stack: commands AWS has, and the same in the runbook."""

import re
import shlex
from importlib import import_module
from pathlib import Path

import botocore.session
import pytest
from botocore import xform_name
from click.testing import CliRunner

from cloudshelf.drill.command import DRILLS, drill

RUNBOOKS = Path(__file__).resolve().parents[2] / "docs" / "runbooks"
OFTEN = {"query", "output", "region"}  # the AWS CLI's own options
OF_THE_CLI = {("logs", "tail")}


def commands(name: str, stack: str) -> list[str]:
    result = CliRunner().invoke(drill, [name, stack, "--aws"])
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


def pairs() -> list[tuple[str, str]]:
    return [(name, stack) for name in DRILLS for stack in import_module(f"cloudshelf.drill.{name}").STACKS]


@pytest.mark.parametrize(("name", "stack"), pairs())
def test_every_command_and_option_is_one_of_aws(name: str, stack: str) -> None:
    session = botocore.session.get_session()
    checked = 0
    for command in commands(name, stack):
        words = shlex.split(re.sub(r'"\$\(.*?\)"', "MOMENT", command), comments=True)
        if not words or words[0] != "aws":
            continue
        service, operation, *rest = words[1:]
        if (service, operation) in OF_THE_CLI:
            continue
        model = session.get_service_model(service)
        if operation == "wait":
            waiter = session.get_waiter_model(service)
            names = {xform_name(each, "-"): waiter.get_waiter(each).operation for each in waiter.waiter_names}
            operation = xform_name(names[rest[0]], "-")
        operations = {xform_name(each, "-"): each for each in model.operation_names}
        shape = model.operation_model(operations[operation]).input_shape
        assert shape is not None
        known = {xform_name(member, "-") for member in shape.members} | OFTEN
        options = {word[2:] for word in rest if word.startswith("--")}
        wrong = {each for each in options if each not in known and each.removeprefix("no-") not in known}
        assert not wrong, f"{command}: {wrong} is none of {sorted(known)}"
        checked += 1
    assert checked


@pytest.mark.parametrize("name", list(DRILLS))
def test_the_runbook_has_the_commands_of_its_drill(name: str) -> None:
    text = (RUNBOOKS / f"{name}.md").read_text()
    stack = import_module(f"cloudshelf.drill.{name}").STACKS[0]
    for command in commands(name, stack):
        assert command in text, command
    assert f"cloudshelf drill {name}" in text
    for heading in ("## What is wrong", "## What shoppers see", "## What to do", "## How you know it is over"):
        assert heading in text, heading


def test_a_stack_that_has_nothing_to_drill_is_refused() -> None:
    result = CliRunner().invoke(drill, ["authorizer", "phase1"])
    assert result.exit_code == 2
    assert "take phase2" in result.output


def test_the_help_names_every_drill() -> None:
    said = CliRunner().invoke(drill, ["--help"]).output
    for name, what in DRILLS.items():
        assert re.search(rf"{name}\s+{re.escape(what[:30])}", said)

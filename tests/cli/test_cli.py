"""The command as a whole: help that teaches, and what a shell completes."""

import json
import re
import subprocess
from collections.abc import Iterator
from typing import cast

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from cloudshelf.cli import COMMANDS, main
from cloudshelf.completion import VARIABLE

WITHOUT_CODES = {"catalog", "completion", "migrate"}


def each_command(group: click.Group, *before: str) -> Iterator[tuple[str, click.Command]]:
    """Every command that does something, by its words."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        if isinstance(command, click.Group):
            yield from each_command(command, *before, name)
        else:
            yield " ".join([*before, name]), command


def completed(*words: str) -> set[str]:
    *before, last = words
    return {item.value for item in ShellComplete(main, {}, "cloudshelf", VARIABLE).get_completions(before, last)}


def test_a_shell_completes_commands_stacks_and_choices() -> None:
    assert completed("co") == {"completion", "cost"}
    for name in ("cost", "topology", "doctor", "leftovers", "validate"):
        assert completed(name, "p") == {"phase1", "phase2"}
    assert completed("cost", "phase1", "--diff", "e") == {"enhanced"}
    assert completed("drill", "r") == {"restore", "rollback"}
    assert "--json" in completed("drill", "--")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_each_shell_asks_the_command(shell: str) -> None:
    result = CliRunner().invoke(main, ["completion", shell])
    assert result.exit_code == 0
    assert f"{VARIABLE}={shell}_complete" in result.stdout


def test_bash_can_read_its_script() -> None:
    script = CliRunner().invoke(main, ["completion", "bash"]).stdout
    done = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True, check=False)  # noqa: S607
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_each_command_says_what_it_is_for_and_shows_how(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])
    assert result.exit_code == 0
    if name not in WITHOUT_CODES:
        assert "Exit codes:" in result.output
        assert re.search(rf"^ +cloudshelf {name}|&& cloudshelf {name}", result.output, re.MULTILINE), result.output


def test_every_command_that_tells_something_tells_it_as_json() -> None:
    found = dict(each_command(cast(click.Group, main)))
    assert {"catalog import", "local", "migrate local", "migrate status"} <= found.keys()
    without = {name for name, command in found.items() if not any("--json" in each.opts for each in command.params)}
    assert without == {"completion"}


def test_topology_as_json_has_the_parts() -> None:
    result = CliRunner().invoke(main, ["topology", "phase1", "--diff", "enhanced", "--json"])
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told["stack"] == "enhanced"
    assert any("PostgreSQL" in note for note in told["notes"])

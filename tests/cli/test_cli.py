"""The command as a whole: help that teaches, and what a shell completes."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import click
import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from cloudshelf.cli import COMMANDS, main
from cloudshelf.completion import VARIABLE
from cloudshelf.terminal import say

ROOT = Path(__file__).parents[2]
# `local` writes to the terminal through its events, and `topology` what it drew itself.
OWN_TEXT = {"local", "topology"}
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
    for name in ("cost", "topology", "doctor", "leftovers", "local", "validate"):
        assert completed(name, "p") == {"phase1", "phase2"}
    assert completed("cost", "phase1", "--diff", "e") == {"enhanced"}
    for before in (("drill", "storm"), ("admin", "add", "you@example.com"), ("validate", "https://shop.example.com")):
        assert completed(*before, "p") == {"phase1", "phase2"}
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


def test_no_command_takes_the_stack_as_an_option_but_hidden_as_before() -> None:
    shown = {
        name
        for name, command in each_command(cast(click.Group, main))
        for each in command.params
        if isinstance(each, click.Option) and "--stack" in each.opts and not each.hidden
    }
    assert shown == set()


def test_the_option_of_the_release_before_still_names_the_stack() -> None:
    new = CliRunner().invoke(main, ["drill", "storm", "phase1", "--aws"])
    old = CliRunner().invoke(main, ["drill", "storm", "--stack", "phase1", "--aws"])
    assert (new.exit_code, new.stdout) == (0, old.stdout)
    assert new.stdout != CliRunner().invoke(main, ["drill", "storm", "phase2", "--aws"]).stdout


def test_validate_takes_a_second_stack_only_after_an_address() -> None:
    done = CliRunner().invoke(main, ["validate", "phase1", "phase2"])
    assert done.exit_code == 2
    assert "only after an address" in done.stderr


ESCAPE = "\x1b[2J\x9b31m"


@pytest.mark.parametrize(
    "arguments",
    [
        [f"x{ESCAPE}"],
        ["cost", f"x{ESCAPE}"],
        ["doctor", f"x{ESCAPE}"],
        ["local", f"x{ESCAPE}"],
        ["drill", f"x{ESCAPE}"],
        ["cost", "phase1", "--config", f"x{ESCAPE}"],
        ["cost", "phase1", "--config", f"throttleRate={ESCAPE}"],
        ["validate", f"http://{ESCAPE}"],
        ["admin", "add", f"x{ESCAPE}", "--url", "http://127.0.0.1:1"],
        ["catalog", "import", f"x{ESCAPE}"],
    ],
    ids=repr,
)
def test_what_an_error_quotes_reaches_a_terminal_escaped(arguments: list[str]) -> None:
    done = CliRunner().invoke(main, arguments, color=True)
    assert done.exit_code in (1, 2)
    assert not re.search(r"[\x1b\x80-\x9f]", done.output), done.output


def test_what_aws_answers_reaches_a_terminal_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    say(f"a bucket named {ESCAPE}")
    assert capsys.readouterr().out == "a bucket named \\x1b[2J\\x9b31m\n"


def test_no_command_prints_text_from_elsewhere_by_another_way() -> None:
    raw = re.compile(r"click\.(?:echo|secho)\(|(?<!\w)print\(")
    for path in sorted((ROOT / "cloudshelf").glob("*/command.py")):
        if path.parent.name not in OWN_TEXT:
            assert not raw.search(path.read_text(encoding="utf-8")), path

"""Every command in the documents is run, or says that it needs AWS; and then it is at least one that exists."""

import re
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml
from click.testing import CliRunner, Result

from cloudshelf import chosen_stack
from cloudshelf.cli import COMMANDS, LazyGroup, main
from cloudshelf.graph.stacks import ROOT
from tests.captured import captured
from tests.docs.aws_cli import commands, fault
from tests.docs.pages import Block, blocks

BLOCKS = blocks()
PROGRAM = re.compile(r"^\.venv/bin/cloudshelf ")
# Those that take long or start something are run by tests of their own; here only their words are checked.
RUN_BY = {
    "admin": "tests/cli/test_admin.py",
    "local": "tests/local/test_command.py",
    "load": "tests/load",
    "drill": "tests/drill",
    "validate": "tests/validate",
    "migrate": "tests/migration",
}
MAKE_RUN_BY = {
    "install": "Makefile",
    "local": "tests/local/test_command.py",
    "test": ".ci/run",
    "lint": ".ci/run",
    "browser": "tests/browser",
    "stress": "tests/stress",
    "drills": "tests/drill",
    "bench": "benchmarks",
    "controls": "cloudshelf/controls",
    "migrate-demo": "tests/migration",
}
BOOKS = "title,author,category,price,stock_quantity\nEmma,Jane Austen,Fiction,9.99,3\n"
FOREIGN = "Buchtitel,Autor\nEmma,Jane Austen\n"
FILES = {"my-books.csv": BOOKS, "books.csv": BOOKS, "buecher.csv": FOREIGN}
here = pytest.mark.parametrize(
    "block", [block for block in BLOCKS if not block.needs_aws and not block.local_stack], ids=str
)
on_aws = pytest.mark.parametrize("block", [block for block in BLOCKS if block.needs_aws], ids=str)


@pytest.fixture(autouse=True)
def _capture_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chosen_stack, "stack_graph", captured)


@here
def test_every_command_is_run_or_needs_aws(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if block.first.startswith("SHOP="):
        assert (ROOT / "tests" / "e2e" / "test_readme.py").is_file()
        return
    for file, content in FILES.items():
        (tmp_path / file).write_text(content)
    for command in block.commands:
        if PROGRAM.match(command):
            _run(PROGRAM.sub("", command), tmp_path, monkeypatch)
        elif command.startswith("make "):
            _make(command)
        else:
            pytest.fail(f"{block}: nobody runs `{command}`. Begin the block with # needs AWS, or run it here.")


def _run(command: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name, *arguments = shlex.split(re.sub(r"\s>>?\s*\S+$", "", command.partition(" #")[0]))
    if name in ("completion", "cost", "topology"):
        monkeypatch.chdir(folder)
        assert _invoked([name, *arguments]).exit_code == 0
    elif name == "catalog":
        monkeypatch.chdir(folder)
        dry = [each for each in arguments if each != "--dry-run"]
        (folder / "schema").symlink_to(ROOT / "schema") if not (folder / "schema").exists() else None
        done = _invoked([name, *_without(dry, "--url", "--email"), "--dry-run"])
        assert done.exit_code == 0, done.output
    else:
        assert (ROOT / RUN_BY[name]).exists(), f"nothing runs cloudshelf {name}"
        _understood([name, *arguments])


def _invoked(arguments: list[str]) -> Result:
    done = CliRunner().invoke(main, arguments)
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


def _without(arguments: list[str], *options: str) -> list[str]:
    """Without these options and their values."""
    places = [place for place, each in enumerate(arguments) if each in options]
    return [each for place, each in enumerate(arguments) if place not in places and place - 1 not in places]


def _understood(arguments: list[str]) -> None:
    """click takes the words; nothing is done."""
    command: click.Command = main
    context = click.Context(main, info_name="cloudshelf")
    while isinstance(command, click.Group):
        name, *arguments = arguments
        found = command.get_command(context, name)
        assert found is not None, f"there is no {name}"
        command = found
        if isinstance(command, click.Group):
            context = click.Context(command, info_name=name, parent=context)
    command.make_context(command.name, list(arguments), parent=context)


def _make(command: str) -> None:
    _, target, *settings = shlex.split(command, comments=True)
    assert (ROOT / MAKE_RUN_BY[target]).exists()
    done = subprocess.run(
        ["/usr/bin/env", "make", "-n", target, *settings], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@on_aws
def test_what_needs_aws_is_at_least_a_command_that_exists(block: Block) -> None:
    checked = subprocess.run(["/bin/bash", "-n"], input=block.text, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    for words in commands("\n".join(block.commands)):
        assert fault(words) is None
    for command in block.commands:
        if PROGRAM.match(command):
            quiet = re.sub(r"\$\([^)]*\)", "https://shop.example.com", PROGRAM.sub("", command))
            name, *arguments = shlex.split(quiet, comments=True)
            if name == "catalog":
                arguments = [str(ROOT / each) if each.startswith("schema/") else each for each in arguments]
            _understood([name, *arguments])


@on_aws
def test_pulumi_is_told_of_stacks_and_settings_there_are(block: Block) -> None:
    known = set(yaml.safe_load((ROOT / "Pulumi.yaml").read_text())["config"])
    for command in block.commands:
        assert set(re.findall(r"cloudshelf:(\w+)", command)) <= known, command
        if command.startswith("pulumi "):
            for stack in re.findall(r"-s (\S+)", command):
                assert (ROOT / f"Pulumi.{stack}.yaml").is_file() or stack == "trial", command


def test_every_subcommand_is_in_a_document() -> None:
    told = {word for block in BLOCKS for command in block.commands for word in _named(command)}
    assert set(COMMANDS) <= told
    assert isinstance(main, LazyGroup)
    index = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    assert not [name for name in COMMANDS if f"`{name}`" not in index]


def _named(command: str) -> Iterator[str]:
    if PROGRAM.match(command):
        yield PROGRAM.sub("", command).split()[0]


def test_a_command_that_does_not_exist_is_noticed() -> None:
    assert fault(["dynamodb", "query", "--table-name", "x", "--output", "text"]) is None
    assert fault(["dynamodb", "ask"]) == "dynamodb has no ask"
    assert fault(["dynamodb", "query", "--tabel-name", "x"]) == "dynamodb query has no --tabel-name"
    asked = ["dynamodb", "query", "--query", "Itmes[0]"]
    assert fault(asked) == "dynamodb query answers no Itmes"
    assert fault(["nothing", "at-all"]) == "AWS has no service nothing"
    with pytest.raises(click.UsageError):
        _understood(["cost", "phase1", "--usages", "dev"])


def test_commands_of_aws_are_found_wherever_they_stand() -> None:
    text = """A=$(aws sts get-caller-identity --query "Account") && aws s3api list-buckets | head
        # aws nothing at-all
        aws iam list-roles"""
    assert [words[:2] for words in commands(text)] == [
        ["sts", "get-caller-identity"],
        ["s3api", "list-buckets"],
        ["iam", "list-roles"],
    ]

"""`cloudshelf topology`, from the command line."""

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cloudshelf.cli import main
from tests.topology.conftest import reading

VOID = {"meta"}


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["topology", *arguments])


def test_without_a_form_it_is_told_in_sentences() -> None:
    result = run("enhanced")
    assert result.exit_code == 0
    assert "PostgreSQL 15 is reached by admin, books, orders, schema and users." in result.stdout
    assert "Cognito checks tokens." in result.stdout


def test_svg_goes_to_a_file(tmp_path: Path) -> None:
    path = tmp_path / "phase2.svg"
    assert run("phase2", "-o", "svg", "--file", str(path)).stdout == ""
    assert path.read_text().startswith("<svg ")


def test_a_file_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    result = run("phase1", "-o", "svg", "--file", str(tmp_path / "nowhere" / "x.svg"))
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: ")


class Balance(HTMLParser):
    """Every tag that opens closes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag that closes itself."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - its signature
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_html_is_one_whole_page_with_every_way_in_a_table() -> None:
    page = run("phase2", "-o", "html").stdout
    balance = Balance()
    balance.feed(page)
    assert balance.open == []
    assert page.count("<svg ") == 1
    assert not re.search(r"<script|<link|src=", page)
    assert "<tr><td>function authorizer</td><td>nat NAT gateway</td><td>443</td></tr>" in page


@pytest.mark.parametrize("stack", ["phase1", "enhanced", "phase2"])
def test_mermaid_has_every_part_and_every_way(stack: str) -> None:
    lines = run(stack, "-o", "mermaid").stdout.splitlines()
    topology = reading(stack)
    ids = {part.key: re.sub(r"\W", "_", part.key) for part in topology.parts if part.kind != "gateway"}
    assert len(set(ids.values())) == len(ids)
    for key in ids.values():
        assert sum(re.match(rf" +{key}[\[(]", line) is not None for line in lines) == 1, key
    arrows = {(line.split()[0], line.split()[-1]) for line in lines if "->" in line}
    for way in topology.ways:
        assert (ids[way.caller], ids[way.callee]) in arrows, way
    assert lines[0] == "flowchart LR"
    assert sum("subgraph" in line for line in lines) == sum(line.strip() == "end" for line in lines)


def test_json_has_what_is_drawn() -> None:
    found = json.loads(run("phase1", "-o", "json").stdout)
    assert found["vpc"] is None
    assert {"caller": "function-books-function", "callee": "table-books-table", "port": "", "what": ""} in found["ways"]


def test_two_stacks_are_compared() -> None:
    text = run("phase1", "--diff", "enhanced").stdout
    assert (
        "New since phase1: function rollout, function schema, function sessions, table sessions, PostgreSQL 15" in text
    )
    assert "Gone: table books, table orders, table users." in text
    assert "carts to function books" in text
    assert "Closed: admin to table books" in text
    assert run("phase1", "--diff", "enhanced", "-o", "mermaid").stdout.count(" added\n") > 5
    assert 'class="card database added"' in run("phase1", "--diff", "enhanced", "-o", "svg").stdout


def test_a_setting_can_be_tried() -> None:
    assert "RDS Proxy is reached by" in run("phase2", "--config", "databaseProxy=true").stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["nowhere"], 1, "there is no stack 'nowhere'"),
        (["phase1", "-o", "png"], 2, "'png' is not one of"),
        (["phase1", "--diff", "nowhere"], 1, "there is no stack 'nowhere'"),
        (["phase2", "--config", "natGatways=1"], 1, "did you mean cloudshelf:natGateways"),
    ],
)
def test_what_cannot_be_drawn_is_said_in_one_line(arguments: list[str], code: int, message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == code
    assert message in result.stderr
    assert result.stdout == ""

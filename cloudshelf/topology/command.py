"""`cloudshelf topology`: the picture of a stack."""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict
from pathlib import Path

import click

from cloudshelf.chosen_stack import choose, settings_option, stack_argument
from cloudshelf.topology.build import read
from cloudshelf.topology.model import Topology, compare, summary
from cloudshelf.topology.render import mermaid, page
from cloudshelf.topology.svg import picture

HELP = """Draw STACK from its resources: subnets, who reaches whom, data stores, edge.

STACK is a stack file's name, phase1 if not given. Nothing is deployed and no AWS account is asked. A line between two
parts is one that permissions let through and, inside a VPC, both security groups.

\b
  cloudshelf topology phase2 -o svg --file phase2.svg
  cloudshelf topology enhanced -o html > enhanced.html
  cloudshelf topology phase1 --diff enhanced
  cloudshelf topology phase2 -o svg --config databaseProxy=true > proxy.svg

\b
Exit codes:
  0    drawn
  1    the stack is wrong, or the file cannot be written
  2    wrong options
"""
Draw = Callable[[Topology, Collection[str], Collection[str]], str]


def _text(topology: Topology, _added: Collection[str], notes: Collection[str]) -> str:
    return "".join(f"{sentence}\n" for sentence in (*summary(topology), *notes))


def _json(topology: Topology, _added: Collection[str], notes: Collection[str]) -> str:
    return json.dumps({**asdict(topology), "notes": list(notes)}, indent=2, ensure_ascii=False) + "\n"


FORMATS: Mapping[str, Draw] = {"text": _text, "svg": picture, "html": page, "mermaid": mermaid, "json": _json}


@click.command("topology", help=HELP)
@stack_argument
@click.option(
    "-o", "form", type=click.Choice(list(FORMATS)), default="text", show_default=True, help="What to draw it as."
)
@click.option("--diff", "other", metavar="STACK", help="Draw another stack, and point out what is new in it.")
@click.option("--json", "form", flag_value="json", help="The same as -o json.")
@click.option("--file", type=click.Path(dir_okay=False, path_type=Path), help="Write to a file.")
@settings_option
def topology(*, stack: str, form: str, other: str | None, file: Path | None, given: Mapping[str, str]) -> None:
    chosen = choose(stack, given)
    drawn = read(stack, chosen.region, chosen.graph)
    added: Collection[str] = ()
    notes: list[str] = []
    if other is not None:
        before, later = drawn, choose(other, given)
        drawn = read(other, later.region, later.graph)
        changes = compare(before, drawn)
        added, notes = changes.pointed_out, changes.notes(stack)
    text = FORMATS[form](drawn, added, notes)
    if file is None:
        click.echo(text, nl=False)
        return
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as problem:
        raise click.ClickException(str(problem)) from None

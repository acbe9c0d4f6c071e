"""`cloudshelf drill`: a runbook, carried out."""

import json
import shutil
import tempfile
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from cloudshelf.chosen_stack import optional_stack_argument
from cloudshelf.drill.harness import Check, Report
from cloudshelf.terminal import say

DRILLS: Mapping[str, str] = {
    "failover": "The database dies and comes back while shoppers buy.",
    "restore": "Somebody deleted orders; a moment is restored beside, and what is missing put back.",
    "storm": "Far more people than the limits let through.",
    "poison": "Bad bodies, a bad row, a poisoned cart, an event that is none.",
    "authorizer": "The key set is out of reach, then rotated; an account is disabled.",
    "rollback": "A bad version of a function is put in place and taken back under load.",
}
ROOT = Path(__file__).resolve().parents[2]
GENEROUS = {"cloudshelf:throttleRate": "10000", "cloudshelf:throttleBurst": "5000"}
FAILED = 3

HELP = """Carry out a runbook on a local cloud of its own, with shoppers who buy throughout.

Each drill breaks something, puts it right, and says what the shoppers saw, whether an order was lost (by comparing
every order they were told of), and which of the stack's declared alarms went off. Without STACK it is the stack that
shows most. With --aws it only prints the commands for a stack on AWS. The texts are in docs/runbooks.

\b
Drills:
{drills}

\b
Examples:
  cloudshelf drill failover                   on phase2, in a cloud of its own
  cloudshelf drill storm phase1
  cloudshelf drill restore --aws              what to type for a live stack

\b
Exit codes:
  0  every check held
  1  the drill could not run
  2  wrong options
  3  a check did not hold
"""


@click.command("drill", help=HELP.format(drills="\n".join(f"  {name:<11} {what}" for name, what in DRILLS.items())))
@click.argument("name", metavar="DRILL", type=click.Choice(list(DRILLS)))
@optional_stack_argument
@click.option("--shoppers", default=4, show_default=True, type=click.IntRange(1, 100), help="How many buy meanwhile.")
@click.option("--aws", is_flag=True, help="Print the commands for a live stack; run nothing.")
@click.option("--json", "json_output", is_flag=True, help="Print the report as JSON.")
def drill(name: str, stack: str | None, shoppers: int, aws: bool, json_output: bool) -> None:
    module = import_module(f"cloudshelf.drill.{name}")
    chosen = stack or module.STACKS[0]
    if chosen not in module.STACKS:
        raise click.UsageError(f"there is nothing to drill for {name} in {chosen}; take {' or '.join(module.STACKS)}")
    if aws:
        commands = module.commands(chosen)
        say(json.dumps(commands, indent=2) if json_output else "\n".join(commands))
        return
    report = carried_out(name, chosen, shoppers, (lambda _line: None) if json_output else say)
    if json_output:
        say(json.dumps(report.as_dict(), indent=2))
    else:
        say("\n".join(report.summary()))
    raise SystemExit(0 if report.passed else FAILED)


def carried_out(name: str, stack: str, shoppers: int, say: Callable[[str], None]) -> Report:
    """ClickException where the drill could not go on."""
    from cloudshelf.client import ClientError
    from cloudshelf.drill.harness import NotSeen, Stage
    from cloudshelf.local.cloud import LocalCloud
    from cloudshelf.local.isolation import isolate
    from cloudshelf.local.session import REFUSALS

    isolate()
    module: Any = import_module(f"cloudshelf.drill.{name}")
    report = Report(drill=name, stack=stack)
    folder = Path(tempfile.mkdtemp(prefix="cloudshelf-drill-"))
    cloud = LocalCloud(
        stack=stack,
        port=0,
        root=ROOT,
        folder=folder / stack,
        overrides={**GENEROUS, **module.OVERRIDES},
        durable=True,
    )
    try:
        with cloud:
            stage = Stage(cloud=cloud, report=report, shoppers=shoppers, say=say)
            with stage.closing:
                module.run(stage)
    except NotSeen as problem:
        report.checks.append(Check(what="the drill comes to its end", held=False, detail=str(problem)))
    except (ClientError, *REFUSALS) as problem:
        raise click.ClickException(f"{name}: {problem}") from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return report

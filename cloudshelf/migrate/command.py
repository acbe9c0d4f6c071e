"""`cloudshelf migrate`: a living shop from one stack to another."""

import json
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import wraps
from pathlib import Path
from typing import Any

import click

from cloudshelf.migrate import report as reports
from cloudshelf.migrate.backends import Endpoints, folder_of
from cloudshelf.migrate.context import Tools
from cloudshelf.migrate.interfaces import Conflict, MigrationError
from cloudshelf.migrate.progress import Terminal
from cloudshelf.migrate.verifying import Verdict
from cloudshelf.terminal import say

ROOT = Path(__file__).resolve().parents[2]
REPORTS = ROOT / ".build" / "migrate"
OK, REFUSED, INTERRUPTED = 0, 1, 130

HELP = """Move a living shop from one stack to another, verified and reversible.

Shoppers go on buying. The order is plan, export, load, sync, verify, shift 5, 25, 50, 100, verify, finish; rollback
goes back from any of them, also after shoppers have bought on the new side. Every step may be stopped with Ctrl-C and
asked for again; it goes on where it was. docs/guides/migration.md tells the whole story.

\b
Try it without AWS:
  cloudshelf migrate demo                            the whole story under load, in a few minutes
  cloudshelf migrate local --from phase1 --to phase2   two stacks to play with, in a terminal of their own
  cloudshelf migrate plan --local --from phase1 --to phase2

\b
Exit codes:
  0    done, nothing differs
  1    refused, failed, or something differs
  2    wrong options
  130  stopped with Ctrl-C
"""
Body = Callable[..., int | None]


@click.group(help=HELP)
def migrate() -> None: ...


def between(command: Body) -> Callable[..., None]:
    """Gives `tools` for the stacks named by the options, and ends the process with the code the command answers."""

    @click.option("--from", "source", default="phase1", show_default=True, metavar="STACK", help="The old stack.")
    @click.option("--to", "target", default="phase2", show_default=True, metavar="STACK", help="The new stack.")
    @click.option("--local", "is_local", is_flag=True, help="The pair that runs on this machine.")
    @click.option("--region", metavar="REGION", help="AWS's; that of your profile, if not given.")
    @click.option("--json", "as_json", is_flag=True, help="Print what comes of it as JSON.")
    @wraps(command)
    def run(*, source: str, target: str, is_local: bool, region: str | None, as_json: bool, **options: Any) -> None:
        told = Terminal(lambda line: say(line, error=as_json), sys.stderr)
        with _ending():
            tools = _tools(source, target, told, is_local=is_local, region=region)
            code = _gone_on(tools, lambda: command(tools, as_json=as_json, **options)) or OK
        raise SystemExit(code)

    return run


# A function's step goes on when its terminal is gone, for as long as a function may.
OVERTAKEN, WAIT_S = 8, 2.0


def _gone_on(tools: Tools, command: Callable[[], int | None]) -> int | None:
    """What was asked for, begun again where it was when a step of a command before ended only now."""
    for _ in range(OVERTAKEN):
        try:
            return command()
        except Conflict:
            state = tools.journal.read()
            tools.told.say(
                f"A step of an earlier command has ended only now: {state.step}, {state.weight} % of the shoppers on "
                f"{tools.target}. Going on from there."
            )
            tools.pause(WAIT_S)
    return command()


def _tools(source: str, target: str, told: Terminal, *, is_local: bool, region: str | None) -> Tools:
    from cloudshelf.local.isolation import isolate
    from cloudshelf.migrate.backends import aws_tools, local_tools

    if is_local:
        isolate()
        return local_tools(Endpoints.read(folder_of(ROOT, source, target)), told)
    return aws_tools(source, target, region, told)


@contextmanager
def _ending() -> Iterator[None]:
    try:
        yield
    except MigrationError as problem:
        raise click.ClickException(str(problem)) from None
    except KeyboardInterrupt:
        again = " ".join(["cloudshelf", *sys.argv[1:]])
        say(f"\nStopped; nothing is lost. Go on with: {again}\nOr go back with rollback; see status.", error=True)
        raise SystemExit(INTERRUPTED) from None


@contextmanager
def _here() -> Iterator[None]:
    """As _ending, for what runs stacks in this process: after Ctrl-C nothing of it is left."""
    from cloudshelf.local.session import SessionError

    # SIGTERM ends it as Ctrl-C does, so that no function's process is left behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    except (MigrationError, SessionError) as problem:
        raise click.ClickException(str(problem)) from None
    except KeyboardInterrupt:
        say("\nStopped. Nothing is left running.", error=True)
        raise SystemExit(INTERRUPTED) from None


def show(found: Any, lines: Iterator[str], *, as_json: bool) -> None:
    say(json.dumps(found, indent=2) if as_json else "\n".join(lines))


@migrate.command()
@between
def plan(tools: Tools, *, as_json: bool) -> int:
    """Read the old stack, and say what would be moved and what would be in the way. Changes nothing."""
    from cloudshelf.migrate.status import plan as planned

    found = planned(tools)
    show(found.as_dict(), found.as_text(), as_json=as_json)
    return OK if found.ready else REFUSED


@migrate.command()
@click.option("--again", is_flag=True, help="Export anew, though there are exports.")
@between
def export(tools: Tools, *, as_json: bool, again: bool) -> None:
    """Export the old stack's tables to S3, at a point in time."""
    from cloudshelf.migrate.exports import export as exported

    state = exported(tools, again=again)
    show({"exports": dict(state.exports), "at": state.t0}, iter([f"The exports are of {state.t0}."]), as_json=as_json)


@migrate.command()
@click.option("--again", is_flag=True, help="Follow no run of the state machine that was started before.")
@between
def load(tools: Tools, *, as_json: bool, again: bool) -> None:
    """Load the exports into the new stack. Loading twice writes nothing twice."""
    from cloudshelf.migrate.loading import load as loaded

    done = loaded(tools, again=again)
    line = ", ".join(f"{done[name]:,} {name}" for name in ("written", "same", "rejected", "expired"))
    line += f", {done['others']:,} of kinds that do not move"
    read = f"{done['read']:,} rows read, {done['keys']:,} of them idempotency keys of orders"
    show(dict(done), iter([f"Loaded: {read}; {line}"]), as_json=as_json)


@migrate.command()
@click.option("--follow", is_flag=True, help="Go on until Ctrl-C, and keep copies where they sell.")
@between
def sync(tools: Tools, *, as_json: bool, follow: bool) -> None:
    """Wait until what changed meanwhile has come over, and bring back what the new side sold."""
    from cloudshelf.migrate.syncing import keep_up
    from cloudshelf.migrate.syncing import sync as synced

    found = synced(tools)
    show(found.as_dict(), iter([found.as_line()]), as_json=as_json)
    if follow:
        keep_up(tools)


@migrate.command()
@click.option("--report", "folder", type=click.Path(file_okay=False, path_type=Path), default=REPORTS,
              help="Where the report goes.")  # fmt: skip
@between
def verify(tools: Tools, *, as_json: bool, folder: Path) -> int:
    """Compare every row of both sides, and write a report."""
    from cloudshelf.migrate.verifying import verify as verified

    verdict = verified(tools)
    return tell(tools, verdict, folder, as_json=as_json)


def tell(tools: Tools, verdict: Verdict, folder: Path, *, as_json: bool) -> int:
    from cloudshelf.migrate.verifying import rejected

    report = reports.Report(verdict=verdict, rejects=list(rejected(tools.steps)))
    page, _ = report.write(folder)
    show(report.as_dict(), reports.as_text(verdict), as_json=as_json)
    say(f"Report: {page}", error=as_json)
    return REFUSED if verdict.differences else OK


@migrate.command()
@click.argument("percent", type=click.IntRange(0, 100))
@click.option("--take-over", is_flag=True, help="Go on with a shift whose terminal is no more.")
@between
def shift(tools: Tools, *, as_json: bool, percent: int, take_over: bool) -> None:
    """Let the new stack have PERCENT of the shoppers: up, or down again."""
    from cloudshelf.migrate.shift import shift as shifted

    state = shifted(tools, percent, take_over=take_over)
    show({"weight": state.weight}, iter(()), as_json=as_json)


@migrate.command()
@between
def status(tools: Tools, *, as_json: bool) -> None:
    """Say how far it is. From any terminal, at any time."""
    from cloudshelf.migrate.status import status as looked

    found = looked(tools)
    show(found.as_dict(), found.as_text(), as_json=as_json)


@migrate.command()
@click.option("--sign", "keys", multiple=True, metavar="ENTITY/KEY", help="Answer for this row being left behind.")
@click.option("--sign-all", is_flag=True, help="Answer for all of them.")
@click.option("--by", metavar="NAME", help="Who answers for them.")
@between
def rejects(tools: Tools, *, as_json: bool, keys: tuple[str, ...], sign_all: bool, by: str | None) -> int:
    """List rows that could not be moved, with the reason; or sign for them."""
    from cloudshelf.migrate.verifying import rejected, sign

    if keys or sign_all:
        if not by:
            raise click.UsageError("Say with --by who answers for what is left behind.")
        sign(tools.steps, by, () if sign_all else keys)
    found = [dict(each) for each in rejected(tools.steps)]
    lines = (
        f"{each['entity']}/{each['key']}: {each['reason']}"
        + (f" (signed by {each['signed_by']})" if each["signed_by"] else "")
        for each in found
    )
    show(found, lines if found else iter(["Nothing was rejected."]), as_json=as_json)
    return OK if all(each["signed_by"] for each in found) else REFUSED


@migrate.command()
@click.option("--add", multiple=True, metavar="USER_ID", help="May buy at the new shop's own address from now on.")
@click.option("--remove", multiple=True, metavar="USER_ID", help="May no more; what they tried there is forgotten.")
@between
def testers(tools: Tools, *, as_json: bool, add: tuple[str, ...], remove: tuple[str, ...]) -> None:
    """List who tries the new shop out at its own address. Nobody else buys there before they are moved."""
    found = tools.steps.invoke("testers", {"add": list(add), "remove": list(remove)})
    show(found, iter(found["testers"] or ["Nobody tries the new shop out."]), as_json=as_json)


@migrate.command()
@click.option("--report", "folder", type=click.Path(file_okay=False, path_type=Path), default=REPORTS,
              help="Where the report goes.")  # fmt: skip
@click.option("--take-over", is_flag=True, help="Go on though another terminal was moving shoppers.")
@between
def rollback(tools: Tools, *, as_json: bool, folder: Path, take_over: bool) -> int:
    """Bring all shoppers, their orders and all copies back to the old stack, and compare both sides."""
    from cloudshelf.migrate.shift import rollback as rolled_back

    verdict = rolled_back(tools, take_over=take_over)
    return OK if verdict is None else tell(tools, verdict, folder, as_json=as_json)


@migrate.command()
@between
def finish(tools: Tools, *, as_json: bool) -> None:
    """End the migration. Refused while something differs, or a reject has nobody's signature."""
    from cloudshelf.migrate.shift import finish as finished

    state = finished(tools)
    show({"step": state.step}, iter([f"The migration to {tools.target} is finished."]), as_json=as_json)


@migrate.command()
@click.option("--from", "source", default="phase1", show_default=True, metavar="STACK", help="The old stack.")
@click.option("--to", "target", default="phase2", show_default=True, metavar="STACK", help="The new stack.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free port.")
@click.option("--shoppers", default=6, show_default=True, type=click.IntRange(1, 100), help="How many buy meanwhile.")
@click.option("--report", "folder", type=click.Path(file_okay=False, path_type=Path), default=REPORTS,
              help="Where the report goes.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="Print what came of it as JSON.")
def demo(source: str, target: str, port: int, shoppers: int, folder: Path, *, as_json: bool) -> None:
    """Tell the whole story on this machine: two stacks, shoppers who never stop, all of them moved, nothing lost."""
    from cloudshelf.local.isolation import isolate
    from cloudshelf.migrate.demo import Demo, findings

    isolate()

    told = Terminal(lambda line: say(line, error=as_json), sys.stderr)
    with _here():
        result = Demo(
            source=source, target=target, port=port, shoppers=shoppers, root=ROOT, reports=folder, told=told
        ).run()
    lines = [*reports.as_text(result.verdict), *findings(result), f"Report: {result.page}"]
    show(result.as_dict(), iter(lines), as_json=as_json)
    raise SystemExit(OK if result.is_good else REFUSED)


@migrate.command()
@click.option("--from", "source", default="phase1", show_default=True, metavar="STACK", help="The old stack.")
@click.option("--to", "target", default="phase2", show_default=True, metavar="STACK", help="The new stack.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes any free port.")
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object for each thing that happens.")
def local(source: str, target: str, port: int, *, as_json: bool) -> None:
    """Run two stacks of one account on this machine, for the other commands with --local. Ctrl-C stops both."""
    from cloudshelf.local import demo as local_demo
    from cloudshelf.local import events
    from cloudshelf.local.command import Interrupts
    from cloudshelf.local.isolation import isolate
    from cloudshelf.migrate.pair import Pair

    tell = events.as_json if as_json else events.TextEvents()
    tell("starting", stack=f"{source} and {target}")
    interrupts = Interrupts(lambda: tell("stopping"))
    isolate()
    with _here(), Pair(source=source, target=target, port=port, root=ROOT) as pair:
        local_demo.write_credentials(ROOT, pair.url, pair.old.accounts)
        started = time.monotonic()
        filled = local_demo.import_catalogue(pair.url, pair.old.accounts["admin"], threading.Event())
        tell("catalogue", told=filled, seconds=round(time.monotonic() - started, 3))
        pair.open_new()
        known = {role: asdict(account) for role, account in pair.old.accounts.items()}
        tell("pair_open", source=source, target=target, url=pair.url, new_url=pair.new.url, accounts=known)
        interrupts.serve()
        interrupts.wait()
    tell("stopped")

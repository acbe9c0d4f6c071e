"""`cloudshelf validate`: whether a shop that runs is fit to be open."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click
import requests

from cloudshelf.aws_account import NO_ANSWER, AwsAccount, told
from cloudshelf.chosen_stack import complete_stack, optional_stack_argument
from cloudshelf.client import ClientError
from cloudshelf.client.shop import require_listener, shop_address
from cloudshelf.graph.stacks import ROOT
from cloudshelf.terminal import say
from cloudshelf.validate.finding import Finding, Verdict, counted

OK, COULD_NOT_RUN, FAILED, NOT_ALL_CHECKED = 0, 1, 3, 4
HELP = """Look at a shop from outside: its story, who may call what, headers, TLS, ways round it, load, limits, alarms.

TARGET is a stack's name, which is started here in a local cloud of its own (phase1 if not given), or the address of a
shop that runs, here or on AWS. What cannot be checked where it runs is listed with the reason, never as passed.

At an address on AWS somebody has to sign in: with its STACK and AWS credentials, as the AWS CLI finds them, accounts
are made in the stack's user pool and removed afterwards; or name accounts in a file with --credentials. Books of the
check's own are put on the shelves and taken off again; orders of its accounts stay.

\b
Examples:
  cloudshelf validate                                     phase1, here
  cloudshelf validate phase2 --html report.html           phase2, here, with a page to show around
  cloudshelf validate http://127.0.0.1:8000               the shop `cloudshelf local` runs
  cloudshelf validate https://shop.example.com phase2 --shoppers 20 --seconds 120

\b
Exit codes:
  0  nothing failed
  1  the checks could not run
  2  wrong options
  3  something failed
  4  with --strict: nothing failed, but something was not checked
"""


@click.command("validate", help=HELP)
@click.argument("target", default="phase1", shell_complete=complete_stack)
@optional_stack_argument
@click.option("--region", default="us-east-1", show_default=True, help="Where that stack is.")
@click.option("--credentials", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Accounts, as JSON.")
@click.option("--shoppers", default=5, show_default=True, type=click.IntRange(1, 200), help="How many, under load.")
@click.option("--seconds", default=10.0, show_default=True, type=click.FloatRange(min=1), help="How long the load is.")
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write the report as a page.")
@click.option("--json", "json_output", is_flag=True, help="Print the report as JSON.")
@click.option("--strict", is_flag=True, help="End with 4 when something was not checked.")
def validate(
    *, target: str, html: Path | None, json_output: bool, strict: bool, shoppers: int, seconds: float, **where: Any
) -> None:
    from cloudshelf.validate.run import Run, as_dict, as_html

    try:
        with _site(target, **where) as site:
            run = Run(site=site, shoppers=shoppers, seconds=seconds)
            found = list(_told(run.findings(), quiet=json_output))
    except (ClientError, requests.RequestException, OSError) as problem:
        raise click.ClickException(f"{target}: {problem}") from None
    if html is not None:
        html.write_text(as_html(site, found, run.outcome), encoding="utf-8")
    if json_output:
        say(json.dumps(as_dict(site, found, run.outcome), indent=2))
    else:
        say(", ".join(f"{count} {verdict}" for verdict, count in counted(found).items()))
    raise SystemExit(_code(found, strict=strict))


@contextmanager
def _site(target: str, *, stack: str | None, region: str, credentials: Path | None) -> Iterator[Any]:
    """The shop, with whoever can sign in; ClickException where there is none."""
    if stack is not None and "://" not in target:
        raise click.UsageError(f"{target} is a stack that is started here: give a second one only after an address")
    with ExitStack() as closing:
        if "://" in target:
            yield closing.enter_context(_address(target, stack, region, credentials))
        else:
            yield closing.enter_context(_of_its_own(target))


@contextmanager
def _of_its_own(stack: str) -> Iterator[Any]:
    from cloudshelf.local.cloud import LocalCloud
    from cloudshelf.local.isolation import isolate
    from cloudshelf.local.session import REFUSALS
    from cloudshelf.terminal import Account
    from cloudshelf.validate.accounts import on_this_machine

    isolate()
    folder = Path(tempfile.mkdtemp(prefix="cloudshelf-validate-"))
    try:
        with LocalCloud(stack=stack, port=0, root=ROOT, folder=folder / stack) as cloud:
            known = cloud.accounts["admin"]
            with on_this_machine(cloud.url, Account(known.email, known.password)) as people:
                yield _looked_at(cloud.url, _meta(cloud.url), people=people, cloud=cloud, stack=stack)
    except REFUSALS as problem:
        raise click.ClickException(str(problem)) from None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _address(url: str, stack: str | None, region: str, credentials: Path | None) -> Iterator[Any]:
    from cloudshelf.client.shop import LOOPBACK
    from cloudshelf.validate.accounts import of_a_file, of_a_pool, on_this_machine

    try:
        address = shop_address(url)
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None
    require_listener(address)
    meta = _meta(address)
    local = any(f"//{host}" in address for host in LOOPBACK)
    account = AwsAccount(region) if stack and not local else None
    with ExitStack() as closing:
        people = None
        if credentials is not None:
            people = closing.enter_context(of_a_file(address, credentials))
        elif local:
            people = closing.enter_context(on_this_machine(address, None))
        elif account is not None and stack is not None:
            cognito = account.client("cognito-idp")
            people = closing.enter_context(of_a_pool(address, cognito, _pool(cognito, stack)))
        yield _looked_at(address, meta, people=people, account=account, stack=stack)


def _pool(cognito: Any, stack: str) -> str:
    from cloudshelf.admin import pool_of

    try:
        return pool_of(cognito, stack)
    except NO_ANSWER as error:
        raise click.ClickException(f"AWS does not answer: {told(error)}") from None


def _meta(url: str) -> dict[str, Any]:
    from cloudshelf.validate.caller import Caller

    answer = Caller(url).api("GET", "/meta")
    try:
        meta: dict[str, Any] = answer.json()
    except ValueError:
        meta = {}
    if "phase" not in meta:
        raise ClientError(f"it is no CloudShelf: /api/v1/meta answers {answer.status_code}")
    return meta


def _looked_at(url: str, meta: dict[str, Any], **means: Any) -> Any:
    from cloudshelf.validate.accounts import Site
    from cloudshelf.validate.caller import Caller

    return Site(url=url, anybody=Caller(url), meta=meta, **means)


def _told(findings: Iterator[Finding], *, quiet: bool) -> Iterator[Finding]:
    """Says each as it is found."""
    from cloudshelf.validate.run import line

    for finding in findings:
        if not quiet:
            say(line(finding))
        yield finding


def _code(findings: list[Finding], *, strict: bool) -> int:
    counts = counted(findings)
    if counts[Verdict.FAILED]:
        return FAILED
    return NOT_ALL_CHECKED if strict and counts[Verdict.NOT_CHECKED] else OK

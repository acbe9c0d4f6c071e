"""`cloudshelf load`: shoppers for a shop that runs."""

import json
import threading
from collections.abc import Iterator

import click

from cloudshelf.client import ClientError
from cloudshelf.client.shop import LOCAL_SHOP, LOOPBACK, require_listener, shop_address
from cloudshelf.load.audit import Audit, audit
from cloudshelf.load.load import Load
from cloudshelf.load.results import Outcome
from cloudshelf.terminal import local_admin, say, stop_on_interrupt

LOST = 3


@click.command("load")
@click.argument("url", default=LOCAL_SHOP)
@click.option("--shoppers", default=10, show_default=True, type=click.IntRange(1, 500), help="How many at once.")
@click.option("--seconds", default=30.0, show_default=True, type=click.FloatRange(min=0), help="How long.")
@click.option("--seed", default=0, show_default=True, help="Decides what the shoppers do.")
@click.option("--think", default=0.0, show_default=True, help="Seconds between two visits, on average.")
@click.option("--json", "json_output", is_flag=True, help="Print figures as JSON.")
def load(url: str, shoppers: int, seconds: float, seed: int, think: float, json_output: bool) -> None:
    """Send shoppers to the shop at URL on this machine, then compare every order they were told of.

    They sign up, search, fill carts, buy and now and then cancel. They buy books of the load's own where the shop's
    demo admin is known here, so that every copy can be counted.

    \b
    Examples:
      cloudshelf load                                  ten shoppers for half a minute
      cloudshelf load --shoppers 100 --seconds 600     the long one
      cloudshelf load http://127.0.0.1:8001 --json

    \b
    Exit codes:
      0  every acknowledged order is there, once, as it was told
      1  the load could not run
      3  something was lost, doubled or changed
    """
    address = _local(url)
    admin = local_admin(address)
    stop = threading.Event()
    try:
        require_listener(address)
        with stop_on_interrupt(stop):
            running = Load(address, shoppers, seed, admin, think_s=think)
            running.start()
            stop.wait(seconds)
            outcome = running.stop()
            compared = audit(address, outcome, admin)
            running.clear()
    except ClientError as problem:
        raise click.ClickException(str(problem)) from None
    if json_output:
        say(json.dumps({**outcome.as_dict(), "audit": compared.as_dict()}, indent=2))
    else:
        say("\n".join([*outcome.as_text(), *_told(compared)]))
    raise SystemExit(_code(outcome, compared))


def _local(url: str) -> str:
    try:
        address = shop_address(url)
    except ValueError as problem:
        raise click.UsageError(str(problem)) from None
    if not any(address.startswith(f"http://{host}") for host in LOOPBACK):
        raise click.UsageError(f"{url} is not on this machine; `cloudshelf validate` loads a shop on AWS")
    return address


def _told(compared: Audit) -> Iterator[str]:
    yield f"{compared.compared} orders compared: {len(compared.findings)} lost, doubled or changed"
    yield from (f"  {finding}" for finding in compared.findings)


def _code(outcome: Outcome, compared: Audit) -> int:
    if compared.findings:
        return LOST
    return 1 if outcome.faults or not outcome.accounts else 0

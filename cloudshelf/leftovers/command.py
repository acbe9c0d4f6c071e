"""`cloudshelf leftovers`: what a destroyed stack left in the account."""

import json
from collections.abc import Mapping
from typing import Any

import click

from cloudshelf.aws_account import NO_ANSWER, AwsAccount, told
from cloudshelf.chosen_stack import choose, settings_option, stack_argument
from cloudshelf.cost.prices import PriceList
from cloudshelf.cost.render import number
from cloudshelf.leftovers.search import Leftover, monthly, regions, search
from cloudshelf.terminal import say

SOMETHING = 3
HELP = """List what carries STACK's tags, what it costs a month, and the command that removes it.

STACK is a stack file's name, phase1 if not given. Run it after `pulumi destroy`; before, it lists the whole stack.
Nothing is removed. Protected data, keys on their way out and final snapshots are left on purpose.

Dashboards, and the backups RDS keeps of a deleted database, have no tags: they are found by their names. IAM roles are
not listed: AWS's tagging API does not know them, and they cost nothing.

\b
Examples:
  pulumi destroy -s phase2 && cloudshelf leftovers phase2
  cloudshelf leftovers enhanced --json

\b
Exit codes:
  0    nothing is left
  1    the account could not be asked, or the stack is wrong
  2    wrong options
  3    something is left
"""


@click.command("leftovers", help=HELP)
@stack_argument
@click.option("--endpoint-url", metavar="URL", help="Ask this in place of AWS, as a local emulator.")
@click.option("--json", "json_output", is_flag=True, help="Print JSON.")
@settings_option
def leftovers(*, stack: str, endpoint_url: str | None, json_output: bool, given: Mapping[str, str]) -> None:
    chosen = choose(stack, given)
    if not chosen.tags:
        raise click.ClickException(f"Pulumi.{stack}.yaml has no aws:defaultTags: there is nothing to go by")
    account, where = AwsAccount(chosen.region, endpoint_url), regions(chosen)
    try:
        found = list(search(account, chosen, PriceList.load()))
    except NO_ANSWER as error:
        raise click.ClickException(f"the account could not be asked: {told(error)}") from None
    found.sort(key=lambda each: (-(each.bill.usd or 0), each.found.arn))
    say(_as_json(stack, where, found) if json_output else _as_text(stack, where, found))
    if found:
        raise SystemExit(SOMETHING)


def _as_json(stack: str, where: list[str], found: list[Leftover]) -> str:
    resources = [_described(each) for each in found]
    answer = {"stack": stack, "regions": where, "total_usd": monthly(found), "resources": resources}
    return json.dumps(answer, indent=2, default=number)


def _described(each: Leftover) -> dict[str, Any]:
    return {
        "arn": each.found.arn,
        "region": each.found.region,
        "usd": each.bill.usd,
        "note": each.bill.note,
        "remove": each.remove,
    }


def _as_text(stack: str, where: list[str], found: list[Leftover]) -> str:
    places = " and ".join(where)
    if not found:
        return f"Nothing with {stack}'s tags is left in {places}."
    lines = [f"{len(found)} with {stack}'s tags in {places}, ${monthly(found):.2f} a month:"]
    for each in found:
        usd = "?" if each.bill.usd is None else f"{each.bill.usd:.2f}"
        lines.append(f"  {usd:>8}  {each.found.arn}{f' ({each.bill.note})' if each.bill.note else ''}")
        if each.remove:
            lines.append(f"            {each.remove}")
    return "\n".join(lines)

"""`cloudshelf cost`: what a stack costs a month."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import click

from cloudshelf.chosen_stack import ChosenStack, choose, complete_stack, is_stack, settings_option, stack_argument
from cloudshelf.cost.comparison import RevisionError, commit_of, compare, difference, graph_at
from cloudshelf.cost.estimate import Estimate, UnpricedError, budget, estimate, warnings
from cloudshelf.cost.prices import PriceList, UnknownPrice
from cloudshelf.cost.render import as_json, as_text, difference_as_json, difference_as_text
from cloudshelf.cost.usage import Usage, UsageError, load
from cloudshelf.terminal import say

TOO_MUCH = 3
HELP = """Estimate what STACK costs a month in US dollars, line by line.

STACK is a stack file's name, phase1 if not given. Nothing is deployed and no AWS account is asked: the resources are
those the program would declare, the prices a dated list of AWS's own for us-east-1, the traffic a usage profile.

\b
  cloudshelf cost enhanced
  cloudshelf cost phase2 --config natGateways=2 --config databaseProxy=true
  cloudshelf cost phase1 --diff enhanced --usage small     what moving on costs
  cloudshelf cost phase2 --diff origin/main                what this branch changes
  cloudshelf cost enhanced --max 30 --json

A FILE for --usage is YAML: `like: small`, then the figures that differ, as `cdn: {gb: 50}`. What there is stands in
cloudshelf/cost/data/usage.

\b
Exit codes:
  0    estimated
  1    could not: something has no price, the stack or the revision is wrong
  2    wrong options
  3    more than --max
"""


@dataclass(frozen=True)
class Estimator:
    """What all estimates of a run share."""

    prices: PriceList
    usage: Usage
    free_tier: bool

    def of(self, stack: ChosenStack) -> Estimate:
        try:
            return estimate(stack.name, stack.graph, self.prices, self.usage, free_tier=self.free_tier)
        except (UnpricedError, UsageError, UnknownPrice) as problem:
            raise click.ClickException(f"stack {stack.name}: {problem}") from None


def _usage(_context: click.Context, _parameter: click.Parameter, name_or_file: str) -> Usage:
    try:
        return load(name_or_file)
    except UsageError as problem:
        raise click.BadParameter(str(problem)) from None


@click.command("cost", help=HELP)
@stack_argument
@click.option(
    "--usage", default="dev", show_default=True, metavar="dev|small|growing|FILE", callback=_usage, help="The traffic."
)
@click.option(
    "--diff",
    "other",
    metavar="STACK|REV",
    shell_complete=complete_stack,
    help="Show what another stack costs more or less, or this one more or less than in a git revision.",
)
@click.option("--lines", "each_line", is_flag=True, help="A line for each resource, to a hundredth of a cent.")
@click.option("--free-tier", is_flag=True, help="Take off what every account has free for ever.")
@click.option("--max", "most", type=click.FloatRange(min=0), help="Exit with 3 if it costs more US dollars.")
@click.option("--json", "json_output", is_flag=True, help="Print JSON.")
@settings_option
def cost(
    *,
    stack: str,
    usage: Usage,
    other: str | None,
    each_line: bool,
    free_tier: bool,
    most: float | None,
    json_output: bool,
    given: Mapping[str, str],
) -> None:
    estimator = Estimator(PriceList.load(), usage, free_tier)
    chosen = choose(stack, given)
    result = estimator.of(chosen)
    told = list(warnings(result, estimator.prices, chosen.region, date.today()))
    if other is not None:
        _tell_difference(*_both(estimator, chosen, result, other, given), told, json_output=json_output)
    else:
        _tell(result, chosen, estimator.prices.region, told, each_line=each_line, json_output=json_output)
    for warning in told:
        say(f"Warning: {warning}", error=True)
    if most is not None and result.total > Decimal(str(most)):
        say(f"{stack} costs ${result.total:.2f} a month, more than ${most:g}.", error=True)
        raise SystemExit(TOO_MUCH)


def _tell(
    result: Estimate, chosen: ChosenStack, region: str, told: list[str], *, each_line: bool, json_output: bool
) -> None:
    comparison = compare(result, chosen.phase)
    limit = budget(chosen.graph)
    if json_output:
        text = as_json(result, graph=chosen.graph, region=region, warnings=told, budget=limit, comparison=comparison)
        say(text)
        return
    for line in as_text(result, region=region, each_line=each_line, budget=limit, comparison=comparison):
        say(line)


def _both(
    estimator: Estimator, chosen: ChosenStack, result: Estimate, other: str, given: Mapping[str, str]
) -> tuple[Estimate, Estimate]:
    """The stack and another stack; or the stack of a revision and the stack as it is now."""
    commit = None if is_stack(other) else commit_of(other)
    if commit is None:
        return result, estimator.of(choose(other, given))
    try:
        before = replace(chosen, name=f"{chosen.name} at {other}", graph=graph_at(commit, chosen.name, given))
    except RevisionError as problem:
        raise click.ClickException(str(problem)) from None
    return estimator.of(before), result


def _tell_difference(one: Estimate, other: Estimate, told: list[str], *, json_output: bool) -> None:
    changes = difference(one, other)
    if json_output:
        say(difference_as_json(one, other, changes, told))
        return
    for line in difference_as_text(one, other, changes):
        say(line)

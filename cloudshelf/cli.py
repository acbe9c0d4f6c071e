"""`cloudshelf`, the operator's command. A subcommand's code is imported when it is called, not to list it."""

import difflib
import os
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

import click
from click.shell_completion import CompletionItem

from cloudshelf.garbage import look_seldom
from cloudshelf.terminal import printable


@dataclass(frozen=True)
class Entry:
    """Where a subcommand is, and what it does in a line."""

    module: str
    attribute: str
    summary: str


COMMANDS = {
    "admin": Entry("cloudshelf.admin", "admin", "Let an account into the back office."),
    "catalog": Entry("cloudshelf.catalog.command", "catalog", "Import books into a shop's catalogue."),
    "completion": Entry("cloudshelf.completion", "completion", "Let your shell complete this command."),
    "cost": Entry("cloudshelf.cost.command", "cost", "Estimate what a stack costs a month."),
    "doctor": Entry("cloudshelf.doctor.command", "doctor", "Check this machine and your AWS account before pulumi up."),
    "drill": Entry("cloudshelf.drill.command", "drill", "Carry out a runbook: failover, restore, storm and more."),
    "leftovers": Entry("cloudshelf.leftovers.command", "leftovers", "List what a destroyed stack left, and its cost."),
    "load": Entry("cloudshelf.load.command", "load", "Send shoppers to a shop on this machine, and check every order."),
    "local": Entry("cloudshelf.local.command", "local", "Run the shop on this machine."),
    "migrate": Entry("cloudshelf.migrate.command", "migrate", "Move a living shop to another stack, and back."),
    "topology": Entry("cloudshelf.topology.command", "topology", "Draw a stack: subnets, who reaches whom, data."),
    "validate": Entry("cloudshelf.validate.command", "validate", "Look at a running shop from outside: is it fit?"),
}


OUTSIDE = (
    "The command works on CloudShelf's checkout, which has the program, the functions and the storefront, "
    "and this installation is not in one. Run `make install` in a clone, or `pip install --editable .` there."
)


class LazyGroup(click.Group):
    """The group of COMMANDS."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        if find_spec("components") is None:
            raise click.ClickException(OUTSIDE)
        command: click.Command = getattr(import_module(entry.module), entry.attribute)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """An unknown command is refused with the one that was probably meant."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            close = difflib.get_close_matches(name, COMMANDS, n=1)
            hint = f"Did you mean 'cloudshelf {close[0]}'?" if close else f"There is {', '.join(sorted(COMMANDS))}."
            ctx.fail(f"there is no command '{name}'. {hint}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        """What an error quotes, such as a file's cell, an argument or an answer, reaches the terminal escaped."""
        try:
            return super().invoke(ctx)
        except click.ClickException as error:
            error.message = printable(error.message)  # type: ignore[misc]
            raise

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Without importing every subcommand."""
        named = [CompletionItem(name, help=COMMANDS[name].summary) for name in self.list_commands(ctx)]
        options = click.Command.shell_complete(self, ctx, incomplete)
        return [item for item in named if item.value.startswith(incomplete)] + options

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name].summary) for name in self.list_commands(ctx)])


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(None, "-V", "--version", package_name="cloudshelf")
@click.pass_context
def main(context: click.Context) -> None:
    """CloudShelf, an online bookstore on AWS and on this machine.

    \b
    cloudshelf local                  open the shop here, without an AWS account
    cloudshelf validate phase2        is it fit? in a cloud of its own, or at a URL
    cloudshelf drill failover         a runbook, carried out
    cloudshelf cost enhanced          what a month costs, line by line
    cloudshelf doctor enhanced        before you run pulumi up

    Each command has its own --help, with examples and exit codes.
    """
    if os.environ.get("NO_COLOR"):  # https://no-color.org
        context.color = False
    look_seldom()

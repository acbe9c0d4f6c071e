"""`cloudshelf completion`: what a shell needs to complete the command."""

import click
from click.shell_completion import get_completion_class

from cloudshelf import cli

VARIABLE = "_CLOUDSHELF_COMPLETE"
HELP = """Print a script that lets SHELL complete cloudshelf's commands, options and stacks.

\b
Examples:
  eval "$(cloudshelf completion bash)"                        # in ~/.bashrc
  eval "$(cloudshelf completion zsh)"                         # in ~/.zshrc, after compinit
  cloudshelf completion fish > ~/.config/fish/completions/cloudshelf.fish
"""


@click.command("completion", help=HELP)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    found = get_completion_class(shell)
    assert found  # noqa: S101 - click has these three
    click.echo(found(cli.main, {}, "cloudshelf", VARIABLE).source())

"""Which stack an operator's command is about: a stack file, and settings for this run only."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import click

from cloudshelf.graph import Graph
from cloudshelf.graph.stacks import ROOT, ConfigError, configured, stack_graph
from components.vendor import VendorError
from settings import Phase, Settings

OLD_OPTION = f"{__name__}.--stack"
DEFAULT_TAGS = "aws:defaultTags"
REFUSALS = (ConfigError, LookupError, ValueError, VendorError)


@dataclass(frozen=True, kw_only=True)
class ChosenStack:
    """A stack as its file has it, captured without AWS. `tags` are those the provider puts on every resource."""

    name: str
    settings: Settings
    graph: Graph
    tags: Mapping[str, str]

    @property
    def phase(self) -> Phase:
        return self.settings.phase

    @property
    def region(self) -> str:
        return self.settings.region


def choose(name: str, given: Mapping[str, str] | None = None) -> ChosenStack:
    """What is wrong with the stack or a setting ends the command in one line."""
    try:
        config = configured(name, given)
        settings = Settings.parse(name, config)
        return ChosenStack(name=name, settings=settings, graph=stack_graph(name, given), tags=_tags(config))
    except REFUSALS as problem:
        raise click.ClickException(f"stack {name}: {problem}") from None


def _tags(config: Mapping[str, str]) -> Mapping[str, str]:
    tags: Mapping[str, str] = json.loads(config.get(DEFAULT_TAGS, "{}")).get("tags", {})
    return tags


def is_stack(name: str) -> bool:
    """Whether there is a stack file of this name."""
    return (ROOT / f"Pulumi.{name}.yaml").is_file()


def complete_stack(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """The stack files' names, for a shell."""
    names = sorted(path.suffixes[0].removeprefix(".") for path in ROOT.glob("Pulumi.*.yaml"))
    return [name for name in names if name.startswith(incomplete)]


def stack_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """`STACK`, phase1 where none is named."""
    return click.argument("stack", default="phase1", callback=_named, shell_complete=complete_stack)(command)


def optional_stack_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """`[STACK]`, None where none is named; `--stack` of the release before is taken too."""
    argument = click.argument("stack", required=False, callback=_named, shell_complete=complete_stack)
    return argument(old_stack_option(command))


def old_stack_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--stack` of the release before, in place of the argument."""
    return click.option("--stack", "old_stack", hidden=True, is_eager=True, expose_value=False, callback=_remember)(
        command
    )


def _remember(context: click.Context, _parameter: click.Parameter, value: str | None) -> None:
    context.meta[OLD_OPTION] = value


def _named(context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    return context.meta.get(OLD_OPTION) or value


def settings_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--config KEY=VALUE`, as often as wanted."""
    return click.option(
        "--config",
        "given",
        multiple=True,
        metavar="KEY=VALUE",
        callback=_settings,
        help="A stack setting for this run, as natGateways=2.",
    )(command)


def _settings(_context: click.Context, _parameter: click.Parameter, texts: tuple[str, ...]) -> Mapping[str, str]:
    found = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not (key and equals):
            raise click.BadParameter(f"{text}: write KEY=VALUE, as natGateways=2")
        found[key] = value
    return found

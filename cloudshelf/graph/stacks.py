"""The project's own stacks, captured without AWS."""

from collections.abc import Mapping
from pathlib import Path

from cloudshelf.graph.capture import capture, program
from cloudshelf.graph.config import ConfigError, stack_config
from cloudshelf.graph.model import Graph
from cloudshelf.graph.provider import Provider
from components import artifact

ROOT = Path(__file__).resolve().parent.parent.parent
REGION_KEY = "aws:region"


def stack_graph(stack: str, settings: Mapping[str, str] | None = None) -> Graph:
    """A stack as its file has it, but for some settings; keys without a namespace are the program's.

    Artefacts are built of what is installed on this machine, which needs no network.
    ConfigError or the program's own SettingError for what is wrong in a setting.
    """
    config = configured(stack, settings)
    built_for = artifact.target.set(artifact.HOST)
    try:
        return capture(program(ROOT), mocks=Provider(region=config[REGION_KEY]), stack=stack, config=config)
    finally:
        artifact.target.reset(built_for)


def configured(stack: str, settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """A stack's configuration by `namespace:key`, with some settings changed."""
    given = {key if ":" in key else f"cloudshelf:{key}": value for key, value in (settings or {}).items()}
    config = {**stack_config(stack, ROOT), **given}
    if REGION_KEY not in config:
        raise ConfigError(f"{REGION_KEY} is not set. Set it with: pulumi config set {REGION_KEY} us-east-1")
    return config

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


def stack_graph(stack: str, settings: Mapping[str, str] | None = None, *, deployable: bool = False) -> Graph:
    """A stack as its file has it, but for some settings; keys without a namespace are the program's.

    Artefacts are built of what is installed on this machine, which needs no network; `deployable` ones are Lambda's.
    ConfigError or the program's own SettingError for what is wrong in a setting.
    """
    config = {**stack_config(stack, ROOT), **_qualified(settings or {})}
    built_for = artifact.target.set(artifact.LAMBDA if deployable else artifact.HOST)
    try:
        return capture(program(ROOT), mocks=Provider(region=_region(config)), stack=stack, config=config)
    finally:
        artifact.target.reset(built_for)


def _qualified(settings: Mapping[str, str]) -> dict[str, str]:
    return {key if ":" in key else f"cloudshelf:{key}": value for key, value in settings.items()}


def _region(config: Mapping[str, str]) -> str:
    if REGION_KEY not in config:
        raise ConfigError(f"{REGION_KEY} is not set: pulumi config set {REGION_KEY} us-east-1")
    return config[REGION_KEY]

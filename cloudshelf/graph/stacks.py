"""A stack's configuration, put together as the Pulumi CLI does it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from cloudshelf import yaml_file
from cloudshelf.graph.capture import capture, program
from cloudshelf.graph.model import Graph
from cloudshelf.graph.provider import Provider
from components import artifact


class ConfigError(Exception):
    """The configuration does not fit what Pulumi.yaml declares; the text names the key."""


def stack_config(stack: str, root: Path) -> dict[str, str]:
    """Every setting of a stack as text, as the program receives it: Pulumi.yaml's defaults, then the stack file."""
    project = _read(root / "Pulumi.yaml")
    path = root / f"Pulumi.{stack}.yaml"
    if not path.exists():
        stacks = sorted(p.suffixes[0].removeprefix(".") for p in root.glob("Pulumi.*.yaml"))
        raise ConfigError(f"there is no stack {stack!r}; there is {', '.join(stacks)}")
    declared = {_key(project["name"], k): v for k, v in project.get("config", {}).items()}
    values = {k: v["default"] for k, v in declared.items() if "default" in v} | (_read(path).get("config") or {})
    texts = {key: _text(key, value) for key, value in values.items()}
    for key, schema in declared.items():
        if key not in values:
            raise ConfigError(f"stack {stack} is missing configuration value {key}: {schema.get('description', '')}")
        _check(key, values[key], texts[key], schema["type"])
    return texts


def _read(path: Path) -> dict[str, Any]:
    try:
        return yaml_file.read(path) or {}
    except yaml.YAMLError as error:
        raise ConfigError(f"{path.name} is not YAML: {error}") from None


def _key(project: str, key: str) -> str:
    return key if ":" in key else f"{project}:{key}"


def _text(key: str, value: Any) -> str:
    if isinstance(value, dict) and value.keys() == {"secure"}:
        raise ConfigError(f"{key} is encrypted: only the Pulumi CLI can read it")
    return value if isinstance(value, str) else json.dumps(value)


def _check(key: str, value: Any, text: str, kind: str) -> None:
    fits = {
        "string": isinstance(value, str),
        "integer": text.removeprefix("-").isdecimal(),
        "boolean": text in ("true", "false"),
        "array": isinstance(value, list),
        "object": isinstance(value, dict),
    }
    if not fits[kind]:
        raise ConfigError(f"{key}: {text} is not of type {kind}")


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

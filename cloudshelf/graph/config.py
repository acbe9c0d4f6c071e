"""A stack's configuration, put together as the Pulumi CLI does it."""

import json
from pathlib import Path
from typing import Any

import yaml

from cloudshelf import yaml_file


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

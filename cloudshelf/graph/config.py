"""A stack's configuration, put together as the Pulumi CLI does it."""

import json
from pathlib import Path
from typing import Any

import yaml


class ConfigError(Exception):
    """The configuration does not fit what Pulumi.yaml declares; the text names the key."""


def stack_config(stack: str, root: Path) -> dict[str, str]:
    """Every setting of a stack as text, as the program receives it: Pulumi.yaml's defaults, then the stack file."""
    project = yaml.safe_load((root / "Pulumi.yaml").read_text())
    path = root / f"Pulumi.{stack}.yaml"
    if not path.exists():
        stacks = sorted(p.suffixes[0].removeprefix(".") for p in root.glob("Pulumi.*.yaml"))
        raise ConfigError(f"there is no stack {stack!r}; there is {', '.join(stacks)}")
    declared = {_key(project["name"], k): v for k, v in project.get("config", {}).items()}
    given: dict[str, Any] = (yaml.safe_load(path.read_text()) or {}).get("config", {})
    values = {k: v["default"] for k, v in declared.items() if "default" in v} | given
    for key, schema in declared.items():
        if key not in values:
            raise ConfigError(f"stack {stack} is missing configuration value {key}: {schema.get('description', '')}")
        _check(key, values[key], schema)
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in values.items()}


def _key(project: str, key: str) -> str:
    return key if ":" in key else f"{project}:{key}"


def _check(key: str, value: Any, schema: dict[str, Any]) -> None:
    text = value if isinstance(value, str) else json.dumps(value)
    fits = {
        "string": isinstance(value, str),
        "integer": text.lstrip("-").isdigit(),
        "boolean": text in ("true", "false"),
        "array": isinstance(value, list),
        "object": isinstance(value, dict),
    }
    if "type" in schema and not fits[schema["type"]]:
        raise ConfigError(f"{key}: {text} is not of type {schema['type']}")

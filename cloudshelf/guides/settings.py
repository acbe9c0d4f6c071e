"""Every setting: what it means, and what each stack file gives it."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from cloudshelf.guides.table import table

NAMESPACE = "cloudshelf:"
# How a description says that not every phase has the setting.
SOME_PHASES = re.compile(r"\s*\(([a-z0-9, ]+)\)$")


def settings(root: Path, stacks: Sequence[str]) -> str:
    described: dict[str, dict[str, Any]] = _read(root / "Pulumi.yaml")["config"]
    given = {stack: _read(root / f"Pulumi.{stack}.yaml")["config"] for stack in stacks}
    rows = [[f"`{key}`", *_row(key, told, given)] for key, told in described.items()]
    return table(["setting", "", *stacks], rows)


def _row(key: str, told: dict[str, Any], given: dict[str, dict[str, Any]]) -> list[str]:
    description = str(told["description"]).strip()
    some = SOME_PHASES.search(description)
    phases = some[1].split(", ") if some else list(given)
    values = [_value(own, key, told) if stack in phases else "\N{EN DASH}" for stack, own in given.items()]
    return [SOME_PHASES.sub("", description), *values]


def _value(given: dict[str, Any], key: str, told: dict[str, Any]) -> str:
    """A stack file's own value, or in brackets the default."""
    if f"{NAMESPACE}{key}" in given:
        return f"`{_written(given[f'{NAMESPACE}{key}'])}`"
    return f"(`{_written(told['default'])}`)" if told["default"] not in ("", []) else "none"


def _written(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"[{', '.join(value)}]" if isinstance(value, list) else str(value)


def _read(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))

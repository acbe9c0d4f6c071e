"""How much a shop is used in a month: figures by dotted path, `functions.books.requests`."""

import difflib
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import yaml

from cloudshelf import yaml_file
from cloudshelf.cost.prices import DATA

PROFILES = DATA / "usage"
LIKE, DESCRIPTION = "like", "description"


class UsageError(ValueError):
    """A usage profile is not usable; the text names the figure and what is wrong with it."""


class Usage:
    """One profile."""

    def __init__(self, name: str, figures: Mapping[str, Decimal]) -> None:
        self.name = name
        self.figures = figures

    def __call__(self, path: str) -> Decimal:
        if path not in self.figures:
            raise UsageError(f"usage {self.name} says nothing about {path}: add it to {PROFILES.name}/*.yaml")
        return self.figures[path]


def profiles() -> list[str]:
    """Those that come with CloudShelf, the smallest first."""
    return sorted((path.stem for path in PROFILES.glob("*.yaml")), key=lambda name: load(name)("api_requests"))


def load(name_or_file: str) -> Usage:
    """A profile by name, or a file of one's own, which says only what differs from the profile it is `like`."""
    path = PROFILES / f"{name_or_file}.yaml"
    if path.exists():
        return Usage(name_or_file, dict(_figures(_read(path), "")))
    path = Path(name_or_file)
    if not path.is_file():
        known = ", ".join(profiles())
        raise UsageError(f"{name_or_file} is neither a file nor a usage profile; there is {known}")
    return _own(path)


def _own(path: Path) -> Usage:
    given = _read(path)
    like = given.pop(LIKE, "")
    if like not in profiles():
        raise UsageError(f"{path}: give `like: dev`, or another of {', '.join(profiles())}, for what it leaves out")
    base = dict(_figures(_read(PROFILES / f"{like}.yaml"), ""))
    figures = dict(_figures(given, ""))
    for unknown in figures.keys() - base.keys():
        near = difflib.get_close_matches(unknown, base, 1)
        meant = f"; did you mean {near[0]}?" if near else f"; {PROFILES.name}/{like}.yaml has what there is"
        raise UsageError(f"{path}: there is no figure {unknown}{meant}")
    return Usage(path.name, {**base, **figures})


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml_file.read(path)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise UsageError(f"{path} cannot be read: {error}") from None
    if not isinstance(content, dict):
        raise UsageError(f"{path} is not a list of `figure: number`")
    content.pop(DESCRIPTION, None)
    return content


def _figures(content: Mapping[Any, Any], under: str) -> Iterator[tuple[str, Decimal]]:
    for key, value in content.items():
        path = f"{under}{key}"
        if isinstance(value, Mapping):
            yield from _figures(value, f"{path}.")
        else:
            yield path, _number(path, value)


def _number(path: str, value: Any) -> Decimal:
    try:
        number = Decimal(str(value)) if isinstance(value, (int, float, str)) and value is not True else None
    except InvalidOperation:
        number = None
    if number is None or value is False or not number.is_finite() or number < 0:
        raise UsageError(f"{path}: {value!r} is not a number from 0 up")
    return number

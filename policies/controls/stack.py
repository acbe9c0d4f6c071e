"""What a control sees: a stack's resources, whoever captured them.

Inside a policy pack nested values are proxies and numbers floats, so nothing here asks for `list` or `dict`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

PHASE1, ENHANCED, PHASE2 = PHASES = ("phase1", "enhanced", "phase2")


@dataclass(frozen=True, kw_only=True)
class Resource:
    """`sources` are, by property, the URNs of the resources its value was made from.

    `secrets` are the dotted paths of secret properties, None where the engine does not tell.
    """

    type: str
    name: str
    urn: str
    props: Mapping[str, Any]
    sources: Mapping[str, frozenset[str]] = field(default_factory=dict)
    secrets: frozenset[str] | None = None
    protected: bool = False
    deleted_first: bool = False

    def get(self, path: str, default: Any = None) -> Any:
        """The value at a dotted path, through lists by number and through JSON text; a missing one is the default."""
        value: Any = self.props
        for step in path.split("."):
            value = step_into(value, step)
            if value is None:
                return default
        return plain(value)

    def items(self, path: str) -> list[Any]:
        """A list at a path, a lone value as a list of one, a missing one as an empty list."""
        return as_list(self.get(path))


@dataclass(frozen=True, kw_only=True)
class Stack:
    """The resources of a stack. `phase` is one of PHASES; `settings` are those of its stack file that are known."""

    phase: str
    name: str
    resources: tuple[Resource, ...]
    settings: Mapping[str, str] = field(default_factory=dict)

    def of(self, *types: str) -> list[Resource]:
        return [resource for resource in self.resources if resource.type in types]

    def sources(self, resource: Resource, prop: str, *types: str) -> list[Resource]:
        """The resources of these types that a property was made from."""
        urns = resource.sources.get(prop, frozenset())
        return [other for other in self.of(*types) if other.urn in urns]

    def users(self, resource: Resource, type_: str, prop: str) -> list[Resource]:
        """The resources of a type whose property was made from this one."""
        return [other for other in self.of(type_) if resource.urn in other.sources.get(prop, frozenset())]


def step_into(value: Any, step: str) -> Any:
    """What is below a value under a key, or under a number in a list; None where there is nothing."""
    if isinstance(value, str):
        value = parsed(value)
    if isinstance(value, Mapping):
        return value.get(step)
    if is_list(value) and step.isdecimal() and int(step) < len(value):
        return value[int(step)]
    return None


def plain(value: Any) -> Any:
    """A value without proxies and without floats that are whole numbers; what is not known yet is an error."""
    if type(value) in (dict, list, str, bool, int):
        return value
    if isinstance(value, Mapping):
        return {key: plain(each) for key, each in value.items()}
    if is_list(value):
        return [plain(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


@lru_cache(maxsize=4096)
def parsed(text: str) -> Any:
    """JSON as values, None where it is not JSON."""
    try:
        return json.loads(text)
    except ValueError:
        return None


def is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes))


def as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if is_list(value) else [value]


def mappings(values: Any) -> Iterator[Mapping[str, Any]]:
    """The members of a list that have names in them."""
    return (value for value in as_list(values) if isinstance(value, Mapping))

"""Ways to break a stack, as data: each must be noticed by the control it stands beside."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .stack import Resource, Stack, is_list, parsed


class _Gone:
    def __repr__(self) -> str:
        return "GONE"


GONE = _Gone()


@dataclass(frozen=True, kw_only=True)
class Flip:
    """Another value at a path of the first resource of a type, whose name contains `name`; GONE takes it away.

    The path goes through JSON text. A property that is flipped as a whole is no longer made from other resources.
    """

    type: str
    path: str
    value: Any
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Lose:
    """The first resource of a type, whose name contains `name`, is not there."""

    type: str
    name: str = ""


@dataclass(frozen=True)
class First:
    """The first resource of a type, whose name contains `name`."""

    type: str
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class Insert:
    """One resource more. `sources` are, by property, the resource the value is made from."""

    type: str
    props: Mapping[str, Any] = field(default_factory=dict)
    sources: Mapping[str, First] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Unguard:
    """The first resource of a type, whose name contains `name`, is no longer protected, or is deleted first."""

    type: str
    name: str = ""
    deleted_first: bool = False


@dataclass(frozen=True, kw_only=True)
class Reveal:
    """A property of the first resource of a type is secret no more, or, `hidden`, is secret now."""

    type: str
    path: str
    hidden: bool = False


@dataclass(frozen=True)
class Together:
    """Resources more that are wrong only with each other."""

    inserted: tuple[Insert, ...]


Mutant = Flip | Lose | Insert | Unguard | Reveal | Together


def mutate(stack: Stack, mutant: Mutant) -> Stack | None:
    """The stack broken in that way; None where it has nothing to break."""
    if isinstance(mutant, Together):
        return replace(stack, resources=(*stack.resources, *(_inserted(stack, each) for each in mutant.inserted)))
    if isinstance(mutant, Insert):
        return replace(stack, resources=(*stack.resources, _inserted(stack, mutant)))
    target = _first(stack, First(mutant.type, getattr(mutant, "name", "")))
    if target is None:
        return None
    broken = _broken(target, mutant)
    if broken == target:
        return None
    kept = (broken if each is target else each for each in stack.resources)
    return replace(stack, resources=tuple(each for each in kept if each is not None))


def _inserted(stack: Stack, mutant: Insert) -> Resource:
    sources = {prop: _first(stack, wanted) for prop, wanted in mutant.sources.items()}
    urn = f"urn:pulumi:{stack.name}::cloudshelf::{mutant.type}::mutant"
    return Resource(type=mutant.type, name="mutant", urn=urn, props=mutant.props, sources=_urns(sources))


def _first(stack: Stack, wanted: First) -> Resource | None:
    return next((each for each in stack.of(wanted.type) if wanted.name in each.name), None)


def _urns(sources: Mapping[str, Resource | None]) -> dict[str, frozenset[str]]:
    return {prop: frozenset({source.urn}) for prop, source in sources.items() if source is not None}


def _broken(target: Resource, mutant: Mutant) -> Resource | None:
    if isinstance(mutant, Flip):
        top = mutant.path.partition(".")[0]
        sources = {prop: urns for prop, urns in target.sources.items() if prop != top or mutant.path != top}
        return replace(target, props=_set(target.props, mutant.path.split("."), mutant.value), sources=sources)
    if isinstance(mutant, Unguard):
        return replace(target, protected=False, deleted_first=mutant.deleted_first)
    if isinstance(mutant, Reveal):
        known = target.secrets or frozenset()
        return replace(target, secrets=known | {mutant.path} if mutant.hidden else known - {mutant.path})
    return None


def _set(value: Any, path: list[str], new: Any) -> Any:
    """A copy of a value with something else at a path."""
    if not path:
        return new
    step, rest = path[0], path[1:]
    if isinstance(value, str) and parsed(value) is not None:
        return json.dumps(_set(parsed(value), path, new))
    if is_list(value):
        items = list(value)
        number = int(step)
        if number == len(items):
            items.append({})
        changed = _set(items[number], rest, new)
        return items[:number] + ([] if changed is GONE else [changed]) + items[number + 1 :]
    known = dict(value) if isinstance(value, Mapping) else {}
    changed = _set(known.get(step), rest, new)
    kept = {key: each for key, each in known.items() if key != step}
    return kept if changed is GONE else {**kept, step: changed}

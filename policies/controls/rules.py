"""What checks are made of: a rule looks at one resource and says what has to be changed."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Any

from .control import Check, Violation, violation
from .stack import Resource, Stack


@dataclass(frozen=True)
class Rule:
    """`alone` is true where the rest of the stack does not matter, so that a resource is judged before it is made."""

    look: Callable[[Resource, Stack], Iterator[str]]
    alone: bool


def each(types: str | tuple[str, ...], *rules: Rule, where: Callable[[Resource], bool] = lambda _: True) -> Check:
    """Every resource of the types keeps every rule."""

    def run(stack: Stack) -> Iterator[Violation]:
        for resource in stack.of(*([types] if isinstance(types, str) else types)):
            if where(resource):
                for rule in rules:
                    yield from (violation(resource, fix) for fix in rule.look(resource, stack))

    return Check(run=run, alone=all(rule.alone for rule in rules))


def across(run: Callable[[Stack], Iterator[Violation]]) -> Check:
    """A check of the stack as a whole."""
    return Check(run=run, alone=False)


def alone(look: Callable[[Resource], Iterator[str]]) -> Rule:
    return Rule(lambda resource, _: look(resource), alone=True)


def among(look: Callable[[Resource, Stack], Iterator[str]]) -> Rule:
    return Rule(look, alone=False)


def value(path: str, fits: Callable[[Any], bool], wish: str) -> Rule:
    """The value at a path, None where there is none, fits; `wish` says what would."""

    def look(resource: Resource) -> Iterator[str]:
        found = resource.get(path)
        if not fits(found):
            yield f"{path} is {'not set' if found is None else repr(found)}: set it to {wish}"

    return alone(look)


def equals(path: str, wanted: Any) -> Rule:
    return value(path, lambda found: found == wanted, repr(wanted))


def differs(path: str, *unwanted: Any) -> Rule:
    return value(path, lambda found: found not in unwanted, "something else")


def one_of(path: str, wanted: Collection[Any]) -> Rule:
    return value(path, lambda found: found in wanted, "one of " + ", ".join(map(str, wanted)))


def between(path: str, least: float, most: float) -> Rule:
    return value(path, lambda found: found is not None and least <= float(found) <= most, f"{least} to {most}")


def starts(path: str, *prefixes: str) -> Rule:
    return value(path, lambda found: str(found).startswith(prefixes), " or ".join(f"{each}…" for each in prefixes))


def includes(path: str, *wanted: Any) -> Rule:
    def look(resource: Resource) -> Iterator[str]:
        if missing := [str(one) for one in wanted if one not in resource.items(path)]:
            yield f"{path} lacks {', '.join(missing)}: add it"

    return alone(look)


def given(path: str) -> Rule:
    return value(path, lambda found: found is not None and found not in ("", 0) and not _empty(found), "something")


def absent(path: str) -> Rule:
    def look(resource: Resource) -> Iterator[str]:
        if resource.items(path) not in ([], [""]):
            yield f"{path} is set: leave it out"

    return alone(look)


def made_from(prop: str, *types: str) -> Rule:
    """The property comes from a resource of the stack, such as its own key."""

    def look(resource: Resource, stack: Stack) -> Iterator[str]:
        if not stack.sources(resource, prop, *types):
            yield f"{prop} comes from no {' or '.join(types)} of this stack: take it from there"

    return among(look)


def accompanied(type_: str, prop: str, *rules: Rule) -> Rule:
    """Another resource of the stack is made for this one through `prop`, and keeps the rules."""

    def look(resource: Resource, stack: Stack) -> Iterator[str]:
        companions = stack.users(resource, type_, prop)
        if not companions:
            yield f"there is no {type_} for it: add one"
        for companion in companions:
            for rule in rules:
                yield from (f"{companion.name}: {fix}" for fix in rule.look(companion, stack))

    return among(look)


@alone
def protected(resource: Resource) -> Iterator[str]:
    """Pulumi refuses to delete or replace it."""
    if not resource.protected:
        yield "it is not protected: give it the option protect"


def _empty(found: Any) -> bool:
    return hasattr(found, "__len__") and len(found) == 0

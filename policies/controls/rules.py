"""What checks are made of: a rule looks at one resource and says what has to be changed."""

from collections.abc import Callable, Collection, Iterator
from typing import Any

from .control import Check, Violation, violation
from .stack import Resource, Stack

Rule = Callable[[Resource, Stack], Iterator[str]]
Where = Callable[[Resource, Stack], bool]


def each(types: str | tuple[str, ...], *rules: Rule, where: Where = lambda *_: True) -> Check:
    """Every resource of the types keeps every rule."""

    def check(stack: Stack) -> Iterator[Violation]:
        for resource in stack.of(*([types] if isinstance(types, str) else types)):
            if where(resource, stack):
                for rule in rules:
                    yield from (violation(resource, fix) for fix in rule(resource, stack))

    return check


def equals(path: str, wanted: Any) -> Rule:
    def rule(resource: Resource, _: Stack) -> Iterator[str]:
        if resource.get(path) != wanted:
            yield f"{path} is {_shown(resource, path)}: set it to {wanted!r}"

    return rule


def differs(path: str, *unwanted: Any) -> Rule:
    def rule(resource: Resource, _: Stack) -> Iterator[str]:
        if resource.get(path) in unwanted:
            yield f"{path} is {_shown(resource, path)}: set it to something else"

    return rule


def one_of(path: str, wanted: Collection[Any]) -> Rule:
    def rule(resource: Resource, _: Stack) -> Iterator[str]:
        if resource.get(path) not in wanted:
            yield f"{path} is {_shown(resource, path)}: set it to one of {', '.join(map(str, wanted))}"

    return rule


def between(path: str, least: float, most: float) -> Rule:
    def rule(resource: Resource, _: Stack) -> Iterator[str]:
        value = resource.get(path)
        if value is None or not least <= float(value) <= most:
            yield f"{path} is {_shown(resource, path)}: set it to {least} to {most}"

    return rule


def includes(path: str, *wanted: Any) -> Rule:
    def rule(resource: Resource, _: Stack) -> Iterator[str]:
        if missing := [str(each) for each in wanted if each not in resource.items(path)]:
            yield f"{path} lacks {', '.join(missing)}: add it"

    return rule


def given(path: str) -> Rule:
    def rule(resource: Resource, _: Stack) -> Iterator[str]:
        if resource.get(path) in (None, "", 0) or not resource.items(path):
            yield f"{path} is not set: set it"

    return rule


def empty(path: str) -> Rule:
    def rule(resource: Resource, _: Stack) -> Iterator[str]:
        if resource.items(path) not in ([], [""]):
            yield f"{path} is set: leave it out"

    return rule


def made_from(prop: str, *types: str) -> Rule:
    """The property comes from a resource of the stack, such as its own key."""

    def rule(resource: Resource, stack: Stack) -> Iterator[str]:
        if not stack.sources(resource, prop, *types):
            yield f"{prop} comes from no {' or '.join(types)} of this stack: take it from there"

    return rule


def accompanied(type_: str, prop: str, *rules: Rule) -> Rule:
    """Another resource of the stack is made for this one through `prop`, and keeps the rules."""

    def rule(resource: Resource, stack: Stack) -> Iterator[str]:
        companions = stack.users(resource, type_, prop)
        if not companions:
            yield f"there is no {type_} for it: add one"
        for companion in companions:
            for inner in rules:
                yield from (f"{companion.name}: {fix}" for fix in inner(companion, stack))

    return rule


def protected(resource: Resource, _: Stack) -> Iterator[str]:
    """Pulumi refuses to delete or replace it."""
    if not resource.protected:
        yield "it is not protected: give it the option protect"


def _shown(resource: Resource, path: str) -> str:
    value = resource.get(path)
    return "not set" if value is None else repr(value)

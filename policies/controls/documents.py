"""IAM policies as lists of statements, wherever a resource keeps them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from . import tokens
from .stack import Resource, Stack, as_list, mappings, step_into

POLICIES = (tokens.ROLE_POLICY, tokens.POLICY, tokens.ROLE)


@dataclass(frozen=True)
class Statement:
    """One statement, every part a list."""

    raw: Mapping[str, Any]

    @property
    def allows(self) -> bool:
        return self.raw.get("Effect") == "Allow"

    def denies_all(self, action: str) -> bool:
        """Nobody at all may do it."""
        return self.raw.get("Effect") == "Deny" and self.anybody and action in self.actions

    @property
    def actions(self) -> list[str]:
        return as_list(self.raw.get("Action")) + as_list(self.raw.get("NotAction"))

    @property
    def resources(self) -> list[str]:
        return as_list(self.raw.get("Resource")) + as_list(self.raw.get("NotResource"))

    @property
    def anybody(self) -> bool:
        principal = self.raw.get("Principal")
        return principal == "*" or (isinstance(principal, Mapping) and "*" in as_list(principal.get("AWS")))

    def principals(self, kind: str) -> list[str]:
        return as_list(step_into(self.raw.get("Principal"), kind))

    def conditions(self) -> Iterator[tuple[str, str, list[Any]]]:
        """Operator, key in lower case, values."""
        for operator, tests in (self.raw.get("Condition") or {}).items():
            for key, values in tests.items():
                yield operator, key.lower(), as_list(values)

    def conditioned_on(self, *keys: str) -> bool:
        return any(key == wanted for _, key, _ in self.conditions() for wanted in keys)


def statements(resource: Resource, path: str = "policy") -> list[Statement]:
    """The statements of a policy at a path."""
    return [Statement(raw) for raw in mappings(resource.get(f"{path}.Statement"))]


def permissions(stack: Stack) -> Iterator[tuple[Resource, Statement]]:
    """Each statement of the stack that lets, or forbids, a role do something."""
    for resource in stack.of(*POLICIES):
        paths = ["policy"]
        if resource.type == tokens.ROLE:
            paths = [f"inlinePolicies.{i}.policy" for i in range(len(resource.items("inlinePolicies")))]
        for path in paths:
            yield from ((resource, statement) for statement in statements(resource, path))

"""The decision about each resource type: made real, enforced, or accepted without effect - never silently."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cloudshelf.local.world import World

Inputs = dict[str, Any]
Made = tuple[str, dict[str, Any]]
Maker = Callable[["World", str, Inputs], Made]


class Fidelity(StrEnum):
    REAL = "real"
    ENFORCED = "enforced"
    NO_EFFECT = "no effect"


@dataclass(frozen=True)
class Decision:
    """`note` is the line of the fidelity table."""

    fidelity: Fidelity
    note: str
    make: Maker


class UndecidedResourceError(Exception):
    """The program declares a resource type nobody decided about."""

    def __init__(self, token: str, name: str) -> None:
        super().__init__(
            f"{token} ({name}): the local cloud does not know this resource type. "
            "Decide in cloudshelf/local/resources/ whether it is made real, enforced or has no effect."
        )


class Registry:
    """The decisions by type token. A token is decided once."""

    def __init__(self) -> None:
        self.decisions: dict[str, Decision] = {}

    def make(self, fidelity: Fidelity, token: str, note: str) -> Callable[[Maker], Maker]:
        """Registers the decorated maker for a resource type."""

        def register(maker: Maker) -> Maker:
            if token in self.decisions:
                raise ValueError(f"{token} is decided twice")
            self.decisions[token] = Decision(fidelity, note, maker)
            return maker

        return register

    def no_effect(self, note: str, *tokens: str) -> None:
        """Registers types that only get an id and an ARN."""
        for token in tokens:
            self.make(Fidelity.NO_EFFECT, token, note)(_only_identity)

    def decide(self, token: str, name: str) -> Decision:
        if token not in self.decisions:
            raise UndecidedResourceError(token, name)
        return self.decisions[token]


def _only_identity(world: "World", name: str, inputs: Inputs) -> Made:
    physical = str(inputs.get("name", name))
    return physical, {"name": physical, "arn": world.arn("local", physical)}


REGISTRY = Registry()

"""The decision about each resource type: made real, enforced, or accepted without effect - never silently."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cloudshelf.local.world import World

Inputs = dict[str, Any]
Made = tuple[str, dict[str, Any]]
Maker = Callable[["World", str, Inputs], Made]
# Takes the identity, the inputs as they were and as they are to be; answers with what of the outputs is another now.
Changer = Callable[["World", str, Inputs, Inputs], dict[str, Any]]
Remover = Callable[["World", str, Inputs], None]


class Fidelity(StrEnum):
    REAL = "real"
    ENFORCED = "enforced"
    NO_EFFECT = "no effect"


@dataclass(kw_only=True)
class Decision:
    """`note` is the line of the fidelity table. `fixed` are inputs that AWS changes in place and the local cloud does
    not; `change` None changes nothing in place. What made no effect needs neither to change nor to go.
    """

    fidelity: Fidelity
    note: str
    make: Maker
    change: Changer | None = None
    remove: Remover | None = None
    fixed: frozenset[str] = field(default_factory=frozenset)


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
            self.decisions[token] = Decision(fidelity=fidelity, note=note, make=maker)
            return maker

        return register

    def change(self, token: str, *, fixed: tuple[str, ...] = ()) -> Callable[[Changer], Changer]:
        """Registers how a resource of a decided type takes new inputs in place."""

        def register(changer: Changer) -> Changer:
            self.decisions[token].change, self.decisions[token].fixed = changer, frozenset(fixed)
            return changer

        return register

    def remove(self, token: str, *, remade: bool = False) -> Callable[[Remover], Remover]:
        """Registers how a resource of a decided type goes. `remade` ones change by being made anew, then removed."""

        def register(remover: Remover) -> Remover:
            decision = self.decisions[token]
            decision.remove = remover

            def remake(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
                decision.make(world, identity, new)
                remover(world, identity, old)
                return {}

            if remade:
                decision.change = remake
            return remover

        return register

    def keeps_nothing(self, *tokens: str) -> None:
        """Types whose making leaves nothing behind in this world: they change and go without anything to do."""
        for token in tokens:
            self.decisions[token].change = _nothing_changes
            self.decisions[token].remove = _nothing_goes

    def no_effect(self, note: str, *tokens: str) -> None:
        """Registers types that only get an id and an ARN."""
        for token in tokens:
            self.make(Fidelity.NO_EFFECT, token, note)(_only_identity)
        self.keeps_nothing(*tokens)

    def decide(self, token: str, name: str) -> Decision:
        if token not in self.decisions:
            raise UndecidedResourceError(token, name)
        return self.decisions[token]


def _only_identity(world: "World", name: str, inputs: Inputs) -> Made:
    physical = str(inputs.get("name", name))
    return physical, {"name": physical, "arn": world.arn("local", physical)}


def _nothing_changes(world: "World", identity: str, old: Inputs, new: Inputs) -> dict[str, Any]:
    return {}


def _nothing_goes(world: "World", identity: str, inputs: Inputs) -> None:
    pass


REGISTRY = Registry()

"""What a store of carts does, whatever it is made of."""

from collections.abc import Sequence
from typing import Protocol

import msgspec

from carts.model import Cart


class Stale(Exception):
    """The cart is no longer at the version the change was made from."""


class Change(msgspec.Struct, frozen=True):
    """A cart as it was loaded, and as it is to be. A guest's cart has an end (epoch seconds), that of the session."""

    user_id: str
    before: Cart
    after: Cart
    ends_at: int | None = None


class Carts(Protocol):
    def load(self, user_id: str) -> Cart:
        """The shopper's cart; an empty one where there is none or it has expired."""
        ...

    def save(self, changes: Sequence[Change]) -> Sequence[Cart]:
        """The carts at their new versions. All of them are changed or none: Stale when one was not as it was loaded."""
        ...

"""What a store of carts does, whatever it is made of."""

from typing import Protocol

from carts.model import Cart


class Stale(Exception):
    """The cart is no longer at the version the change was made from."""


class Carts(Protocol):
    def load(self, user_id: str) -> Cart:
        """The shopper's cart; an empty one where there is none or it has expired."""
        ...

    def save(self, user_id: str, cart: Cart) -> Cart:
        """Keeps a cart that was changed from `cart.version`, and answers with it at its new version. Stale if not."""
        ...

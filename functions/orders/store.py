"""What a store of orders does, whatever it is made of."""

from collections.abc import Sequence
from typing import Protocol

from shared.cursor import Position

from orders.model import Order
from orders.placing import Wish
from orders.pricing import Charges, Price


class Orders(Protocol):
    """A shopper's orders. Another shopper's order is as if it were not there."""

    def price(self, user_id: str, charges: Charges) -> Price:
        """What the shopper's cart costs now; EmptyCart when there is nothing in it."""
        ...

    def place(self, wish: Wish) -> Order:
        """Sells the cart: order, payment, stock and cart change together or not at all.

        The same key gives the same order again. IdempotencyMismatch for another wish under a used key; EmptyCart,
        OutOfStock, PriceChanged or PaymentDeclined when it cannot be sold so; Unavailable when it is not known to be
        done.
        """
        ...

    def get(self, user_id: str, order_id: str) -> Order | None: ...

    def page(self, user_id: str, limit: int, after: Position | None) -> tuple[Sequence[Order], Position | None]:
        """Newest first."""
        ...

    def cancel(self, user_id: str, order_id: str) -> Order | None:
        """Cancels once, returns copies to stock and money once. IllegalTransition when it has been shipped."""
        ...

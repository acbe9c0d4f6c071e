"""Placing an order: look, hold the money, sell, take the money. The same over every store.

A crash between two steps leaves money held and nothing else, or an order whose payment is still to be taken. The same
wish sent again finds either: the provider answers a wish's key with the authorisation it has, the store with the order.
"""

from contextlib import suppress
from hashlib import sha256
from typing import Generic, Protocol, TypeVar

import msgspec
from payments.port import Authorisation, Payments
from shared import clock, ids
from shared.backoff import attempts
from shared.problems import IdempotencyMismatch, Problem, Unavailable

from orders.model import AUTHORISED, CONFIRMED, ORDER_PREFIX, Order, OrderInput
from orders.pricing import Charges, Price

MOST_ATTEMPTS = 5
PATIENCE_S = 12.0


class Wish(msgspec.Struct, frozen=True):
    """Who wants what under which Idempotency-Key, and what the shop charges."""

    user_id: str
    key: str
    wanted: OrderInput
    charges: Charges

    @property
    def payment_key(self) -> str:
        """The provider's key: the same for the same wish alone, for another may be paid by other means."""
        return sha256("\0".join((self.user_id, self.key, self.wanted.fingerprint())).encode()).hexdigest()

    def check(self, fingerprint: str) -> None:
        """That an order placed under this key was this wish."""
        if fingerprint != self.wanted.fingerprint():
            raise IdempotencyMismatch("This Idempotency-Key bought something else. Use a new one for a new order.")


Cart = TypeVar("Cart")


class Seen(msgspec.Struct, Generic[Cart], frozen=True):
    """A cart as a store saw it, and what it costs."""

    cart: Cart
    price: Price


class Released(Exception):
    """The authorisation was given up by an earlier try and pays for nothing any more."""


class Seller(Protocol[Cart]):
    """What a store does for checkout."""

    def look(self, wish: Wish) -> Order | Seen[Cart]:
        """The order an earlier try placed, its debts paid, or the cart as it was when no try had placed one yet.

        IdempotencyMismatch when it was another wish; EmptyCart when there is nothing to sell.
        """
        ...

    def sell(self, wish: Wish, order: Order, cart: Cart) -> bool:
        """Whether it is sold: order, stock and debts together or nothing. False when something changed meanwhile, or
        when no reply says what became of it. Released when the order's authorisation is no more."""
        ...

    def release(self, wish: Wish, held: Authorisation) -> bool:
        """Sees to it that the authorisation pays for no order; False when it does already."""
        ...

    def settle(self, order: Order, cart: Cart) -> Order:
        """The order just sold, with its debts paid as far as could be; what is left is done by a later call."""
        ...


def place(seller: Seller[Cart], payments: Payments, wish: Wish) -> Order:
    """The order, also when an earlier try placed it. Every problem but Unavailable means that nothing was bought."""
    held: Authorisation | None = None
    for _ in attempts(MOST_ATTEMPTS, clock.monotonic() + PATIENCE_S):
        try:
            seen = seller.look(wish)
            if isinstance(seen, Order):
                return seen
            seen.price.check(wish.wanted.expected_total)
        except Unavailable:
            raise
        except Problem:
            if held is not None and seller.release(wish, held):
                _void(payments, held)
            raise
        token, currency = wish.wanted.payment_token, wish.charges.currency
        held = payments.authorise(seen.price.total, currency, token, wish.payment_key)
        order = _order(wish, seen.price, held)
        try:
            if seller.sell(wish, order, seen.cart):
                return seller.settle(order, seen.cart)
        except Released:
            _void(payments, held)
    raise Unavailable("The shop is busy. Nothing was lost: try again with the same Idempotency-Key.")


def _void(payments: Payments, held: Authorisation) -> None:
    """If the provider answers. What is held and never captured ends by itself there."""
    with suppress(Unavailable):
        payments.void(held.id)


def _order(wish: Wish, price: Price, held: Authorisation) -> Order:
    now = clock.now()
    day = now.date().isoformat()
    return Order(
        user_id=wish.user_id,
        order_id=f"{ORDER_PREFIX}{day}-{ids.ulid(now)}",
        status=CONFIRMED,
        order_date=day,
        items=price.items,
        subtotal=price.subtotal,
        tax=price.tax,
        shipping=price.shipping,
        total=price.total,
        shipping_address=msgspec.to_builtins(wish.wanted.shipping_address),
        created_at=clock.stamp(now),
        updated_at=clock.stamp(now),
        payment=AUTHORISED,
        authorisation=held.id,
    )

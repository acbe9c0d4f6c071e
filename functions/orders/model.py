"""What an order is, and where it may go."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Annotated, Any

import msgspec
from shared.address import Address
from shared.bodies import NOT_BLANK, Input
from shared.money import Total, cents
from shared.problems import IllegalTransition
from shared.reply import encode

PENDING, CONFIRMED, SHIPPED, DELIVERED, CANCELLED = "pending", "confirmed", "shipped", "delivered", "cancelled"
STATUSES = (PENDING, CONFIRMED, SHIPPED, DELIVERED, CANCELLED)
NEXT: Mapping[str, frozenset[str]] = {
    PENDING: frozenset({CONFIRMED, CANCELLED}),
    CONFIRMED: frozenset({SHIPPED, CANCELLED}),
    SHIPPED: frozenset({DELIVERED}),
    DELIVERED: frozenset(),
    CANCELLED: frozenset(),
}
# What became of an order's payment: held, taken, or given back.
AUTHORISED, CAPTURED, VOIDED = "authorised", "captured", "voided"
PAYMENTS = (AUTHORISED, CAPTURED, VOIDED)
ORDER_PREFIX = "order-"
DEFAULT_TOKEN = "tok_ok"  # noqa: S105 - the simulated provider's, which is no secret

PaymentToken = Annotated[str, msgspec.Meta(min_length=1, max_length=255, pattern=NOT_BLANK)]


class OrderInput(Input, frozen=True, forbid_unknown_fields=True):
    """A wish to buy the cart. `expected_total` is what the shopper was shown."""

    expected_total: Total
    shipping_address: Address
    payment_token: PaymentToken = DEFAULT_TOKEN

    def fingerprint(self) -> str:
        """The same for the same wish."""
        wish = [str(cents(self.expected_total)), self.shipping_address]
        # Orders placed before there were tokens are known by a fingerprint without one.
        token = [] if self.payment_token == DEFAULT_TOKEN else [self.payment_token]
        return sha256(encode([*wish, *token])).hexdigest()


class OrderItem(msgspec.Struct, frozen=True):
    """Copies of a book at the price they were sold for. `category` tells where the book was."""

    book_id: str
    category: str
    title: str
    price: Decimal
    quantity: int

    @property
    def line_total(self) -> Decimal:
        return self.price * self.quantity


class Order(msgspec.Struct, frozen=True):
    """An order. Times are UTC, `order_date` their day.

    `authorisation` is the payment provider's name of what was held for it; orders from before payments have none.
    """

    user_id: str
    order_id: str
    status: str
    order_date: str
    items: tuple[OrderItem, ...]
    subtotal: Decimal
    tax: Decimal
    shipping: Decimal
    total: Decimal
    shipping_address: dict[str, Any] | None
    created_at: str
    updated_at: str
    payment: str | None = None
    authorisation: str | None = None

    def check_move(self, status: str) -> None:
        """IllegalTransition when it cannot go there."""
        if status not in NEXT[self.status]:
            raise IllegalTransition(f"An order that is {self.status} cannot become {status}.")
        if status == SHIPPED and self.payment == VOIDED:
            raise IllegalTransition("An order whose payment was given back cannot be shipped.")


def shown(order: Order) -> dict[str, Any]:
    """An order as its owner sees it."""
    return {
        "order_id": order.order_id,
        "status": order.status,
        **({} if order.payment is None else {"payment": order.payment}),
        "order_date": order.order_date,
        "items": shown_items(order.items),
        "subtotal": order.subtotal,
        "tax": order.tax,
        "shipping": order.shipping,
        "total": order.total,
        "shipping_address": None if order.shipping_address is None else _in_order(order.shipping_address),
        "created_at": order.created_at,
        "updated_at": order.updated_at,
    }


def _in_order(address: dict[str, Any]) -> dict[str, Any]:
    """PostgreSQL does not keep the order of names; a replay answers with the same bytes."""
    return {name: address[name] for name in Address.__struct_fields__ if name in address} | address


def shown_items(items: Sequence[OrderItem]) -> list[dict[str, Any]]:
    return [
        {
            "book_id": item.book_id,
            "title": item.title,
            "price": item.price,
            "quantity": item.quantity,
            "line_total": item.line_total,
        }
        for item in items
    ]

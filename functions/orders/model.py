"""What an order is, what it costs, and where it may go."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from hashlib import sha256
from typing import Annotated, Any, Protocol

import msgspec
from carts.model import Cart, Line, total
from shared.address import Address
from shared.bodies import NOT_BLANK, Input
from shared.money import Total, cents
from shared.problems import Change, OutOfStock, PriceChanged
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
DEFAULT_TOKEN = "tok_ok"

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


class Charges(msgspec.Struct, frozen=True):
    """What the shop adds: a rate of the subtotal, and a flat fee in money."""

    tax_rate: Decimal
    shipping_fee: Decimal


class Price(msgspec.Struct, frozen=True):
    """What a cart costs now."""

    items: tuple[OrderItem, ...]
    subtotal: Decimal
    tax: Decimal
    shipping: Decimal
    total: Decimal
    changes: tuple[Change, ...]

    def check(self, expected: Decimal) -> None:
        """Raises OutOfStock or PriceChanged unless this can be sold for what the shopper expects."""
        if missing := tuple(c for c in self.changes if c.change != "price_changed"):
            titles = ", ".join(change.title for change in missing)
            raise OutOfStock(f"Not enough copies: {titles}. Change the cart and try again.", changes=missing)
        if self.total != expected:
            raise PriceChanged(
                f"The total is {self.total} now, not {cents(expected)}. Show it to the shopper and order again.",
                changes=self.changes,
            )


class Order(msgspec.Struct, frozen=True):
    """An order. Times are UTC, `order_date` their day."""

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


class Offer(Protocol):
    """What the catalogue says of a book that is to be sold."""

    @property
    def book_id(self) -> str: ...
    @property
    def category(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def price(self) -> Decimal: ...
    @property
    def stock_quantity(self) -> int: ...


def priced(cart: Cart, books: Mapping[str, Offer], charges: Charges) -> Price:
    """The cart at the catalogue's prices. Books that are gone are in `changes`, not in `items`."""
    there = [(line, books[line.book_id]) for line in cart.lines if line.book_id in books]
    items = tuple(OrderItem(b.book_id, b.category, b.title, b.price, line.quantity) for line, b in there)
    subtotal = total(item.line_total for item in items)
    tax = cents(subtotal * charges.tax_rate)
    changes = tuple(change for line in cart.lines if (change := _change(line, books.get(line.book_id))))
    whole = subtotal + tax + charges.shipping_fee
    return Price(items, subtotal, tax, charges.shipping_fee, whole, changes)


def _change(line: Line, book: Offer | None) -> Change | None:
    if book is None:
        return Change(line.book_id, line.title, "unavailable", available=0)
    if book.stock_quantity < line.quantity:
        return Change(line.book_id, book.title, "out_of_stock", available=book.stock_quantity)
    if book.price != line.price:
        return Change(line.book_id, book.title, "price_changed", old_price=line.price, new_price=book.price)
    return None


def quote(price: Price) -> dict[str, Any]:
    """A price as the API shows it."""
    return {
        "items": shown_items(price.items),
        "subtotal": price.subtotal,
        "tax": price.tax,
        "shipping": price.shipping,
        "total": price.total,
        "changes": price.changes,
    }


def shown(order: Order) -> dict[str, Any]:
    """An order as its owner sees it."""
    return {
        "order_id": order.order_id,
        "status": order.status,
        "order_date": order.order_date,
        "items": shown_items(order.items),
        "subtotal": order.subtotal,
        "tax": order.tax,
        "shipping": order.shipping,
        "total": order.total,
        "shipping_address": order.shipping_address,
        "created_at": order.created_at,
        "updated_at": order.updated_at,
    }


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

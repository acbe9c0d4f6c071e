"""What a cart costs now, and what is not as the shopper saw it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol

import msgspec
from shared.cart_rows import Line
from shared.money import ZERO, cents
from shared.problems import Change, EmptyCart, OutOfStock, PriceChanged

from orders.model import OrderItem, shown_items


class Charges(msgspec.Struct, frozen=True):
    """What the shop adds: a rate of the subtotal, and a flat fee in its currency."""

    tax_rate: Decimal
    shipping_fee: Decimal
    currency: str


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


def priced(lines: Sequence[Line], books: Mapping[str, Offer], charges: Charges) -> Price:
    """The cart at the catalogue's prices, EmptyCart for none. Books that are gone are in `changes`, not in `items`."""
    if not lines:
        raise EmptyCart("There is nothing in the cart.")
    there = [(line, books[line.book_id]) for line in lines if line.book_id in books]
    items = tuple(OrderItem(b.book_id, b.category, b.title, b.price, line.quantity) for line, b in there)
    subtotal = sum((item.line_total for item in items), ZERO)
    tax = cents(subtotal * charges.tax_rate)
    changes = tuple(change for line in lines if (change := _change(line, books.get(line.book_id))))
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

"""Checkout over two stores: order, stock, payment and debts in one statement of PostgreSQL, then the cart in DynamoDB.

A line of a cart is sold once: its state is unique among the items of all orders. So a cart that is not cleared yet, or
came back with a backup, sells nothing again.
"""

from collections.abc import Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any

import msgspec
from payments.port import Authorisation
from shared.cart_rows import CartRows, Line, revisions
from shared.postgres import Database, Violation
from shared.problems import Unavailable
from shared.reply import encode
from shared.row_ids import row_id

from orders import outbox, rows
from orders.checkout_sql import LOOK, ONCE_PAID, ONCE_SOLD, RELEASE, SELL
from orders.model import Order
from orders.outbox import SETTLE, Debt, Outbox
from orders.placing import Released, Seen, Wish
from orders.pricing import Charges, Price, priced


class Book(msgspec.Struct, frozen=True):
    """What the catalogue says of a book that is to be sold."""

    book_id: str
    category: str
    title: str
    price: Decimal
    stock_quantity: int


_books = msgspec.json.Decoder(list[Book])


class View(msgspec.Struct, frozen=True):
    """One look at everything: the order under a key and its fingerprint, what can be sold, what was before."""

    placed: Order | None
    fingerprint: str
    lines: Sequence[Line]
    books: dict[str, Book]


class PostgresCheckout:
    """Sells carts. Every look pays debts, too: the shopper's, and a few of others that are overdue."""

    def __init__(self, database: Database, carts: CartRows) -> None:
        self._database, self._carts = database, carts
        self._outbox = Outbox(database, carts)

    def price(self, user_id: str, charges: Charges) -> Price:
        view = self._view(user_id, None)
        return priced(view.lines, view.books, charges)

    def look(self, wish: Wish) -> Order | Seen[Sequence[Line]]:
        view = self._view(wish.user_id, wish.key)
        if view.placed is not None:
            wish.check(view.fingerprint)
            return view.placed
        return Seen(view.lines, priced(view.lines, view.books, wish.charges))

    def sell(self, wish: Wish, order: Order, cart: Sequence[Line]) -> bool:
        try:
            ((placed,),) = self._database.run(SELL, **_values(wish, order, cart))
        except Violation as violation:
            if violation.constraint == ONCE_PAID:
                raise Released(order.authorisation) from None
            if violation.constraint == ONCE_SOLD:
                return False
            raise
        except Unavailable:
            return False
        return bool(placed)

    def release(self, wish: Wish, held: Authorisation) -> bool:
        currency = wish.charges.currency
        ((released,),) = self._database.run(RELEASE, authorisation=held.id, amount=held.amount, currency=currency)
        return bool(released)

    def settle(self, order: Order, cart: Sequence[Line]) -> Order:
        return self._outbox.pay(Debt(SETTLE, revisions(cart), order))

    def _view(self, user_id: str, key: str | None) -> View:
        # The cart first: what a try with the same key took out of it, that try has placed by now.
        lines = self._carts.lines(user_id)
        ((placed, fingerprint, books, sold, due),) = self._database.run(
            LOOK,
            user=row_id("users", user_id),
            key=key,
            book_ids=[line.book_id for line in lines],
            cart_lines=[_cart_line(user_id, line) for line in lines],
        )
        paid = self._outbox.pay_all(outbox.from_json(due))
        gone = [line for line in lines if _cart_line(user_id, line) in (sold or ())]
        if gone and not paid:
            with suppress(Unavailable):
                self._carts.clear(user_id, revisions(gone))
        found = next(iter(rows.from_json(placed)), None)
        return View(
            placed=None if found is None else paid.get(found.order_id, found),
            fingerprint=fingerprint or "",
            lines=[line for line in lines if line not in gone],
            books={book.book_id: book for book in _books.decode(books)},
        )


def _values(wish: Wish, order: Order, cart: Sequence[Line]) -> dict[str, Any]:
    by_book = {line.book_id: line for line in cart}
    items = [
        {
            **msgspec.structs.asdict(item),
            "place": place,
            "id": row_id("order_items", f"{order.order_id}/{item.book_id}"),
            "cart_line": _cart_line(wish.user_id, by_book[item.book_id]),
        }
        for place, item in enumerate(order.items, 1)
    ]
    return {
        "items": encode(items).decode(),
        "id": row_id("orders", order.order_id),
        "order_id": order.order_id,
        "user": row_id("users", wish.user_id),
        "user_id": wish.user_id,
        "status": order.status,
        "day": order.order_date,
        "subtotal": order.subtotal,
        "tax": order.tax,
        "shipping": order.shipping,
        "total": order.total,
        "currency": wish.charges.currency,
        "address": encode(order.shipping_address).decode(),
        "now": order.created_at,
        "key": wish.key,
        "fingerprint": wish.wanted.fingerprint(),
        "authorisation": order.authorisation,
        "payment": order.payment,
        "lines": encode(revisions(cart)).decode(),
    }


def _cart_line(user_id: str, line: Line) -> str:
    """A state of a line that never comes back once it has changed."""
    return f"{user_id}/{line.book_id}/{line.revision}"

"""Checkout as it is usually written: a transaction that locks the books in order, then a statement for each step."""

from collections.abc import Sequence
from typing import Any

import msgspec
from orders.model import Order
from orders.placing import Wish
from shared.cart_rows import Line
from shared.postgres import Database, Session
from shared.reply import encode
from shared.row_ids import row_id

LOCK = "SELECT id, book_id, stock_quantity, price FROM books WHERE book_id = ANY(:book_ids) ORDER BY id FOR UPDATE"
TAKE = """UPDATE books SET stock_quantity = stock_quantity - :quantity, popularity = popularity + :quantity
    WHERE id = :id"""
SHOPPER = "INSERT INTO users (id, user_id) VALUES (:user, :user_id) ON CONFLICT DO NOTHING"
ORDER = """INSERT INTO orders (id, order_id, user_id, status, order_date, subtotal, tax_amount, shipping_amount,
        total_amount, currency, shipping_address, created_at, updated_at, idempotency_key, fingerprint)
    VALUES (:id, :order_id, :user, :status, :day, :subtotal, 0, 0, :subtotal, 'USD', :address, :now, :now, :key, :fp)"""
ITEM = """INSERT INTO order_items (id, order_id, book_id, public_book_id, place, category, title, price, quantity,
        cart_line) VALUES (:id, :order, :book, :book_id, :place, :category, :title, :price, :quantity, :cart_line)"""
PAYMENT = """INSERT INTO payments (authorisation, order_id, amount, currency, status, created_at, updated_at)
    VALUES (:authorisation, :order, :amount, 'USD', 'authorised', :now, :now)"""
DUE = "INSERT INTO outbox (order_id, task, user_id, lines) VALUES (:order, 'settle', :user, :lines)"


def sell(database: Database, order: Order, wish: Wish, cart: Sequence[Line]) -> None:
    """Leaves the same rows as the shop's own sale."""
    database.transaction(lambda session: _sell(session, order, wish, cart))


def _sell(session: Session, order: Order, wish: Wish, cart: Sequence[Line]) -> None:
    held = {row[1]: row for row in session.run(LOCK, book_ids=[line.book_id for line in cart])}
    for line in cart:
        _, _, stock, price = held[line.book_id]
        if stock < line.quantity or price != line.price:
            raise AssertionError(f"{line.book_id} cannot be sold")
        session.run(TAKE, id=held[line.book_id][0], quantity=line.quantity)
    values = _keys(order, wish)
    session.run(SHOPPER, user=values["user"], user_id=wish.user_id)
    session.run(ORDER, **values)
    for place, line in enumerate(cart, 1):
        session.run(ITEM, **_item(values["id"], order, place, line, held[line.book_id][0]))
    session.run(
        PAYMENT, authorisation=order.authorisation, order=values["id"], amount=order.total, now=order.created_at
    )
    session.run(DUE, order=values["id"], user=values["user"], lines=encode({}).decode())


def _keys(order: Order, wish: Wish) -> dict[str, Any]:
    return {
        "id": row_id("orders", order.order_id),
        "order_id": order.order_id,
        "user": row_id("users", wish.user_id),
        "status": order.status,
        "day": order.order_date,
        "subtotal": order.subtotal,
        "address": encode(order.shipping_address).decode(),
        "now": order.created_at,
        "key": wish.key,
        "fp": wish.wanted.fingerprint(),
    }


def _item(order_row: Any, order: Order, place: int, line: Line, book: Any) -> dict[str, Any]:
    return {
        "id": row_id("order_items", f"{order.order_id}/{line.book_id}"),
        "order": order_row,
        "book": book,
        "place": place,
        "cart_line": f"{order.user_id}/{line.book_id}/{line.revision}",
        **{name: msgspec.structs.asdict(line)[name] for name in ("book_id", "category", "title", "price", "quantity")},
    }

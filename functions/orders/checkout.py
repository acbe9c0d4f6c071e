"""Checkout in DynamoDB: one transaction over idempotency row, order, stock and cart."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import msgspec
from books.lookup import BookLookup
from carts.dynamo import from_item as cart_from_item
from carts.dynamo import key as cart_key
from carts.model import Cart
from shared import clock, ids
from shared.backoff import attempts
from shared.dynamo import Item, Table, TransactionCancelled, transact
from shared.problems import EmptyCart, IdempotencyMismatch, Problem, Unavailable

from orders.items import IDEMPOTENCY_PREFIX, ORDER_PREFIX, from_item, key, to_item
from orders.model import CONFIRMED, Charges, Order, OrderInput, Price, priced

MOST_ATTEMPTS = 5
PATIENCE_S = 12.0
NEW = "attribute_not_exists(order_id)"
SOLD = "SET stock_quantity = stock_quantity - :quantity"
CAN_BE_SOLD = "stock_quantity >= :quantity AND price = :price"
EMPTIED = "SET #items = :none, item_count = :zero, total_amount = :zero, version = version + :one, updated_at = :now"


class Checkout:
    """Sells carts."""

    def __init__(self, orders: Table, carts: Table, books: Table) -> None:
        self._orders, self._carts, self._books = orders, carts, books
        self._lookup = BookLookup(books)

    def price(self, user_id: str, charges: Charges) -> tuple[Cart, Price]:
        """The cart and what it costs now; EmptyCart when there is nothing in it."""
        cart = cart_from_item(self._carts.get(cart_key(user_id)))
        if not cart.lines:
            raise EmptyCart("There is nothing in the cart.")
        books = self._lookup.current({line.book_id: line.category for line in cart.lines})
        return cart, priced(cart, books, charges)

    def place(self, user_id: str, idempotency_key: str, wanted: OrderInput, charges: Charges) -> Order:
        row = _idempotency_row(user_id, idempotency_key, wanted)
        for _ in attempts(MOST_ATTEMPTS, clock.monotonic() + PATIENCE_S):
            if (placed := self._placed(row)) is not None:
                return placed
            try:
                cart, price = self.price(user_id, charges)
                price.check(wanted.expected_total)
            except Problem:
                # The same wish, sent twice at once, may have emptied the cart between the two looks.
                if (placed := self._placed(row)) is not None:
                    return placed
                raise
            order = _order(user_id, price, wanted)
            if self._sell(row, order, cart):
                return order
        raise Unavailable("The shop is busy. Nothing was bought: try again with the same Idempotency-Key.")

    def _placed(self, row: Item) -> Order | None:
        """The order an earlier try with this key placed; IdempotencyMismatch when it was another wish."""
        found = self._orders.get(key(row["user_id"], row["order_id"]))
        if found is None:
            return None
        if found["fingerprint"] != row["fingerprint"]:
            raise IdempotencyMismatch("This Idempotency-Key bought something else. Use a new one for a new order.")
        order = self._orders.get(key(row["user_id"], found["placed_order_id"]))
        return None if order is None else from_item(order)

    def _sell(self, row: Item, order: Order, cart: Cart) -> bool:
        """Whether it is done. False when something changed meanwhile, or when no reply says what became of it."""
        actions: list[Mapping[str, Any]] = [
            {"Put": self._orders.put_action({**row, "placed_order_id": order.order_id}, condition=NEW)},
            {"Put": self._orders.put_action(to_item(order), condition=NEW)},
            {"Update": self._empty_cart(order, cart)},
            *[{"Update": self._take_from_stock(item)} for item in order.items],
        ]
        try:
            transact(actions, token=sha256(order.order_id.encode()).hexdigest()[:36])
        except (TransactionCancelled, Unavailable):
            return False
        return True

    def _empty_cart(self, order: Order, cart: Cart) -> Item:
        values = {":none": [], ":zero": 0, ":one": 1, ":now": order.created_at, ":version": cart.version}
        action = self._carts.update_action(
            cart_key(order.user_id), EMPTIED, condition="version = :version", values=values
        )
        return {**action, "ExpressionAttributeNames": {"#items": "items"}}

    def _take_from_stock(self, item: Any) -> Item:
        return self._books.update_action(
            {"category": item.category, "book_id": item.book_id},
            SOLD,
            condition=CAN_BE_SOLD,
            values={":quantity": item.quantity, ":price": item.price},
        )


def _idempotency_row(user_id: str, idempotency_key: str, wanted: OrderInput) -> Item:
    """Without a date, so that it is in no index; kept for ever, so that a key never buys twice."""
    return {
        "user_id": user_id,
        "order_id": IDEMPOTENCY_PREFIX + idempotency_key,
        "fingerprint": wanted.fingerprint(),
        "created_at": clock.stamp(clock.now()),
    }


def _order(user_id: str, price: Price, wanted: OrderInput) -> Order:
    now = clock.now()
    day = now.date().isoformat()
    return Order(
        user_id=user_id,
        order_id=f"{ORDER_PREFIX}{day}-{ids.ulid(now)}",
        status=CONFIRMED,
        order_date=day,
        items=price.items,
        subtotal=price.subtotal,
        tax=price.tax,
        shipping=price.shipping,
        total=price.total,
        shipping_address=msgspec.to_builtins(wanted.shipping_address),
        created_at=clock.stamp(now),
        updated_at=clock.stamp(now),
    )

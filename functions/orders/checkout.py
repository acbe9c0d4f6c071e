"""Checkout in DynamoDB: one transaction over idempotency row, order, stock and cart."""

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import msgspec
from books.lookup import BookLookup
from payments.port import Authorisation
from shared.cart_document import key as cart_key
from shared.cart_document import lines_of
from shared.cart_rows import Line
from shared.dynamo import ConditionFailed, Item, Table, TransactionCancelled, transact
from shared.problems import Unavailable

from orders.items import IDEMPOTENCY_PREFIX, from_item, key, to_item
from orders.model import Order, OrderItem
from orders.placing import Released, Seen, Wish
from orders.pricing import Charges, Price, priced
from orders.settlement import Settlement

NEW = "attribute_not_exists(order_id)"
FIRST = "attribute_not_exists(placed_order_id) AND NOT contains(released, :authorisation)"
RELEASE = "ADD released :authorisation"
NOT_PLACED = "attribute_not_exists(placed_order_id)"
SOLD = "SET stock_quantity = stock_quantity - :quantity"
CAN_BE_SOLD = "stock_quantity >= :quantity AND price = :price"
EMPTIED = "SET #items = :none, item_count = :zero, total_amount = :zero, version = version + :one, updated_at = :now"
CONDITION_FAILED = "ConditionalCheckFailed"


class Document(msgspec.Struct, frozen=True):
    """A cart at a version."""

    lines: Sequence[Line] = ()
    version: int = 0


class Checkout:
    """Sells carts."""

    def __init__(self, orders: Table, carts: Table, books: Table) -> None:
        self._orders, self._carts, self._books = orders, carts, books
        self._lookup = BookLookup(books)
        self._settlement = Settlement(orders)

    def price(self, user_id: str, charges: Charges) -> Price:
        cart = self._cart(user_id)
        return priced(cart.lines, self._lookup.current({line.book_id: line.category for line in cart.lines}), charges)

    def look(self, wish: Wish) -> Order | Seen[Document]:
        # A try that empties the cart or takes the last copy after this has left its row by the time that is read.
        cart = self._cart(wish.user_id)
        books = self._lookup.current({line.book_id: line.category for line in cart.lines})
        if (placed := self._placed(wish)) is not None:
            return self._settlement.settled(placed)
        return Seen(cart, priced(cart.lines, books, wish.charges))

    def sell(self, wish: Wish, order: Order, cart: Document) -> bool:
        # Kept for ever, so that a key never buys twice; without a date, so that it is in no index.
        row = {
            **_row_key(wish),
            "fingerprint": wish.wanted.fingerprint(),
            "created_at": order.created_at,
            "placed_order_id": order.order_id,
        }
        actions: list[Mapping[str, Any]] = [
            {"Put": self._orders.put_action(row, condition=FIRST, values={":authorisation": order.authorisation})},
            {"Put": self._orders.put_action(to_item(order), condition=NEW)},
            {"Update": self._empty_cart(order, cart)},
            *[{"Update": self._take_from_stock(item)} for item in order.items],
        ]
        try:
            transact(actions, token=sha256(order.order_id.encode()).hexdigest()[:36])
        except TransactionCancelled as cancelled:
            if cancelled.reasons[0] == CONDITION_FAILED and self._is_released(wish, order):
                raise Released(order.authorisation) from None
            return False
        except Unavailable:
            return False
        return True

    def release(self, wish: Wish, held: Authorisation) -> bool:
        try:
            values = {":authorisation": {held.id}}
            self._orders.update(_row_key(wish), RELEASE, condition=NOT_PLACED, values=values)
        except ConditionFailed:
            return False
        return True

    def settle(self, order: Order, cart: Document) -> Order:  # noqa: ARG002 - the cart was emptied with the sale
        return self._settlement.settled(order)

    def _cart(self, user_id: str) -> Document:
        item = self._carts.get(cart_key(user_id))
        return Document() if item is None else Document(lines_of(item), int(item["version"]))

    def _placed(self, wish: Wish) -> Order | None:
        row = self._orders.get(_row_key(wish)) or {}
        if "placed_order_id" not in row:
            return None
        wish.check(row["fingerprint"])
        item = self._orders.get(key(wish.user_id, row["placed_order_id"]))
        return None if item is None else from_item(item)

    def _is_released(self, wish: Wish, order: Order) -> bool:
        row = self._orders.get(_row_key(wish)) or {}
        return order.authorisation in row.get("released", ())

    def _empty_cart(self, order: Order, cart: Document) -> Item:
        values = {":none": [], ":zero": 0, ":one": 1, ":now": order.updated_at, ":version": cart.version}
        action = self._carts.update_action(
            cart_key(order.user_id), EMPTIED, condition="version = :version", values=values
        )
        return {**action, "ExpressionAttributeNames": {"#items": "items"}}

    def _take_from_stock(self, item: OrderItem) -> Item:
        return self._books.update_action(
            {"category": item.category, "book_id": item.book_id},
            SOLD,
            condition=CAN_BE_SOLD,
            values={":quantity": item.quantity, ":price": item.price},
        )


def _row_key(wish: Wish) -> Item:
    return key(wish.user_id, IDEMPOTENCY_PREFIX + wish.key)

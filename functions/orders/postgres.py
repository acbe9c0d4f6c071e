"""Orders in PostgreSQL."""

from collections.abc import Sequence

from books.places import positions, text
from payments.provider import provider
from shared.cart_rows import CartRows
from shared.cursor import Position
from shared.postgres import Database
from shared.row_ids import row_id

from orders.model import CANCELLED, Order
from orders.outbox import Outbox
from orders.payment import is_owed
from orders.placing import Wish, place
from orders.postgres_checkout import PostgresCheckout
from orders.postgres_transitions import PostgresTransitions
from orders.pricing import Charges, Price
from orders.rows import COLUMNS, ORDERS, as_json, from_json

PAGE = as_json(
    f"""SELECT {COLUMNS} FROM {ORDERS} WHERE user_id = :user AND (:after::text IS NULL OR orders.order_id < :after)
        ORDER BY orders.order_id DESC LIMIT :most"""  # noqa: S608 - no input in it
)


class PostgresOrders:
    """A shopper's orders, and carts in DynamoDB to sell."""

    def __init__(self, database: Database, carts: CartRows) -> None:
        self._database = database
        self._outbox = Outbox(database, carts)
        self._checkout = PostgresCheckout(database, carts)
        self._transitions = PostgresTransitions(database, self._outbox)

    def price(self, user_id: str, charges: Charges) -> Price:
        return self._checkout.price(user_id, charges)

    def place(self, wish: Wish) -> Order:
        return place(self._checkout, provider(), wish)

    def get(self, user_id: str, order_id: str) -> Order | None:
        order = self._transitions.get(order_id, user_id)
        if order is not None and is_owed(order):
            self._outbox.pay_all(self._outbox.of_shopper(user_id))
            return self._transitions.get(order_id, user_id)
        return order

    def page(self, user_id: str, limit: int, after: Position | None) -> tuple[Sequence[Order], Position | None]:
        place = positions(after=(text, str(after[0])))["after"] if after else None
        found = self._page(user_id, limit, place)
        if any(is_owed(order) for order in found):
            self._outbox.pay_all(self._outbox.of_shopper(user_id))
            found = self._page(user_id, limit, place)
        shown = found[:limit]
        return shown, (shown[-1].order_id,) if len(found) > limit else None

    def cancel(self, user_id: str, order_id: str) -> Order | None:
        return self._transitions.move(order_id, CANCELLED, user_id)

    def _page(self, user_id: str, limit: int, after: str | None) -> list[Order]:
        found = self._database.run(PAGE, user=row_id("users", user_id), after=after, most=limit + 1)
        return from_json(found[0][0])

"""Orders in PostgreSQL."""

from collections.abc import Sequence

from books.places import positions, text
from payments.provider import provider
from shared.cart_rows import CartRows
from shared.cursor import Position
from shared.postgres import Database
from shared.row_ids import row_id

from orders import outbox
from orders.model import CANCELLED, Order
from orders.outbox import DUE_OF_SHOPPER, Outbox
from orders.placing import Wish, place
from orders.postgres_checkout import PostgresCheckout
from orders.postgres_transitions import PostgresTransitions
from orders.pricing import Charges, Price
from orders.rows import COLUMNS, ORDERS, as_json, from_json

LISTED = as_json(
    f"""SELECT {COLUMNS} FROM {ORDERS} WHERE user_id = :user AND (:after::text IS NULL OR orders.order_id < :after)
        ORDER BY orders.order_id DESC LIMIT :most"""  # noqa: S608 - no input in it
)
PAGE = f"SELECT ({LISTED}), ({DUE_OF_SHOPPER})"


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
        return None if order is None else self._outbox.settled(order)

    def page(self, user_id: str, limit: int, after: Position | None) -> tuple[Sequence[Order], Position | None]:
        place = positions(after=(text, str(after[0])))["after"] if after else None
        ((listed, due),) = self._database.run(PAGE, user=row_id("users", user_id), after=place, most=limit + 1)
        paid = self._outbox.pay_all(outbox.from_json(due))
        found = from_json(listed)
        shown = [paid.get(order.order_id, order) for order in found[:limit]]
        return shown, (shown[-1].order_id,) if len(found) > limit else None

    def cancel(self, user_id: str, order_id: str) -> Order | None:
        return self._transitions.move(order_id, CANCELLED, user_id)

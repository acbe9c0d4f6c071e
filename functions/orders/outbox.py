"""What orders in PostgreSQL owe other systems, and paying it: the payment's provider, and the cart in DynamoDB.

A debt is a row of the outbox, written with what made it due. Paying is the same done twice, and the row goes last, so
whoever finds a row pays it, however often it was begun.
"""

from collections.abc import Iterable, Sequence

import msgspec
from payments.provider import provider
from shared import clock
from shared.cart_rows import CartRows
from shared.observability import logger
from shared.postgres import Database
from shared.problems import Unavailable
from shared.row_ids import row_id

from orders.model import CANCELLED, Order
from orders.payment import settle
from orders.rows import COLUMNS, ORDERS

SETTLE, VOID = "settle", "void"
DUE = f"""SELECT outbox.task, outbox.lines, (SELECT row_to_json(found) FROM (
        SELECT {COLUMNS} FROM {ORDERS} WHERE orders.id = outbox.order_id) AS found) AS order
    FROM outbox"""  # noqa: S608 - no input in it
DUE_OF_SHOPPER = f"""SELECT coalesce(json_agg(due), '[]')::text
    FROM ({DUE} WHERE user_id = :user ORDER BY created_at, order_id, task) AS due"""  # noqa: S608 - no input in it
# What was voided stays so, whoever is late with what they saw before.
PAID = """WITH noted AS (
        UPDATE payments SET status = :payment, updated_at = :now
        WHERE order_id = :order_id AND status <> 'voided' AND status <> :payment
    ) DELETE FROM outbox WHERE order_id = :order_id AND task = ANY(:tasks)"""


class Debt(msgspec.Struct, frozen=True):
    """A row of the outbox. `lines` are revisions by book id, as the cart had them when they were sold."""

    task: str
    lines: dict[str, str]
    order: Order


_decoder = msgspec.json.Decoder(list[Debt])


def from_json(text: str) -> list[Debt]:
    return _decoder.decode(text)


class Outbox:
    """Pays debts. Without carts, as in the back office, those alone that concern the payment."""

    def __init__(self, database: Database, carts: CartRows | None = None) -> None:
        self._database, self._carts = database, carts

    def pay_all(self, debts: Iterable[Debt]) -> dict[str, Order]:
        """The orders afterwards, by id."""
        return {debt.order.order_id: self.pay(debt) for debt in debts}

    def pay(self, debt: Debt) -> Order:
        """The order afterwards. What does not answer now is tried again by a later call."""
        tasks = [VOID] if debt.order.status == CANCELLED else []
        try:
            if debt.task == SETTLE and self._carts is not None:
                self._carts.clear(debt.order.user_id, debt.lines)
                tasks.append(SETTLE)
        except Unavailable:
            logger().warning("cart not cleared", order_id=debt.order.order_id)
        return self._settled(debt.order, tasks)

    def settled(self, order: Order) -> Order:
        """The order with its payment as it should be, if the provider answers."""
        return self._settled(order, [VOID] if order.status == CANCELLED else [])

    def _settled(self, order: Order, tasks: Sequence[str]) -> Order:
        payment = settle(provider(), order)
        if payment is None or (payment == order.payment and not tasks):
            return order
        order_id, now = row_id("orders", order.order_id), clock.stamp(clock.now())
        try:
            self._database.run(PAID, order_id=order_id, payment=payment, now=now, tasks=list(tasks))
        except Unavailable:
            return order
        return msgspec.structs.replace(order, payment=payment)

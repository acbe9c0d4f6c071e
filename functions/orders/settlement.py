"""Payments of orders in DynamoDB: their state is in the order itself."""

from collections.abc import Iterable

import msgspec
from payments.provider import provider
from shared.dynamo import ConditionFailed, Table
from shared.problems import Unavailable

from orders.items import key
from orders.model import VOIDED, Order
from orders.payment import is_owed, settle

# What was voided stays so, whoever is late with what they saw before.
NOTE = "SET payment = :payment"
NOT_VOIDED = "payment <> :voided"


class Settlement:
    """Nothing but the order says what is owed, so whoever comes upon it may pay it."""

    def __init__(self, orders: Table) -> None:
        self._orders = orders

    def settled(self, order: Order) -> Order:
        """The order with its payment as it should be, or as it is while provider or table do not answer."""
        if not is_owed(order) or (payment := settle(provider(), order)) is None:
            return order
        values = {":payment": payment, ":voided": VOIDED}
        try:
            self._orders.update(key(order.user_id, order.order_id), NOTE, condition=NOT_VOIDED, values=values)
        except ConditionFailed:
            payment = VOIDED
        except Unavailable:
            return order
        return msgspec.structs.replace(order, payment=payment)

    def all_settled(self, orders: Iterable[Order]) -> list[Order]:
        """Each of them, until the provider does not answer; that is not asked again for every order of a page."""
        found: list[Order] = []
        answers = True
        for order in orders:
            found.append(self.settled(order) if answers else order)
            answers = answers and not is_owed(found[-1])
        return found

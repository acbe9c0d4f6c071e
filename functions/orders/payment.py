"""What an order owes its payment: to take the money while it stands, to give it back once it is cancelled."""

from payments.port import Payments, Voided
from shared.observability import logger
from shared.problems import Unavailable

from orders.model import AUTHORISED, CANCELLED, CAPTURED, SHIPPED, VOIDED, Order


def is_owed(order: Order) -> bool:
    """Whether the provider is still to be told what became of the order."""
    if order.status == CANCELLED:
        return order.payment in (AUTHORISED, CAPTURED)
    return order.payment == AUTHORISED


def settle(payments: Payments, order: Order) -> str | None:
    """Does what is owed and answers with the state of the payment then; None when the provider does not answer.

    It may be done twice or by two at once, also by one who does not know yet that the order was cancelled: what was
    voided stays so.
    """
    if not is_owed(order):
        return order.payment
    authorisation = order.authorisation or ""
    try:
        if order.status == CANCELLED:
            payments.void(authorisation)
            return VOIDED
        payments.capture(authorisation)
    except Voided:
        logger().warning("voided", order_id=order.order_id)
        return VOIDED
    except Unavailable:
        logger().warning("unsettled", order_id=order.order_id, status=order.status)
        return None
    return CAPTURED


def check_paid(order: Order, status: str) -> None:
    """Nothing is shipped that is not paid; Unavailable while the money is not taken."""
    if status == SHIPPED and order.payment == AUTHORISED:
        raise Unavailable("The payment provider did not confirm this order's payment. Try again in a moment.")

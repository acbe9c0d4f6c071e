"""Lambda entry point of checkout and orders."""

import os
from functools import cache

from books.model import DEFAULT_LIMIT
from shared import cursor, settings
from shared.api import Api
from shared.money import cents
from shared.observability import count
from shared.problems import InvalidRequest, NotFound
from shared.reply import Reply
from shared.request import Request

from orders.model import Order, OrderInput, shown
from orders.placing import Wish
from orders.pricing import Charges, quote
from orders.store import Orders

KEY_HEADER = "Idempotency-Key"

api = Api("orders")


@cache
def orders() -> Orders:
    if "DATABASE_HOST" in os.environ:
        from shared.cart_rows import own_rows
        from shared.postgres import database

        from orders.postgres import PostgresOrders

        return PostgresOrders(database(), own_rows())
    from shared.dynamo import Table

    from orders.dynamo import DynamoOrders

    return DynamoOrders(*(Table(settings.table(name)) for name in ("orders", "carts", "books")))


@cache
def charges() -> Charges:
    return Charges(settings.tax_rate(), cents(settings.shipping_fee()), settings.currency())


@api.operation("quoteCheckout")
def quote_checkout(request: Request) -> Reply:
    return Reply(quote(orders().price(request.caller.user_id, charges())))


@api.operation("createOrder")
def create_order(request: Request) -> Reply:
    key = request.headers[KEY_HEADER]
    if not (key.isascii() and key.isprintable()):
        fault = f"{KEY_HEADER}: must be printable ASCII"
        raise InvalidRequest(f"A parameter is wrong: {fault}", errors=(fault,))
    order = orders().place(Wish(request.caller.user_id, key, request.body(OrderInput), charges()))
    count("OrdersAnswered")
    return Reply(shown(order), 201)


@api.operation("listOrders")
def list_orders(request: Request) -> Reply:
    question = ["orders", request.caller.user_id]
    after = cursor.decode(question, request.query.get("cursor"))
    found, position = orders().page(request.caller.user_id, request.query.get("limit", DEFAULT_LIMIT), after)
    return Reply({"orders": [shown(each) for each in found], "next_cursor": cursor.encode(question, position)})


@api.operation("getOrder")
def get_order(request: Request) -> Reply:
    return Reply(shown(_found(request, orders().get(request.caller.user_id, request.path["order_id"]))))


@api.operation("cancelOrder")
def cancel_order(request: Request) -> Reply:
    return Reply(shown(_found(request, orders().cancel(request.caller.user_id, request.path["order_id"]))))


def _found(request: Request, order: Order | None) -> Order:
    if order is None:
        raise NotFound(f"You have no order {request.path['order_id']}.")
    return order


lambda_handler = api.lambda_handler()

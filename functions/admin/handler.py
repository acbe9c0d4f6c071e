"""Lambda entry point of the back office. The contract lets in members of the group admin only."""

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from books.model import DEFAULT_LIMIT
from orders.model import Order, shown
from shared import cursor, settings
from shared.api import Api
from shared.problems import NotFound, NotSupported
from shared.reply import Reply
from shared.request import Request

from admin.model import (
    MOST_DAYS_OF_ORDERS,
    MOST_DAYS_OF_SALES,
    BookInput,
    NewBook,
    StatusChange,
    StockChange,
    period,
)
from admin.store import AllOrders, Catalogue

if TYPE_CHECKING:
    from admin.reports import Reports

LOW_STOCK = "low-stock"

api = Api("admin")


@cache
def catalogue() -> Catalogue:
    if _has_postgres():
        from shared.postgres import database

        from admin.postgres_catalogue import PostgresCatalogue

        return PostgresCatalogue(database())
    from shared.dynamo import Table

    from admin.catalogue import DynamoCatalogue

    return DynamoCatalogue(Table(settings.table("books")))


@cache
def orders() -> AllOrders:
    if _has_postgres():
        from shared.postgres import database

        from admin.postgres_orders import PostgresAllOrders

        return PostgresAllOrders(database())
    from shared.dynamo import Table

    from admin.orders import DynamoAllOrders

    return DynamoAllOrders(Table(settings.table("orders")), Table(settings.table("books")))


@cache
def reports() -> "Reports":
    if not _has_postgres():
        raise NotSupported("Reports need SQL, and this phase has none. The enhanced phase and phase2 have them.")
    from shared.postgres import database

    from admin.reports import Reports

    return Reports(database())


def _has_postgres() -> bool:
    return "DATABASE_HOST" in os.environ


@api.operation("createBook")
def create_book(request: Request) -> Reply:
    wanted = request.body(NewBook)
    return Reply(catalogue().create(wanted.book(wanted.book_id)), 201)


@api.operation("putBook")
def put_book(request: Request) -> Reply:
    book, created = catalogue().put(request.body(BookInput).book(request.path["book_id"]))
    return Reply(book, 201 if created else 200)


@api.operation("deleteBook")
def delete_book(request: Request) -> Reply:
    catalogue().delete(request.path["book_id"])
    return Reply(None, 204)


@api.operation("changeStock")
def change_stock(request: Request) -> Reply:
    book_id, change = request.path["book_id"], request.body(StockChange)
    expected = change.expected if isinstance(change.expected, int) else None
    if (book := catalogue().change_stock(book_id, change.delta, expected)) is None:
        raise NotFound(f"There is no book {book_id}.")
    return Reply(book)


@api.operation("listAllOrders")
def list_all_orders(request: Request) -> Reply:
    days, status = period(request.query, MOST_DAYS_OF_ORDERS), request.query.get("status")
    limit = request.query.get("limit", DEFAULT_LIMIT)
    question = ["all-orders", days, status]
    found, position = orders().page(days, status, limit, cursor.decode(question, request.query.get("cursor")))
    return Reply({"orders": [_shown(each) for each in found], "next_cursor": cursor.encode(question, position)})


@api.operation("getAnyOrder")
def get_any_order(request: Request) -> Reply:
    return Reply(_shown(_found(request, orders().get(request.path["order_id"]))))


@api.operation("updateOrderStatus")
def update_order_status(request: Request) -> Reply:
    status = request.body(StatusChange).status
    return Reply(_shown(_found(request, orders().move(request.path["order_id"], status))))


@api.operation("getReport")
def get_report(request: Request) -> Reply:
    name, limit = request.path["report"], request.query.get("limit", DEFAULT_LIMIT)
    found = reports()
    days = period(request.query, MOST_DAYS_OF_SALES)
    if name == LOW_STOCK:
        return Reply({"report": name, "from": None, "to": None, "rows": found.low_stock(limit)})
    return Reply({"report": name, "from": days.first, "to": days.last, "rows": found.sales(name, days, limit)})


def _found(request: Request, order: Order | None) -> Order:
    if order is None:
        raise NotFound(f"There is no order {request.path['order_id']}.")
    return order


def _shown(order: Order) -> dict[str, Any]:
    return {"user_id": order.user_id, **shown(order)}


lambda_handler = api.lambda_handler()

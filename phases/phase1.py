"""Phase 1: serverless. DynamoDB for everything, five functions, no VPC."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.account import Account
from components.cart_store import CartStore, CartStoreArgs, Layout
from components.document_store import (
    BOOK_ID_INDEX,
    ORDER_DATE_INDEX,
    TITLE_INDEX,
    DocumentStore,
    DocumentStoreArgs,
)
from components.identity import Identity, IdentityArgs
from components.service_function import ServiceFunction
from phases.functions import Functions, shop_variables
from phases.shop import api_args, monitor, open_edge, outputs
from settings import Settings


def build(settings: Settings) -> Mapping[str, pulumi.Input[str]]:
    """Declares the stack and answers with its outputs."""
    prefix = f"cloudshelf-{settings.stack}"
    account = Account(id=aws.get_caller_identity_output().account_id, region=settings.region)
    leaving = settings.migration.leaving
    documents = DocumentStore(
        "documents", DocumentStoreArgs(prefix=prefix, streamed=leaving, protect=settings.protect_data)
    )
    cart_store = CartStore(
        "cart-store",
        CartStoreArgs(
            prefix=prefix,
            layout=Layout.DOCUMENT,
            carts_expire=True,
            sessions=False,
            streamed=leaving,
            protect=settings.protect_data,
        ),
    )
    identity = Identity("identity", IdentityArgs(prefix=prefix, protect=settings.protect_data))
    services = _services(settings, account, prefix, documents, cart_store)
    edge = open_edge(settings, prefix, identity, api_args(settings, prefix, services, identity))
    tables = {
        "books": documents.books,
        "carts": cart_store.carts,
        "users": documents.users,
        "orders": documents.orders,
    }
    monitoring = monitor(settings, prefix, account, services, tables, edge)
    return outputs(edge, identity, monitoring.topic_arn, tables)


def _services(
    settings: Settings, account: Account, prefix: str, documents: DocumentStore, cart_store: CartStore
) -> Mapping[str, ServiceFunction]:
    books, users, orders, carts = documents.books, documents.users, documents.orders, cart_store.carts
    functions = Functions(
        settings=settings,
        account=account,
        prefix=prefix,
        variables={
            **shop_variables(settings),
            "BOOKS_TABLE_NAME": books.table_name,
            "CARTS_TABLE_NAME": carts.table_name,
            "USERS_TABLE_NAME": users.table_name,
            "ORDERS_TABLE_NAME": orders.table_name,
        },
    )
    return {
        "books": functions.make(
            "books",
            ["BOOKS_TABLE_NAME", "ORDERS_TABLE_NAME", "PHASE", "CURRENCY", "TAX_RATE", "SHIPPING_FEE"],
            [
                books.allow("Query"),
                books.query(TITLE_INDEX, BOOK_ID_INDEX),
                orders.query(ORDER_DATE_INDEX),
            ],
        ),
        "carts": functions.make(
            "carts",
            ["CARTS_TABLE_NAME", "BOOKS_TABLE_NAME", "CART_TTL_DAYS"],
            [carts.allow("GetItem", "PutItem"), books.allow("BatchGetItem"), books.query(BOOK_ID_INDEX)],
        ),
        "users": functions.make(
            "users",
            ["USERS_TABLE_NAME", "CARTS_TABLE_NAME", "ORDERS_TABLE_NAME"],
            [
                users.allow("GetItem", "PutItem", "UpdateItem"),
                carts.allow("DeleteItem"),
                orders.allow("Query", "UpdateItem"),
            ],
        ),
        "orders": functions.make(
            "orders",
            ["ORDERS_TABLE_NAME", "CARTS_TABLE_NAME", "BOOKS_TABLE_NAME", "CURRENCY", "TAX_RATE", "SHIPPING_FEE"],
            [
                orders.allow("GetItem", "Query", "PutItem", "UpdateItem"),
                carts.allow("GetItem", "UpdateItem"),
                books.allow("BatchGetItem", "UpdateItem"),
                books.query(BOOK_ID_INDEX),
            ],
        ),
        "admin": functions.make(
            "admin",
            ["BOOKS_TABLE_NAME", "ORDERS_TABLE_NAME"],
            [
                books.allow("GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem"),
                books.query(BOOK_ID_INDEX),
                orders.allow("GetItem", "UpdateItem"),
                orders.query(ORDER_DATE_INDEX),
            ],
        ),
    }

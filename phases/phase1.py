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
from components.edge import Edge, EdgeArgs
from components.identity import Identity, IdentityArgs
from components.monitoring import Monitoring, MonitoringArgs
from components.rest_api import RestApiArgs
from components.service_function import ServiceFunction
from phases.functions import Functions, shop_variables
from settings import Settings, Singleton


def build(settings: Settings) -> Mapping[str, pulumi.Input[str]]:
    """Declares the stack and answers with its outputs."""
    prefix = f"cloudshelf-{settings.stack}"
    account = Account(id=aws.get_caller_identity_output().account_id, region=settings.region)
    documents = DocumentStore("documents", DocumentStoreArgs(prefix=prefix, protect=settings.protect_data))
    cart_store = CartStore(
        "cart-store",
        CartStoreArgs(
            prefix=prefix, layout=Layout.DOCUMENT, carts_expire=True, sessions=False, protect=settings.protect_data
        ),
    )
    identity = Identity("identity", IdentityArgs(prefix=prefix, protect=settings.protect_data))
    services = _services(settings, account, prefix, documents, cart_store)
    edge = Edge(
        "edge",
        EdgeArgs(
            prefix=prefix,
            region=settings.region,
            identity=identity,
            storefront_config={"phase": settings.phase, "currency": settings.currency},
            api=RestApiArgs(
                api_name=prefix,
                region=settings.region,
                services=services,
                user_pool_arn=identity.user_pool_arn,
                throttle_rate=settings.throttle_rate,
                throttle_burst=settings.throttle_burst,
                log_retention_days=settings.log_retention_days,
                logs=settings.api_gateway_log_role is not Singleton.SKIP,
                set_log_role=settings.api_gateway_log_role is Singleton.CREATE,
            ),
            protect=settings.protect_data,
        ),
    )
    tables = {
        "books": documents.books,
        "carts": cart_store.carts,
        "users": documents.users,
        "orders": documents.orders,
    }
    monitoring = Monitoring(
        "monitoring",
        MonitoringArgs(
            prefix=prefix,
            account=account,
            alert_email=settings.alert_email,
            monthly_budget_usd=settings.monthly_budget_usd,
            functions=services,
            tables=tables,
            rest_api=edge.rest_api,
        ),
    )
    return {
        "url": edge.url,
        "apiUrl": edge.api_url,
        "userPoolId": identity.user_pool_id,
        "userPoolClientId": identity.client_id,
        "siteBucket": edge.site.bucket_name,
        "alarmTopic": monitoring.topic_arn,
        **{f"{name}Table": table.table_name for name, table in tables.items()},
    }


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

"""The stores a shop can have: one test-suite holds for both.

A test that takes `lambdas` runs once for each of STORES, with the functions' real factories choosing their stores by
the environment:

* `dynamodb` is phase1: everything in DynamoDB.
* `postgres` is phase2: books, users and orders in PostgreSQL, each function with its own service's role; carts in
  DynamoDB, an item for each book.

A test, class or module (`pytestmark`) of one store alone is marked `@pytest.mark.stores("dynamodb")`. What is stored is
looked at through `lambdas.store`, which tells the same of both.
"""

import json
import os
from collections.abc import Iterator, Mapping
from decimal import Decimal
from importlib import import_module
from typing import Any, Protocol

import pytest
from boto3.dynamodb.types import TypeDeserializer
from shared import cart_rows, postgres
from shared.postgres import Database

from tests.postgres.servers import Shop

STORES = ("dynamodb", "postgres")
SERVICES = ("books", "carts", "users", "orders", "admin")
PHASE1, ITEMS = "functions-cloudshelf-phase1", "functions-cloudshelf-phase2"
# Both have all of these; `use` sets what differs and takes away what the other store has.
COMMON = {
    "TAX_RATE": "0.08",
    "SHIPPING_FEE": "5.99",
    "CURRENCY": "USD",
    "CART_TTL_DAYS": "30",
    "SESSION_HOURS": "24",
    "SESSION_MOST_HOURS": "168",
    "POWERTOOLS_SERVICE_NAME": "test",
}
DIFFERING = (
    "BOOKS_TABLE_NAME",
    "CARTS_TABLE_NAME",
    "USERS_TABLE_NAME",
    "ORDERS_TABLE_NAME",
    "SESSIONS_TABLE_NAME",
    "CART_LAYOUT",
    "CAPABILITIES",
    "PHASE",
    "DATABASE_HOST",
    "DATABASE_PORT",
    "DATABASE_NAME",
    "DATABASE_USER",
)
Row = dict[str, Any]

ORDERS = """SELECT order_id, status, order_date::text, subtotal, tax_amount AS tax, shipping_amount AS shipping,
        total_amount AS total, shipping_address, idempotency_key,
        (SELECT status FROM payments WHERE payments.order_id = orders.id) AS payment,
        (SELECT authorisation FROM payments WHERE payments.order_id = orders.id) AS authorisation,
        (SELECT json_agg(json_build_object('book_id', public_book_id, 'title', title, 'category', category,
                'price', price::text, 'quantity', quantity) ORDER BY place)::text
            FROM order_items WHERE order_items.order_id = orders.id) AS items
    FROM orders WHERE user_id = (SELECT id FROM users WHERE user_id = :user) ORDER BY order_id"""
USER = """SELECT user_id, email, first_name, last_name, phone, address, account_status, erased_at::text
    FROM users WHERE user_id = :user"""


class Store(Protocol):
    """Where the functions keep things, and what is there of a user."""

    name: str

    def environment(self) -> Mapping[str, str]: ...

    def identity(self, user: str, groups: str) -> Row:
        """What the phase's authorizer tells the functions of a caller; `groups` joined with commas."""
        ...

    def orders_of(self, user: str) -> list[Row]:
        """Oldest first, as `items` of DynamoDB name things; `shipping_address` is None where there is none."""
        ...

    def keys_of(self, user: str) -> list[str]:
        """Idempotency keys the user bought with."""
        ...

    def profile_of(self, user: str) -> Row | None:
        """Only what it has."""
        ...

    def cart_rows(self, user: str) -> list[Row]:
        """Expired ones, too."""
        ...


class DynamoStore:
    """phase1's tables."""

    name = "dynamodb"

    def __init__(self, client: Any) -> None:
        self._client = client

    def environment(self) -> Mapping[str, str]:
        return {f"{name.upper()}_TABLE_NAME": f"{PHASE1}-{name}" for name in ("books", "carts", "users", "orders")} | {
            "PHASE": "phase1"
        }

    def identity(self, user: str, groups: str) -> Row:
        return {"claims": {"sub": user, "email": f"{user}@example.com", "cognito:groups": groups}}

    def orders_of(self, user: str) -> list[Row]:
        return [item for item in self._of("orders", user) if item["order_id"].startswith("order-")]

    def keys_of(self, user: str) -> list[str]:
        rows = (item["order_id"].partition("#") for item in self._of("orders", user))
        return [key for kind, _, key in rows if kind == "idempotency"]

    def profile_of(self, user: str) -> Row | None:
        return next(iter(self._of("users", user)), None)

    def cart_rows(self, user: str) -> list[Row]:
        return self._of("carts", user)

    def _of(self, table: str, user: str) -> list[Row]:
        return partition(self._client, f"{PHASE1}-{table}", user)


class PostgresStore:
    """phase2's database and carts table."""

    name = "postgres"

    def __init__(self, client: Any, shop: Shop) -> None:
        self._client, self.shop = client, shop

    def environment(self) -> Mapping[str, str]:
        return {
            "CARTS_TABLE_NAME": f"{ITEMS}-carts",
            "SESSIONS_TABLE_NAME": f"{ITEMS}-sessions",
            "CART_LAYOUT": "items",
            "CAPABILITIES": "full-text,sessions,reports",
            "PHASE": "phase2",
            "DATABASE_HOST": self.shop.server.host,
            "DATABASE_PORT": str(self.shop.server.port),
            "DATABASE_NAME": self.shop.name,
        }

    def identity(self, user: str, groups: str) -> Row:
        return {"sub": user, "email": f"{user}@example.com", "groups": groups}

    def orders_of(self, user: str) -> list[Row]:
        names = (
            *("order_id", "status", "order_date", "subtotal", "tax", "shipping", "total", "shipping_address", "key"),
            *("payment", "authorisation"),
        )
        found = []
        for *values, items in self.shop.database().run(ORDERS, user=user):
            lines = [{**line, "price": Decimal(line["price"])} for line in json.loads(items or "[]")]
            found.append({**dict(zip(names, values, strict=True)), "items": lines})
        return found

    def keys_of(self, user: str) -> list[str]:
        return [order["key"] for order in self.orders_of(user) if order["key"] is not None]

    def profile_of(self, user: str) -> Row | None:
        names = ("user_id", "email", "first_name", "last_name", "phone", "address", "account_status", "erased_at")
        for row in self.shop.database().run(USER, user=user):
            return {name: value for name, value in zip(names, row, strict=True) if value is not None}
        return None

    def cart_rows(self, user: str) -> list[Row]:
        return partition(self._client, f"{ITEMS}-carts", user)


def partition(client: Any, table: str, user: str) -> list[Row]:
    """Everything a table has under a user."""
    found = client.query(
        TableName=table,
        KeyConditionExpression="user_id = :user",
        ExpressionAttributeValues={":user": {"S": user}},
    )["Items"]
    read = TypeDeserializer().deserialize
    return [{name: read(value) for name, value in item.items()} for item in found]


def use(store: Store, patch: pytest.MonkeyPatch, services: tuple[str, ...] = SERVICES) -> None:
    """Makes the functions of this process those of a stack with this store."""
    for name in DIFFERING:
        patch.delenv(name, raising=False)
    for name, value in {**COMMON, **store.environment()}.items():
        patch.setenv(name, value)
    if isinstance(store, PostgresStore):
        patch.setattr(postgres, "database", _by_role(store.shop))
    cart_rows.own_rows.cache_clear()
    for service in services:
        patch.setenv("DATABASE_USER", service)
        for factory in _factories(service):
            factory.cache_clear()
            if isinstance(store, PostgresStore):
                factory()
    patch.delenv("DATABASE_USER")


def _by_role(shop: Shop) -> Any:
    """What a function has of its own in a process of its own."""

    def database() -> Database:
        return shop.database(os.environ["DATABASE_USER"])

    return database


def _factories(service: str) -> Iterator[Any]:
    """What a handler makes at its first use and keeps."""
    module = import_module(f"{service}.handler")
    for made in vars(module).values():
        if hasattr(made, "cache_clear") and made.__module__ == module.__name__:
            yield made

"""Functions in full: which DynamoDB call each makes on which table or index, and what each is told."""

from collections.abc import Mapping

BOOKS, CARTS, USERS, ORDERS = (f"cloudshelf-phase1-{name}" for name in ("books", "carts", "users", "orders"))
PERMISSIONS: Mapping[str, Mapping[str, set[str]]] = {
    "books": {
        BOOKS: {"Query"},
        f"{BOOKS}/index/TitleSearchIndex": {"Query"},
        f"{BOOKS}/index/BookIdIndex": {"Query"},
        f"{ORDERS}/index/OrderDateIndex": {"Query"},
    },
    "carts": {
        CARTS: {"GetItem", "PutItem"},
        BOOKS: {"BatchGetItem"},
        f"{BOOKS}/index/BookIdIndex": {"Query"},
    },
    "users": {
        USERS: {"GetItem", "PutItem", "UpdateItem"},
        CARTS: {"DeleteItem"},
        ORDERS: {"Query", "UpdateItem"},
    },
    "orders": {
        ORDERS: {"GetItem", "Query", "PutItem", "UpdateItem"},
        CARTS: {"GetItem", "UpdateItem"},
        BOOKS: {"BatchGetItem", "UpdateItem"},
        f"{BOOKS}/index/BookIdIndex": {"Query"},
    },
    "admin": {
        BOOKS: {"GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem"},
        f"{BOOKS}/index/BookIdIndex": {"Query"},
        ORDERS: {"GetItem", "UpdateItem"},
        f"{ORDERS}/index/OrderDateIndex": {"Query"},
    },
}
ENVIRONMENT: Mapping[str, set[str]] = {
    "books": {"BOOKS_TABLE_NAME", "ORDERS_TABLE_NAME", "PHASE", "CURRENCY", "TAX_RATE", "SHIPPING_FEE"},
    "carts": {"CARTS_TABLE_NAME", "BOOKS_TABLE_NAME", "CART_TTL_DAYS"},
    "users": {"USERS_TABLE_NAME", "CARTS_TABLE_NAME", "ORDERS_TABLE_NAME"},
    "orders": {"ORDERS_TABLE_NAME", "CARTS_TABLE_NAME", "BOOKS_TABLE_NAME", "CURRENCY", "TAX_RATE", "SHIPPING_FEE"},
    "admin": {"BOOKS_TABLE_NAME", "ORDERS_TABLE_NAME"},
}
# Enhanced and phase 2: carts and sessions as items, everything else in PostgreSQL.
ITEM_PERMISSIONS: Mapping[str, Mapping[str, set[str]]] = {
    "carts": {"carts": {"Query", "PutItem", "DeleteItem"}, "sessions": {"GetItem", "UpdateItem"}},
    "sessions": {"carts": {"Query"}, "sessions": {"GetItem", "PutItem", "UpdateItem", "DeleteItem"}},
    "users": {"carts": {"Query", "DeleteItem"}},
    "orders": {"carts": {"Query", "DeleteItem"}},
}

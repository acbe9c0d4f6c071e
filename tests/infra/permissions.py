"""Phase 1's permissions in full: which function makes which DynamoDB call on which table or index."""

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

"""What the phases with PostgreSQL share: capabilities, variables, and who does what with carts and sessions."""

from collections.abc import Mapping, Sequence

import pulumi

from components.cart_store import CartStore, Layout
from components.grant import Grant
from components.table import Table
from phases.functions import shop_variables
from settings import Settings

CAPABILITIES = frozenset({"full-text", "reports", "sessions"})
# Building an index over a big table takes its time; Lambda's own limit is 900.
SCHEMA_TIMEOUT_S = 600


def relational_variables(settings: Settings, cart_store: CartStore) -> Mapping[str, pulumi.Input[str]]:
    return {
        **shop_variables(settings),
        "CAPABILITIES": ",".join(sorted(CAPABILITIES)),
        "CARTS_TABLE_NAME": cart_store.carts.table_name,
        "CART_LAYOUT": Layout.ITEMS.value,
        "SESSIONS_TABLE_NAME": _sessions(cart_store).table_name,
    }


def cart_grants(cart_store: CartStore) -> Mapping[str, Sequence[Grant]]:
    """What each function does with carts."""
    carts = cart_store.carts
    return {
        "carts": [carts.allow("Query", "PutItem", "DeleteItem")],
        "sessions": [carts.allow("Query")],
        "users": [carts.allow("Query", "DeleteItem")],
        "orders": [carts.allow("Query", "DeleteItem")],
    }


def session_grants(cart_store: CartStore) -> Mapping[str, Sequence[Grant]]:
    """What each function does with sessions."""
    sessions = _sessions(cart_store)
    return {
        "carts": [sessions.allow("GetItem", "UpdateItem")],
        "sessions": [sessions.allow("GetItem", "PutItem", "UpdateItem", "DeleteItem")],
    }


def _sessions(cart_store: CartStore) -> Table:
    if cart_store.sessions is None:
        raise ValueError("a phase with PostgreSQL has sessions")
    return cart_store.sessions

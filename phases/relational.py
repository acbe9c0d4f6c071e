"""What the phases with PostgreSQL share: capabilities, variables, the database, who uses carts and sessions."""

from collections.abc import Mapping, Sequence

import pulumi

from components.account import Account
from components.cart_store import CartStore, Layout
from components.database.database import Database, DatabaseArgs
from components.grant import Grant
from components.network.placement import Placement
from components.network.security_group import SecurityGroup
from components.service_function import ServiceFunction
from components.table import Table
from phases.functions import Functions, shop_variables
from settings import Settings

CAPABILITIES = frozenset({"full-text", "reports", "sessions"})
# Building an index over a big table takes its time; Lambda's own limit is 900.
SCHEMA_TIMEOUT_S = 600
CARTS = ("CARTS_TABLE_NAME", "CART_LAYOUT")
# What each function is told besides where the database is.
VARIABLES: Mapping[str, Sequence[str]] = {
    "books": ("PHASE", "CAPABILITIES", "CURRENCY", "TAX_RATE", "SHIPPING_FEE"),
    "carts": (*CARTS, "SESSIONS_TABLE_NAME", "SESSION_HOURS", "CAPABILITIES"),
    "sessions": ("SESSIONS_TABLE_NAME", *CARTS, "SESSION_HOURS", "SESSION_MOST_HOURS", "CAPABILITIES"),
    "users": CARTS,
    "orders": (*CARTS, "CURRENCY", "TAX_RATE", "SHIPPING_FEE"),
    "admin": ("CAPABILITIES",),
}


def relational_variables(settings: Settings, cart_store: CartStore) -> Mapping[str, pulumi.Input[str]]:
    return {
        **shop_variables(settings),
        "CAPABILITIES": ",".join(sorted(CAPABILITIES)),
        "CARTS_TABLE_NAME": cart_store.carts.table_name,
        "CART_LAYOUT": Layout.ITEMS.value,
        "SESSIONS_TABLE_NAME": _sessions(cart_store).table_name,
    }


def database_args(
    settings: Settings,
    account: Account,
    prefix: str,
    subnet_ids: pulumi.Input[Sequence[pulumi.Input[str]]],
    security_group: SecurityGroup,
    *,
    storage_type: str,
) -> DatabaseArgs:
    """In one zone, under AWS's own key."""
    return DatabaseArgs(
        account=account,
        identifier=prefix,
        subnet_ids=subnet_ids,
        security_group=security_group,
        instance_class=settings.database.instance_class,
        storage=settings.database.storage,
        most_storage=settings.database.most_storage,
        storage_type=storage_type,
        backup_days=settings.database.backup_days,
        multi_az=False,
        log_retention_days=settings.log_retention_days,
        protect=settings.protect_data,
    )


def schema_function(
    functions: Functions, database: Database, placement: Placement, grants: Sequence[Grant] = ()
) -> ServiceFunction:
    """What applies the schema, as the master user."""
    return functions.make(
        "schema",
        [],
        grants,
        more=database.address(),
        placement=placement,
        timeout=SCHEMA_TIMEOUT_S,
        serves_requests=False,
    )


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

"""What the steps work with, made from the function's environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from shared import settings
from shared.dynamo import Table
from shared.postgres import Database, Login
from shared.postgres_login import own_login

from migration.cart_target import CartTarget
from migration.exports import Exports
from migration.row import ENTITIES
from migration.source import DynamoRows
from migration.target import PostgresRows

REPLY_S = 65.0
TIMEOUTS_MS = (
    ("statement_timeout", "60000"),
    ("lock_timeout", "30000"),
    ("idle_in_transaction_session_timeout", "60000"),
    ("idle_session_timeout", "900000"),
    # Nothing is known of how many rows are staged; each is found by an index, whatever the size of the shop.
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
)


@dataclass(frozen=True, kw_only=True)
class Engine:
    """The two sides. `tables` are the source's, by entity."""

    target: Database
    source: DynamoRows
    carts: CartTarget
    exports: Exports
    currency: str

    @property
    def rows(self) -> PostgresRows:
        return PostgresRows(self.target)

    @property
    def tables(self) -> Mapping[str, str]:
        return self.source.tables


def patient(login: Login) -> Login:
    """A login for work that takes longer than a shopper waits."""
    return replace(login, timeouts=TIMEOUTS_MS, reply_s=REPLY_S)


@cache
def own_engine() -> Engine:
    read = os.environ
    names = {entity: f"SOURCE_{entity.upper()}_TABLE_NAME" for entity in ENTITIES}
    return Engine(
        target=Database(patient(own_login())),
        source=DynamoRows({entity: read[name] for entity, name in names.items() if name in read}),
        carts=CartTarget(Table(read["CARTS_TABLE_NAME"])),
        exports=Exports(read.get("EXPORT_BUCKET_NAME", "")),
        currency=settings.currency(),
    )

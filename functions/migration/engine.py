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
from migration.items import RANGE
from migration.loading import Lines, Loader
from migration.marks import Marked
from migration.postgres_shelves import PostgresShelves
from migration.postgres_source import PostgresSource, PostgresWriter
from migration.records import Records
from migration.relations import Relations
from migration.replaying import Replayer
from migration.row import BOOKS, CARTS, ENTITIES
from migration.source import DynamoRows
from migration.source_writer import DynamoWriter
from migration.testing import Testers
from migration.transfers import DynamoShelves, Rebalancer
from migration.verifying import Verifier

# Longer than the timeouts of the role `migration` (schema/postgres/0006_timeouts.sql).
REPLY_S = 65.0


@dataclass(frozen=True, kw_only=True)
class Engine:
    """The two sides. `tables` are the source's in DynamoDB, by entity."""

    target: Database
    source: DynamoRows | PostgresSource
    carts: CartTarget
    tables: Mapping[str, str]
    exports: Exports
    currency: str

    @property
    def marked(self) -> Mapping[str, Marked]:
        layout = RANGE if isinstance(self.source, DynamoRows) else {CARTS: "book_id"}
        return {entity: Marked(name, layout.get(entity)) for entity, name in self.tables.items()}

    @property
    def records(self) -> Records:
        return Records(self.target, self.source, self.carts, self.tables, self.currency)

    @property
    def loader(self) -> Loader:
        reader = self.source if isinstance(self.source, PostgresSource) else Lines(self.exports)
        return Loader(self.target, self.carts, reader, self.currency)

    @property
    def verifier(self) -> Verifier:
        return Verifier(self.target, self.source, self.carts, self.replayer)

    @property
    def relations(self) -> Relations:
        return Relations(self.target, self.source, self.currency)

    @property
    def testers(self) -> Testers:
        return Testers(self.target, self.source, self.carts, self.currency)

    @property
    def replayer(self) -> Replayer:
        if isinstance(self.source, PostgresSource):
            return Replayer(self.target, self.carts, PostgresWriter(self.source, self.currency))
        return Replayer(self.target, self.carts, DynamoWriter(self.source))

    @property
    def rebalancer(self) -> Rebalancer:
        if isinstance(self.source, PostgresSource):
            return Rebalancer(self.target, self.source, PostgresShelves(self.source.database))
        return Rebalancer(self.target, self.source, DynamoShelves(Table(self.tables[BOOKS])))


def patient(login: Login) -> Login:
    """A login for work that takes longer than a shopper waits."""
    return replace(login, reply_s=REPLY_S)


@cache
def own_engine() -> Engine:
    read = os.environ
    names = {entity: f"SOURCE_{entity.upper()}_TABLE_NAME" for entity in ENTITIES}
    tables = {entity: read[name] for entity, name in names.items() if name in read}
    source: DynamoRows | PostgresSource = DynamoRows(tables)
    if "SOURCE_DATABASE_HOST" in read:
        source = PostgresSource(Database(patient(own_login("SOURCE_"))), CartTarget(Table(tables[CARTS])))
    return Engine(
        target=Database(patient(own_login())),
        source=source,
        carts=CartTarget(Table(read["CARTS_TABLE_NAME"])),
        tables=tables,
        exports=Exports(read.get("EXPORT_BUCKET_NAME", "")),
        currency=settings.currency(),
    )

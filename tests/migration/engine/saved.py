"""Both sides of a move as they were at one moment, to go back to."""

from collections.abc import Sequence
from typing import Any

from shared.postgres import Database

from tests.migration.engine.move import KEYS, TARGET_CARTS, Move

ROWS = (
    *("books", "users", "orders", "order_items", "payments", "outbox"),
    *(f"migration.{name}" for name in ("state", "checkpoints", "sequences", "rejects", "pending_keys", "changes")),
    *(f"migration.{name}" for name in ("transfers", "marks", "verifications", "copies")),
)
COLUMNS = """SELECT string_agg(format('%I', attname), ', ') FROM pg_attribute
    WHERE attrelid = :name::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''"""


class Saved:
    """`tables` are those of DynamoDB that may change meanwhile, `database` the target's unless told otherwise."""

    def __init__(self, move: Move, tables: Sequence[str], database: Database | None = None) -> None:
        self._move = move
        self._database = database or move.target
        self._columns = {name: self._database.run(COLUMNS, name=name)[0][0] for name in ROWS}
        for name, columns in self._columns.items():
            copy = f"saved_{name.replace('.', '_')}"
            self._database.run(f"DROP TABLE IF EXISTS {copy}")
            self._database.run(f"CREATE TABLE {copy} AS SELECT {columns} FROM {name}")  # noqa: S608
        self._items = {name: self._raw(name) for name in tables}

    def restore(self) -> None:
        def work(session: Any) -> None:
            session.script("SELECT migration.capture(false)")
            for name in reversed(ROWS):
                session.script(f"DELETE FROM {name}")  # noqa: S608
            for name, columns in self._columns.items():
                copied = f"SELECT {columns} FROM saved_{name.replace('.', '_')}"  # noqa: S608
                session.script(f"INSERT INTO {name} ({columns}) OVERRIDING SYSTEM VALUE {copied}")
            session.script("SELECT migration.capture(capture) FROM migration.state")

        self._database.transaction(work)
        for table, items in self._items.items():
            keys = ("user_id", "book_id") if table == TARGET_CARTS else KEYS[table.rpartition("-")[2]]
            now = self._raw(table)
            wanted = {str([item[name] for name in keys]): item for item in items}
            for item in now:
                if str([item[name] for name in keys]) not in wanted:
                    self._move.client.delete_item(TableName=table, Key={name: item[name] for name in keys})
            for item in items:
                if item not in now:
                    self._move.client.put_item(TableName=table, Item=item)

    def _raw(self, table: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._move.client.scan(TableName=table)["Items"]
        return found

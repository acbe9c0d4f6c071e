"""The books a file has named so far, on disk rather than in memory once there are many."""

import sqlite3
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from cloudshelf.catalog.record import Fault


class Duplicates:
    """A context manager; SQLite keeps the empty name's database in a temporary file of its own."""

    def __enter__(self) -> "Duplicates":
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("CREATE TABLE seen (code TEXT PRIMARY KEY, line INTEGER NOT NULL) WITHOUT ROWID")
        self._database.execute("BEGIN")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def note(self, book: Mapping[str, Any], line: int) -> Fault | None:
        """Remembers a book, or says on which line it was first."""
        codes = {book["book_id"], f"book-{book['isbn']}"} if "isbn" in book else {book["book_id"]}
        for code in sorted(codes):
            found = self._database.execute("SELECT line FROM seen WHERE code = ?", (code,)).fetchone()
            if found:
                return Fault("duplicate", f"line {found[0]} has the same book, {code}")
        self._database.executemany("INSERT INTO seen VALUES (?, ?)", [(code, line) for code in codes])
        return None

"""Which records are books that can be imported."""

import hashlib
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any

from cloudshelf.catalog.fields import Columns, Fields, one_line
from cloudshelf.catalog.record import Fault, Record


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


ID_CHARACTERS = 24
TITLE_CHARACTERS = 120
KNOWN_HEADERS = 1000
FOREIGN_ID = "taken without book_id: it is a bare number"

Book = dict[str, Any]


@dataclass(frozen=True)
class Accepted:
    """A row that satisfies the contract's NewBook. `notes` name what was left out of it."""

    line: int
    book: Book
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rejected:
    """A row that is not imported. `title` is its title, as far as it has one."""

    line: int
    title: str
    faults: tuple[Fault, ...]


class Judge:
    """By the contract's NewBook. `defaults` fill fields that a row leaves blank; `chosen` gives columns to fields."""

    def __init__(
        self,
        schema: Mapping[str, Any],
        defaults: Mapping[str, str] | None = None,
        chosen: Mapping[str, str] | None = None,
    ) -> None:
        self._limits: Mapping[str, Mapping[str, Any]] = schema["properties"]
        self._defaults, self._chosen = defaults or {}, chosen or {}
        self._columns: dict[tuple[str, ...], Columns] = {}

    def columns(self, names: tuple[str, ...]) -> Columns:
        if names not in self._columns:
            # In JSON every book may have columns of its own.
            if len(self._columns) >= KNOWN_HEADERS:
                self._columns.clear()
            self._columns[names] = Columns.of(names, self._chosen)
        return self._columns[names]

    def judge(self, record: Record) -> Accepted | Rejected:
        if record.faults:
            return Rejected(record.line, "", record.faults)
        fields = Fields(self._limits, self._defaults, self.columns(record.names), record)
        book: Book = {name: fields.label(name) for name in ("category", "title", "author")}
        book |= {
            "isbn": fields.isbn(),
            "price": fields.amount("price"),
            "stock_quantity": fields.count("stock_quantity"),
        }
        book |= {"description": fields.prose("description"), "image_url": fields.image()}
        book = {"book_id": self._own_id(fields)} | book
        if fields.faults:
            return Rejected(record.line, _title(fields), tuple(fields.faults))
        book["book_id"] = book["book_id"] or derived_id(book)
        return Accepted(record.line, {k: v for k, v in book.items() if v is not None}, tuple(fields.notes))

    def _own_id(self, fields: Fields) -> str | None:
        """The file's id for the book. Bare numbers are the row numbers of another system, unless chosen by name."""
        given = fields.found("book_id").strip()
        if given.isdecimal() and "book_id" not in self._chosen.values():
            fields.notes.append(FOREIGN_ID)
            return None
        return fields.label("book_id") if given else None


def judged(records: Iterable[Record], judge: Judge, duplicates: Duplicates) -> Iterator[Accepted | Rejected]:
    """A verdict for every record, in order. Of rows about one book the first that is acceptable wins."""
    for record in records:
        verdict = judge.judge(record)
        if isinstance(verdict, Accepted) and (fault := duplicates.note(verdict.book, verdict.line)):
            verdict = Rejected(verdict.line, verdict.book["title"][:TITLE_CHARACTERS], (fault,))
        yield verdict


def derived_id(book: Book) -> str:
    """An id that every import of the same book finds again."""
    if book["isbn"]:
        return f"book-{book['isbn']}"
    key = f"{book['title']}\n{book['author']}".casefold()
    return f"book-{hashlib.sha256(key.encode()).hexdigest()[:ID_CHARACTERS]}"


def _title(fields: Fields) -> str:
    return one_line(fields.found("title"))[:TITLE_CHARACTERS]

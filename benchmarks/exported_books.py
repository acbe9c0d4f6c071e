"""Books of phase1 as DynamoDB exports them: gzipped files of lines, read without S3; and the table they came from."""

import gzip
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec
from books.items import to_item
from books.model import Book
from migration import items
from migration.exports import Exports, item_of
from migration.items import Found
from migration.row import BOOKS, Row
from migration.sides import Key
from migration.source import PAGE, DynamoRows
from shared.dynamo import Item, to_wire

from benchmarks.search_data import IN_A_TITLE, Catalogue

SHELVES, WRITERS = 20, 5000
STAMP = "2026-01-01T00:00:00Z"


class LocalExports(Exports):
    """Files of a folder in place of a bucket's."""

    def __init__(self, folder: Path) -> None:
        super().__init__("")
        self._folder = folder

    def lines(self, key: str) -> Iterator[bytes]:
        with gzip.open(self._folder / key) as unpacked:
            for line in unpacked:
                yield line.rstrip(b"\n")


class ExportedTable(DynamoRows):
    """The source as it was exported, in memory: what DynamoDB itself would take to answer is not measured."""

    def __init__(self, exports: LocalExports, keys: Sequence[str]) -> None:
        super().__init__({BOOKS: "books"})
        self._exports, self._keys = exports, keys

    def load(self) -> None:
        """Reads the files, which is no part of verifying."""
        _ = self._places

    def page(self, entity: str, start: Item | None, slice_: int, of: int) -> tuple[list[Found], Item | None]:
        del slice_, of
        first = 0 if start is None else int(start["line"])
        found = [_read(entity, line) for line in self._lines[first : first + PAGE]]
        after = first + PAGE
        return found, {"line": after} if after < len(self._lines) else None

    def find(self, kind: str, keys: Sequence[Key]) -> dict[str, Found]:
        return {key: _read(kind, self._lines[self._places[key]]) for key, _ in keys if key in self._places}

    def find_rows(self, rows: Sequence[Row]) -> dict[str, Found]:
        return self.find(BOOKS, [(row.key, "") for row in rows])

    @cached_property
    def _lines(self) -> list[bytes]:
        return [line for key in self._keys for line in self._exports.lines(key)]

    @cached_property
    def _places(self) -> Mapping[str, int]:
        return {_read(BOOKS, line).key: number for number, line in enumerate(self._lines)}


def write(folder: Path, many: int, files: int) -> list[str]:
    """So many books over so many files; the files' keys."""
    keys = [f"{number}.json.gz" for number in range(files)]
    catalogue = Catalogue()
    for number, key in enumerate(keys):
        with gzip.open(folder / key, "wb", compresslevel=1) as packed:
            for book in range(number, many, files):
                packed.write(msgspec.json.encode({"Item": to_wire(to_item(_book(book, catalogue.words())))}) + b"\n")
    return keys


def rows(exports: LocalExports, keys: Sequence[str]) -> Iterator[Row]:
    """As the loader understands them."""
    for key in keys:
        for line in exports.lines(key):
            found = _read(BOOKS, line)
            if not isinstance(found, Row):
                raise TypeError(f"{key}: {found}")
            yield found


def _read(entity: str, line: bytes) -> Found:
    found: Any = items.read(entity, item_of(line) or {})
    if found is None:
        raise ValueError(f"{line!r} is no row")
    return found  # type: ignore[no-any-return]


def _book(number: int, words: Sequence[str]) -> Book:
    return Book(
        book_id=f"book-{number:07}",
        category=f"Shelf {number % SHELVES}",
        title=" ".join(words[:IN_A_TITLE]),
        author=f"Writer {number * 7919 % WRITERS}",
        isbn=f"978{number:010}",
        price=Decimal(number % 9000 + 100) / 100,
        stock_quantity=number % 50,
        description=" ".join(words[IN_A_TITLE:]),
        image_url=f"/covers/book-{number:07}.svg",
        created_at=STAMP,
        updated_at=STAMP,
    )

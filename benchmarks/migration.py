"""Books of phase1 as DynamoDB exports them: gzipped files of lines, read without S3; and the table they came from."""

import gzip
import resource
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import msgspec
from books.items import to_item
from books.model import Book
from migration import items, merge_books, staging
from migration.deadline import Deadline
from migration.engine import patient
from migration.exports import Exports, item_of
from migration.items import Found
from migration.loading import Lines, Loader
from migration.row import BOOKS, Row
from migration.sides import Key
from migration.source import PAGE, DynamoRows
from migration.verifying import Verifier
from shared.dynamo import Item, to_wire
from shared.postgres import Database
from shared.row_ids import row_id

from benchmarks.database import ShopDatabase, shop_database
from benchmarks.measuring import Samples, Side, interleaved, timed
from benchmarks.results import TIMES, Figure, Findings, Target, at_least, at_most, beside
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


SETTINGS = {"shared_buffers": "512MB", "max_wal_size": "4GB"}
FILES = 10
COLUMNS = ", ".join(("id", *merge_books.NAMES))
EMPTY = "TRUNCATE books CASCADE; TRUNCATE migration.checkpoints, migration.verifications; CHECKPOINT"
FORGET = "TRUNCATE migration.checkpoints; CHECKPOINT"
LONG_S = 36_000.0
NO_CARTS: Any = None
NO_REPLAY: Any = None
MB = 1024
ONE_LOADER = (
    "most of the time of either is the server's, for the table's indexes of words. The loader's statement takes longer "
    "there than COPY, for it tells rows that are there already, and while the loader reads and maps the next lines the "
    "server waits for it."
)


class Move:
    """Books in files, and a database they go to. Each method is a side."""

    def __init__(self, database: ShopDatabase, folder: Path, many: int) -> None:
        self._database, self._many = database, many
        self._keys = write(folder, many, FILES)
        self._exports = LocalExports(folder)
        self._copied = folder / "books.copy"
        self._write_copy()
        self.source = ExportedTable(self._exports, self._keys)
        self.target = Database(patient(database.login("migration")))
        # Megabytes this process had at most, after each file of the first load.
        self.memory: list[float] = []

    def empty(self) -> None:
        for sql in EMPTY.split("; "):
            self._database.run(sql)

    def forget(self) -> None:
        """That files were loaded: they are read again, their rows are there."""
        for sql in FORGET.split("; "):
            self._database.run(sql)

    def copy(self) -> None:
        self._database.run(f"COPY books ({COLUMNS}) FROM '{self._copied}'")

    def load(self, loaders: int = 1) -> None:
        """The state machine has many at once, each on files of its own."""
        with ThreadPoolExecutor(loaders) as pool:
            list(pool.map(self._load, self._keys))

    def _load(self, key: str) -> None:
        loaded = Loader(self.target, NO_CARTS, Lines(self._exports), "USD").load(BOOKS, key, Deadline(LONG_S))
        if not loaded.done or loaded.rejected:
            raise AssertionError(f"{key}: {loaded}")
        self.memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MB)

    def verify(self) -> None:
        verified = Verifier(self.target, self.source, NO_CARTS, NO_REPLAY).verify(BOOKS, 0, 1, {}, Deadline(LONG_S))
        if not verified["done"] or verified["differences"] or verified["compared"] != self._many:
            raise AssertionError(f"{verified}")

    def _write_copy(self) -> None:
        with self._copied.open("wb") as file:
            for row in rows(self._exports, self._keys):
                values = [row_id("books", row.values["book_id"]), *(row.values[name] for name in merge_books.NAMES)]
                for message in staging._messages([values]):
                    file.write(message)
        self._copied.chmod(0o644)


def run(*, quick: bool) -> Findings:
    many, rounds = (10_000, 2) if quick else (500_000, 1)
    with shop_database(SETTINGS) as database, tempfile.TemporaryDirectory(prefix="cloudshelf-bench-") as folder:
        Path(folder).chmod(0o755)
        move = Move(database, Path(folder), many)
        samples, memory = _measured(move, rounds)
        move.target.close()
    note = f"{many:,} books in {FILES} files; the source is in memory, so verifying does not wait for DynamoDB."
    return Findings([*_figures(samples, many), memory], [note])


def _measured(move: Move, rounds: int) -> tuple[Samples, Figure]:
    def side(before: Any, work: Any) -> Side:
        measure = timed(work)

        def seconds() -> float:
            before()
            return measure()

        return seconds

    move.empty()
    move.load()
    memory = _memory(move.memory)
    move.source.load()
    return interleaved(
        {
            "copy": side(move.empty, move.copy),
            "load": side(move.empty, move.load),
            "two loads": side(move.empty, partial(move.load, 2)),
            "again": side(move.forget, move.load),
            "verify": timed(move.verify),
        },
        rounds,
        warm_up=0,
    ), memory


def _figures(samples: Samples, many: int) -> Sequence[Figure]:
    return [
        _figure(samples, many, "first load, one loader", "load", "copy", at_least(0.8), ONE_LOADER),
        _figure(samples, many, "first load, two loaders at once", "two loads", "copy", at_least(0.8)),
        _figure(samples, many, "the same load again, which writes nothing", "again", "copy", at_least(0.5)),
        _figure(samples, many, "verifying", "verify", "load", at_least(1)),
    ]


def _figure(
    samples: Samples, many: int, name: str, side: str, reference: str, target: Target, reason: str = ""
) -> Figure:
    """Rows a second, so the ratio is that of the times turned over."""
    ratio = samples.ratio(reference, side)
    return beside(
        ratio,
        name=name,
        target=target,
        measured=f"{many / samples.median(side):,.0f} rows/s",
        reference=f"{reference}: {many / samples.median(reference):,.0f} rows/s",
        reason=reason,
    )


def _memory(after_files: Sequence[float]) -> Figure:
    return Figure(
        name="memory of the loader, after the last file beside after the first",
        value=after_files[-1] / after_files[0],
        unit=TIMES,
        target=at_most(1.1),
        measured=f"{after_files[-1]:.0f} MB",
        reference=f"{after_files[0]:.0f} MB",
        repeats=len(after_files),
    )

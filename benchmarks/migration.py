"""Loading and verifying books on their way to PostgreSQL, beside the server's own COPY of the same rows."""

import resource
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

from migration import merge_books, staging
from migration.deadline import Deadline
from migration.engine import patient
from migration.loading import Lines, Loader
from migration.row import BOOKS
from migration.verifying import Verifier
from shared.postgres import Database
from shared.row_ids import row_id

from benchmarks import exported_books
from benchmarks.database import ShopDatabase, shop_database
from benchmarks.exported_books import ExportedTable, LocalExports
from benchmarks.figures import TIMES, Figure, Target, at_least, at_most, beside
from benchmarks.findings import Findings
from benchmarks.pairs import Samples, Side, interleaved, timed

SETTINGS = {"shared_buffers": "512MB", "max_wal_size": "4GB"}
FILES = 10
COLUMNS = ", ".join(("id", *merge_books.NAMES))
EMPTY = "TRUNCATE books CASCADE; TRUNCATE migration.checkpoints, migration.verifications; CHECKPOINT"
FORGET = "TRUNCATE migration.checkpoints; CHECKPOINT"
LONG_S = 36_000.0
NO_CARTS: Any = None
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
        self._keys = exported_books.write(folder, many, FILES)
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
        verified = Verifier(self.target, self.source, NO_CARTS).verify(BOOKS, 0, 1, {}, Deadline(LONG_S))
        if not verified["done"] or verified["differences"] or verified["compared"] != self._many:
            raise AssertionError(f"{verified}")

    def _write_copy(self) -> None:
        with self._copied.open("wb") as file:
            for row in exported_books.rows(self._exports, self._keys):
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

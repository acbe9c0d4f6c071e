"""The file a shop's books come from, read from front to back without holding it in memory."""

from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, TextIO

from cloudshelf.catalog.csv_file import CsvRows
from cloudshelf.catalog.encoding import check_encoding
from cloudshelf.catalog.json_file import json_rows
from cloudshelf.catalog.record import FileProblem, Record

JSON_ENDINGS = frozenset({".json", ".jsonl", ".ndjson"})
CSV_ENDINGS = frozenset({".csv", ".tsv", ".txt"})


class Source:
    """A context manager. `header` is a CSV file's columns; in JSON each book names its own."""

    def __init__(self, path: Path) -> None:
        if path.suffix.lower() not in JSON_ENDINGS | CSV_ENDINGS:
            endings = ", ".join(sorted(JSON_ENDINGS | CSV_ENDINGS))
            raise FileProblem(f"{path}: what is in it? Its name must end with one of {endings}")
        self._path = path
        self._json = path.suffix.lower() in JSON_ENDINGS
        self.header: tuple[str, ...] | None = None
        self.size = path.stat().st_size

    def __enter__(self) -> "Source":
        check_encoding(self._path)
        self._bytes = self._path.open("rb")
        self._file = self._text(self._bytes)
        try:
            if self._json:
                self._check_json()
            else:
                self._rows = CsvRows(self._file)
                self.header = self._rows.names
        except FileProblem as problem:
            self._file.close()
            raise FileProblem(f"{self._path}: {problem}") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[Record]:
        return json_rows(self._file) if self._json else iter(self._rows)

    def position(self) -> int:
        """How many bytes have been read, for showing progress."""
        return self._bytes.tell()

    def _text(self, file: BinaryIO) -> TextIO:
        return TextIOWrapper(file, encoding="utf-8-sig", newline=None if self._json else "")

    def _check_json(self) -> None:
        """An array that breaks off halfway is found before its first book is sent."""
        with self._text(self._path.open("rb")) as file:
            for _ in json_rows(file):
                pass

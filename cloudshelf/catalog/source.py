"""Files of books: their encodings, CSV and JSON, read record by record."""

import codecs
import csv
import json
import re
from collections.abc import Iterator
from io import TextIOWrapper
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, TextIO

from cloudshelf.catalog.fields import Columns
from cloudshelf.catalog.record import Fault, FileProblem, Record, Unfit

CHUNK_BYTES = 1 << 20
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
ZIP = b"PK\x03\x04"
FIX = 'Save it as UTF-8 (in a spreadsheet: "CSV UTF-8") and import that.'


def check_encoding(path: Path) -> None:
    """FileProblem, with the line, for anything but UTF-8. A byte order mark is allowed."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    newlines = 0
    with path.open("rb") as file:
        _check_start(path, file.read(4096))
        file.seek(0)
        while True:
            chunk = file.read(CHUNK_BYTES)
            try:
                newlines += decoder.decode(chunk, final=not chunk).count("\n")
            except UnicodeDecodeError as error:
                line = newlines + 1 + error.object[: error.start].count(b"\n")
                byte = error.object[error.start]
                raise FileProblem(f"{path}: line {line} is not UTF-8 (byte 0x{byte:02X}). {FIX}") from None
            if not chunk:
                return


def _check_start(path: Path, start: bytes) -> None:
    if not start.strip():
        raise FileProblem(f"{path} is empty")
    if start.startswith(ZIP):
        raise FileProblem(f"{path} is a workbook or an archive, not text. {FIX}")
    # UTF-16 without a mark is valid UTF-8 with a NUL beside every letter.
    if start.startswith(UTF_16) or b"\0" in start.split(b"\n")[0]:
        raise FileProblem(f"{path} is UTF-16 or binary, not UTF-8. {FIX}")


DELIMITERS = (",", ";", "\t")


class CsvRows:
    """The header is read at once, the rest on demand. `file` is open with newline=''."""

    def __init__(self, file: TextIO) -> None:
        first = file.readline()
        delimiter = max(DELIMITERS, key=lambda each: (len(_recognised(first, each)), first.count(each)))
        file.seek(0)
        # strict, because otherwise a stray quote silently swallows the rows after it.
        self._reader = csv.reader(file, delimiter=delimiter, strict=True, skipinitialspace=True)
        self.names = self._header()

    def __iter__(self) -> Iterator[Record]:
        while True:
            line = self._reader.line_num + 1
            try:
                cells = next(self._reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Record(line, faults=(_unreadable(error, line, self._reader.line_num),))
                continue
            if any(cell.strip() for cell in cells):
                yield self._record(line, cells)

    def _header(self) -> tuple[str, ...]:
        try:
            names = next((cells for cells in self._reader if any(cell.strip() for cell in cells)), [])
        except csv.Error as error:
            raise FileProblem(f"line {self._reader.line_num}, the header, cannot be read: {error}") from None
        return tuple(name.strip() for name in names)

    def _record(self, line: int, cells: list[str]) -> Record:
        width = len(self.names)
        if len(cells) == width or (len(cells) > width and not any(cell.strip() for cell in cells[width:])):
            return Record(line, self.names, tuple(cells[:width]))
        hint = "is a text with a comma or a line break not in quotes?"
        fault = Fault("wrong number of cells", f"{len(cells)} cells where the header has {width}: {hint}")
        return Record(line, faults=(fault,))


def _recognised(header: str, delimiter: str) -> set[str]:
    try:
        names = next(csv.reader([header], delimiter=delimiter), [])
    except csv.Error:
        return set()
    return set(Columns.of(names).places)


def _unreadable(error: csv.Error, first: int, last: int) -> Fault:
    where = f" up to line {last}" if last > first else ""
    return Fault("not CSV", f"this row{where} is not CSV: {error}")


CHUNK = 1 << 16
LONGEST = 1 << 20
SPACE = " \t\r\n"
AFTER_VALUE = SPACE + ",]"
SIMPLE = r'(?:null|true|false|[-+.\deE]+|"[^"\\]*")'
BOOKS = re.compile(r'\s*\{(?:\s*"[^"\\]*"\s*:\s*' + SIMPLE + r'\s*,)*\s*"books"\s*:\s*\[')
ARRAY = re.compile(r"\s*\[")

# Numbers stay as they are written: a price must not go through binary floating point.
DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, strict=False)


def json_rows(file: TextIO) -> Iterator[Record]:
    """FileProblem where the array around the books is broken; a broken line of JSON lines is only a bad row."""
    start = file.read(CHUNK)
    opening = ARRAY.match(start) or BOOKS.match(start)
    if opening is None:
        file.seek(0)
        yield from _lines(file)
        return
    items = _Items(file, start, opening.end())
    for line, value in items:
        yield _record(line, value)
    if ARRAY.match(start):
        items.expect_end()


def _lines(file: TextIO) -> Iterator[Record]:
    for number, line in enumerate(file, 1):
        if not line.strip():
            continue
        try:
            yield _record(number, DECODER.decode(line.strip()))
        except (ValueError, RecursionError) as error:
            yield Record(number, faults=(Fault("not JSON", f"this line is not a JSON object: {_reason(error)}"),))


class _Items:
    """The elements of an array whose opening bracket has been read, with the lines they begin at."""

    def __init__(self, file: TextIO, text: str, place: int) -> None:
        self._file, self._text, self._place = file, text, place
        self._line = 1 + text.count("\n", 0, place)

    def __iter__(self) -> Iterator[tuple[int, Any]]:
        if self._next() == "]":
            self._place += 1
            return
        while True:
            self._next()
            yield self._line, self._value()
            following = self._next()
            self._place += 1
            if following == "]":
                return
            if following != ",":
                raise FileProblem(f"line {self._line}: a comma or ] is missing after a book")

    def expect_end(self) -> None:
        if following := self._next():
            raise FileProblem(f"line {self._line}: {following!r} follows after the end of the array")

    def _next(self) -> str:
        """The next character that is not space, without taking it; empty at the end of the file."""
        while True:
            start = self._place
            while self._place < len(self._text) and self._text[self._place] in SPACE:
                self._place += 1
            self._line += self._text.count("\n", start, self._place)
            if self._place < len(self._text):
                return self._text[self._place]
            if not self._fill():
                return ""

    def _value(self) -> Any:
        while True:
            try:
                value, end = DECODER.raw_decode(self._text, self._place)
                if self._ends(value, end) or not self._fill():
                    break
            except (ValueError, RecursionError) as error:
                if len(self._text) - self._place > LONGEST or not self._fill():
                    raise FileProblem(f"line {self._line}: this book is not JSON: {_reason(error)}") from None
        self._line += self._text.count("\n", self._place, end)
        self._place = end
        return value

    def _ends(self, value: Any, end: int) -> bool:
        """Whether no further text can change the value: a number may go on where the last piece ended."""
        return isinstance(value, dict | list) or self._text[end : end + 1] in tuple(AFTER_VALUE)

    def _fill(self) -> bool:
        chunk = self._file.read(CHUNK)
        if chunk:
            self._text, self._place = self._text[self._place :] + chunk, 0
        return bool(chunk)


def _record(line: int, value: Any) -> Record:
    if not isinstance(value, dict):
        return Record(line, faults=(Fault("not JSON", "not a JSON object: a book is {...}"),))
    return Record(line, tuple(value), tuple(_text(each) for each in value.values()))


def _text(value: Any) -> str:
    """A list of texts is several authors; null is nothing."""
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    if value is None or isinstance(value, str):
        return value or ""
    return Unfit({bool: "true or false", list: "a list", dict: "an object"}[type(value)])


def _reason(error: Exception) -> str:
    return f"{error.msg}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else "nested too deeply"


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

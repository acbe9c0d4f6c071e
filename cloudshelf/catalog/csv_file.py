"""Rows of a CSV file, one at a time, each with the line it begins at."""

import csv
from collections.abc import Iterator
from typing import TextIO

from cloudshelf.catalog.columns import Columns
from cloudshelf.catalog.record import Fault, FileProblem, Record

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

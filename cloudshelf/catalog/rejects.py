"""The report of what was not imported, for a person with a spreadsheet."""

import csv
from pathlib import Path
from types import TracebackType

from cloudshelf.catalog.judge import Rejected

COLUMNS = ("line", "book", "reasons")
# A cell that begins so is a formula to a spreadsheet (OWASP: CSV Injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class RejectsReport:
    """A context manager. Every row is on disk when `write` returns."""

    def __init__(self, path: Path) -> None:
        # With a byte order mark, spreadsheets read it as UTF-8.
        self._file = path.open("w", encoding="utf-8-sig", errors="backslashreplace", newline="", buffering=1)
        self._csv = csv.writer(self._file)
        self._csv.writerow(COLUMNS)

    def write(self, rejected: Rejected) -> None:
        reasons = "; ".join(fault.text for fault in rejected.faults)
        self._csv.writerow([rejected.line, _inert(rejected.title), _inert(reasons)])
        self._file.flush()

    def __enter__(self) -> "RejectsReport":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()


def _inert(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text

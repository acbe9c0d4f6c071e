"""Rows on their way into PostgreSQL: copied into a temporary table of the session, where statements find them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from shared.postgres import Session

# So many rows go in one message: one each is half as fast.
ROWS_IN_MESSAGE = 500

_json = msgspec.json.Encoder()
_escapes = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


@dataclass(frozen=True)
class Staged:
    """A temporary table: its columns by their types. It is empty again after each transaction."""

    name: str
    columns: tuple[tuple[str, str], ...]
    key: str

    def fill(self, session: Session, rows: Iterable[Sequence[Any]]) -> None:
        """Leaves these rows in it, and no others."""
        made = ", ".join(f"{name} {kind}" for name, kind in self.columns)
        names = ", ".join(name for name, _ in self.columns)
        session.script(
            f"CREATE TEMP TABLE IF NOT EXISTS {self.name} ({made}, PRIMARY KEY ({self.key})) ON COMMIT DELETE ROWS"
        )
        session.script(f"DELETE FROM {self.name}")  # noqa: S608 - no input in it
        session.copy(f"COPY {self.name} ({names}) FROM STDIN", _messages(rows))


def _messages(rows: Iterable[Sequence[Any]]) -> list[bytes]:
    lines = ["\t".join([_field(value) for value in row]) for row in rows]
    parts = (lines[first : first + ROWS_IN_MESSAGE] for first in range(0, len(lines), ROWS_IN_MESSAGE))
    return ["\n".join([*part, ""]).encode() for part in parts]


def _field(value: Any) -> str:
    if value is None:
        return "\\N"
    if isinstance(value, str):
        text = value
    elif isinstance(value, dict | list):
        text = _json.encode(value).decode()
    else:
        return str(value)
    return text.translate(_escapes) if ("\\" in text or "\n" in text or "\t" in text or "\r" in text) else text

"""What a file says about one book, before anybody has judged it."""

from dataclasses import dataclass
from typing import NamedTuple


class FileProblem(Exception):
    """The file as a whole cannot be read."""


class Fault(NamedTuple):
    """Why a row is refused. `kind` is the same for every row with that fault; `text` names the value."""

    kind: str
    text: str


class Unfit(str):
    """A cell that holds no text; it says what it holds instead."""

    __slots__ = ()


@dataclass(frozen=True)
class Record:
    """One row. `line` is where it begins in the file, the first line being 1; `cells` are its texts under `names`."""

    line: int
    names: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()
    faults: tuple[Fault, ...] = ()


def shown(text: str, most: int = 60) -> str:
    """A value as it may stand in a message: on one line, printable, not too long."""
    short = text if len(text) <= most else text[: most - 1] + "…"
    return '"' + "".join(each if each.isprintable() else f"\\u{ord(each):04x}" for each in short) + '"'

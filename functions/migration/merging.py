"""Rows of one kind into their tables. Each module beside this one has a `merge` and a `remove` of this shape."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from shared.postgres import Session

from migration.row import Bad, Row


@dataclass
class Outcome:
    """How many rows were written and how many were there already as they are, and what could not be written."""

    written: int = 0
    same: int = 0
    bad: list[Bad] = field(default_factory=list)

    def add(self, other: "Outcome") -> None:
        self.written += other.written
        self.same += other.same
        self.bad += other.bad


@dataclass(frozen=True)
class Terms:
    """How rows are merged. In escrow a book keeps the copies it has here."""

    currency: str
    escrow: bool = False


# Writes rows that are not there as they are: the session, rows, terms, and keys of rows that are removed right after.
# The answer is how many, and rows that another one is in the way of, each with the reason.
Merge = Callable[[Session, Sequence[Row], Terms, frozenset[str]], tuple[int, list[tuple[Row, str]]]]
# How many of these keys were there, and are no more.
Remove = Callable[[Session, Sequence[str]], int]

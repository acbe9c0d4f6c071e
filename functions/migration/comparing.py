"""Two rows of one key side by side: whether they are the same, and if not in what."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from migration.money import in_cents
from migration.row import BOOKS, ORDERS, Row, Values, digest

PERSONAL = frozenset({"email", "first_name", "last_name", "phone", "address", "shipping_address"})
STOCK = "stock_quantity"
WHOLE_ROW = "*"
DIFFERENT, ONLY_SOURCE, ONLY_TARGET = "different", "only_source", "only_target"
MODULUS = 2**128


@dataclass
class Totals:
    """Of one side: rows, their money in cents, copies, and a checksum that does not depend on their order."""

    rows: int = 0
    cents: int = 0
    copies: int = 0
    checksum: int = 0

    def add(self, row: Row, escrow: bool) -> None:
        self.rows += 1
        if row.kind == ORDERS:
            self.cents += in_cents(row.values["total"])
        elif row.kind == BOOKS:
            self.cents += in_cents(row.values["price"])
            self.copies += row.values[STOCK]
        self.checksum = (self.checksum + int(digest(comparable(row, escrow))[:32], 16)) % MODULUS

    def shown(self) -> dict[str, Any]:
        return {"rows": self.rows, "cents": self.cents, "copies": self.copies, "checksum": f"{self.checksum:032x}"}

    @classmethod
    def of(cls, shown: dict[str, Any]) -> "Totals":
        return cls(shown["rows"], shown["cents"], shown["copies"], int(shown["checksum"], 16))


@dataclass
class Differences:
    """What is not the same: fields of rows both have, and rows only one of them has."""

    different: list[dict[str, Any]] = field(default_factory=list)
    only_source: list[str] = field(default_factory=list)
    only_target: list[str] = field(default_factory=list)

    def add(self, key: str, what: str) -> None:
        """Of a whole row, nobody knows in which field."""
        if what == DIFFERENT:
            self.different.append({"key": key, "field": WHOLE_ROW})
        else:
            (self.only_source if what == ONLY_SOURCE else self.only_target).append(key)

    @property
    def count(self) -> int:
        return len({each["key"] for each in self.different}) + len(self.only_source) + len(self.only_target)


def comparable(row: Row, escrow: bool) -> Values:
    """What has to be the same on both sides. In escrow copies are on one side only."""
    if escrow and row.kind == BOOKS:
        return {name: value for name, value in row.values.items() if name != STOCK}
    return row.values


def same(source: Row | None, target: Row | None, escrow: bool) -> bool:
    if source is None or target is None:
        return is_nothing(source) and is_nothing(target)
    return digest(comparable(source, escrow)) == digest(comparable(target, escrow))


def is_nothing(row: Row | None) -> bool:
    """Whether a row means what none means: an empty cart does."""
    return row is None or (row.kind == "carts" and not row.values["items"])


def fields(source: Row, target: Row, escrow: bool) -> Iterable[dict[str, Any]]:
    """What differs; of what is somebody's own only that it does."""
    left, right = comparable(source, escrow), comparable(target, escrow)
    for name in left:
        if left[name] != right.get(name):
            shown = ("(differs)", "(differs)") if name in PERSONAL else (left[name], right.get(name))
            yield {"key": source.key, "field": name, "source": shown[0], "target": shown[1]}

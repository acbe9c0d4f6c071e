"""Two rows of one key side by side: whether they are the same, and if not in what."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from migration.money import in_cents
from migration.row import BOOKS, CARTS, ORDERS, Row, Values, digest

PERSONAL = frozenset({"email", "first_name", "last_name", "phone", "address", "shipping_address"})
STOCK = "stock_quantity"
WHOLE_ROW = "*"
DIFFERENT, ONLY_SOURCE, ONLY_TARGET = "different", "only_source", "only_target"
MODULUS = 2**128
# Of what follows from the rest of its row, and there does not.
STRAYS = "(does not follow)"
# Whatever either side stores and nothing holds against the other, with the reason: tables of PostgreSQL by their names,
# items by the entity's. All else is compared, or seen to follow from what is. `tests/migration/engine/test_seen.py`
# changes each of them.
NOT_COMPARED: Mapping[str, str] = {
    "books.tier": "PostgreSQL makes it of popularity, and takes no other",
    "books.search": "PostgreSQL makes it of the texts, and takes no other",
    "users.updated_at": "when that database last wrote the row; no answer tells it",
    "payments.updated_at": "when that database last wrote the row; no answer tells it",
    "order_items.cart_line": "keeps a line of this side's carts from being sold twice; the other side has other carts",
    "outbox.lines": "what is to be taken out of a cart, which is compared itself",
    "outbox.created_at": "when the debt was noted there; that it is noted is compared",
    "outbox.due_at": "when others try, too",
    "cart head.version": "each side counts its own changes",
    "cart head.generation": "each side counts its own; a line of a later one is a difference",
    "cart line.generation": "an earlier one than the head's is in no cart; a later one is a difference",
    "cart line.updated_at": "the cart's own says when it was changed",
    "cart line.place": "the lines' order is compared, not the numbers",
    "carts.version": "each side counts its own changes",
    "carts.expires_at": "a cart that is past it is none; until when another lasts, its next change says",
    "carts.cart_id": "part of the key: another is a reject",
    "orders.released": "a key of no order: that all it gave up is known to the target is compared",
    "carts of the target's shoppers": "live there, and are brought to the source before the two are compared",
    "payments of no order": "what a side gave up pays no late order there; what the source gave up is compared",
    "registry.something new": "the names of categories alone are read",
    "the move's own tables": "what moves a shop notes about it; they go with it",
    "#transfers, #mark": "the move's own items in the source's tables; they go with it",
}


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
    if source.astray or target.astray:
        return False
    return digest(comparable(source, escrow)) == digest(comparable(target, escrow))


def is_nothing(row: Row | None) -> bool:
    """Whether a row means what none means: an empty cart does."""
    return row is None or (row.kind == CARTS and not row.values["items"] and not row.values["merges"])


def fields(source: Row, target: Row, escrow: bool) -> Iterable[dict[str, Any]]:
    """What differs; of what is somebody's own only that it does."""
    left, right = comparable(source, escrow), comparable(target, escrow)
    for name in left:
        if left[name] != right.get(name):
            shown = ("(differs)", "(differs)") if name in PERSONAL else (left[name], right.get(name))
            yield {"key": source.key, "field": name, "source": shown[0], "target": shown[1]}
    for name in dict.fromkeys((*source.astray, *target.astray)):
        sides = (STRAYS if name in row.astray else "" for row in (source, target))
        yield {"key": source.key, "field": name, **dict(zip(("source", "target"), sides, strict=True))}

"""A row as both sides have it: the same values for the same content, whatever store they come from."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import msgspec

BOOKS, USERS, ORDERS, CARTS = "books", "users", "orders", "carts"
ENTITIES = (BOOKS, USERS, ORDERS, CARTS)
# An order's idempotency row is a row of its own, under the entity of orders.
KEYS = "keys"

_encoder = msgspec.json.Encoder(order="deterministic")
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Row:
    """`values` are JSON: amounts as texts with two decimals, times in UTC to the second. `key` is the source's.

    `astray` names what on its own side follows from the values, and there does not.
    """

    kind: str
    key: str
    values: Values
    astray: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        return digest(self.values)


@dataclass(frozen=True, slots=True)
class Bad:
    """What is no row, as it came, and why. `retryable` may come right by a change of another row."""

    kind: str
    key: str
    reason: str
    document: str
    retryable: bool = False


def digest(values: Values) -> str:
    """SHA-256 of the canonical JSON, names in order."""
    return sha256(_encoder.encode(values)).hexdigest()


def entity_of(kind: str) -> str:
    return ORDERS if kind == KEYS else kind

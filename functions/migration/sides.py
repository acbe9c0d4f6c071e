"""What the engine asks of the side a shop comes from, whatever that is made of."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from migration.items import Found
from migration.row import BOOKS, ORDERS, Bad, Row

# A row's key, and what PostgreSQL finds it by.
Key = tuple[str, str]


@dataclass(frozen=True)
class BookChange:
    """A book as it is, or none, and the categories it was last seen in."""

    book_id: str
    row: Row | None
    categories: tuple[str, ...]


class Source(Protocol):
    """Rows as they are there now."""

    @property
    def entities(self) -> Sequence[str]: ...

    def find(self, kind: str, keys: Sequence[Key]) -> dict[str, Found]:
        """What is under these keys, by row key."""
        ...

    def find_rows(self, rows: Sequence[Row]) -> dict[str, Found]:
        """What is where these rows, of one kind, belong."""
        ...

    def page(self, entity: str, start: Any, slice_: int, of: int) -> tuple[list[Found], Any]:
        """Some of the rows of an entity, and where to go on."""
        ...

    def count(self, entity: str) -> int:
        """About how many there are."""
        ...

    def orders_of_users(self, without: set[str]) -> Counter[str]:
        """How many orders each shopper has there, those of these keys left out."""
        ...

    def strays(self, currency: str, mine: Callable[[str], bool]) -> Mapping[str, Sequence[str]]:
        """What is wrong there by itself, by name; shoppers who are `mine` are there."""
        ...


class Writer(Protocol):
    """Writes rows there. What is the same is not written."""

    def rows(self, rows: Sequence[Row]) -> tuple[int, list[Bad]]:
        """Rows of one kind, of shoppers the target has: how many were written, and what is refused."""
        ...

    def new_order(self, order: Row, tie: Row | None) -> bool:
        """Whether it was not there."""
        ...

    def books(self, changes: Sequence[BookChange]) -> tuple[int, list[Bad]]:
        """Books as they are, each in its category alone; copies stay. How many had to be changed, what is refused."""
        ...

    def cart(self, row: Row) -> bool:
        """Whether it had to be changed."""
        ...

    def forget_cart(self, user_id: str) -> None: ...


def own_of(kind: str, key: str) -> str:
    """What PostgreSQL finds a row of this key by, where the key says so; nothing for an idempotency row's."""
    if kind == BOOKS:
        return key.rpartition("/")[2]
    return key.partition("/")[2] if kind == ORDERS else key

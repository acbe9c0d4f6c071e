"""A cart as items: one for each book in it, and one, under a name no book has, that says what they all share.

A book's item belongs to the cart while it is of the cart's generation. So one write empties a cart of any size at once,
and what it leaves is swept out later. Expired items are as if they were not there: DynamoDB removes them days late.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress

import msgspec

from shared import clock
from shared.cart_rows import Line, readable
from shared.dynamo import ConditionFailed, Item, Query, Table
from shared.money import cents

# Book ids begin with a letter or a digit.
HEAD = "#cart"


class Rows(msgspec.Struct, frozen=True):
    """A cart as it was read. Without a head, as after a move from another store, it is at version 0."""

    head: Item
    lines: tuple[Line, ...]

    @property
    def version(self) -> int:
        return int(self.head.get("version", 0))

    @property
    def generation(self) -> int:
        return int(self.head.get("generation", 0))


class ItemRows:
    """What is in the items."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def lines(self, user_id: str) -> tuple[Line, ...]:
        return read(self._table, user_id).lines

    def clear(self, user_id: str, bought: Mapping[str, str]) -> None:
        for book_id, revision in bought.items():
            with suppress(ConditionFailed):
                condition, values = unchanged(revision)
                self._table.delete(key(user_id, book_id), condition=condition, values=values)

    def erase(self, user_id: str) -> None:
        for item in _items(self._table, user_id):
            self._table.delete(key(user_id, item["book_id"]))

    def sweep(self, user_id: str, generation: int) -> None:
        """Removes what belongs to the cart no more. What is missed is in nobody's cart, and the next sweep's."""
        condition, values = outlived(generation)
        for item in _items(self._table, user_id):
            if item["book_id"] != HEAD and item.get("generation", 0) < generation:
                with suppress(ConditionFailed):
                    self._table.delete(key(user_id, item["book_id"]), condition=condition, values=values)


def read(table: Table, user_id: str) -> Rows:
    return parsed(user_id, _items(table, user_id))


def parsed(user_id: str, found: Iterable[Item]) -> Rows:
    """The cart that a shopper's items are."""
    items = {item["book_id"]: item for item in found}
    head = items.pop(HEAD, {})
    generation, now = head.get("generation", 0), clock.now().timestamp()
    live = [
        item
        for item in items.values()
        if item.get("generation", 0) >= generation and item.get("expires_at", now + 1) > now
    ]
    lines = readable(user_id, live, _line)
    return Rows(head, tuple(sorted(lines, key=lambda line: (line.place, line.book_id))))


def key(user_id: str, book_id: str) -> Item:
    return {"user_id": user_id, "book_id": book_id}


def unchanged(revision: str) -> tuple[str, Item | None]:
    """The condition that a line is there and still as it was at this revision."""
    if not revision:
        return "attribute_exists(book_id) AND attribute_not_exists(revision)", None
    return "revision = :revision", {":revision": revision}


def outlived(generation: int) -> tuple[str, Item]:
    """The condition that a book's item is not there, or belongs to the cart no more."""
    return "attribute_not_exists(generation) OR generation < :generation", {":generation": generation}


def to_item(user_id: str, line: Line, generation: int, now: str) -> Item:
    item = {
        **key(user_id, line.book_id),
        "quantity": line.quantity,
        "book_title": line.title,
        "book_price": line.price,
        "book_author": line.author,
        "category": line.category,
        "place": line.place,
        "revision": line.revision,
        "generation": generation,
        "added_at": line.added_at or now,
        "updated_at": now,
    }
    return item if line.image_url is None else {**item, "book_image_url": line.image_url}


def _items(table: Table, user_id: str) -> list[Item]:
    pages = table.all_pages(Query(key=("user_id", user_id), consistent=True))
    return [item for page in pages for item in page.items]


def _line(item: Item) -> Line:
    return Line(
        book_id=item["book_id"],
        category=item["category"],
        title=item["book_title"],
        author=item.get("book_author", ""),
        price=cents(item["book_price"]),
        quantity=int(item["quantity"]),
        image_url=item.get("book_image_url"),
        added_at=item.get("added_at", ""),
        revision=item.get("revision", ""),
        place=int(item.get("place", 0)),
    )

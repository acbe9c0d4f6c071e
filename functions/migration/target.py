"""Rows as PostgreSQL has them, in the form both sides are compared in."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from shared.postgres import Database, Session
from shared.row_ids import row_id

from migration.items import row_key
from migration.kinds import Stamp
from migration.mapping import BOOK, ORDER, ORDER_ITEM, USER
from migration.row import BOOKS, KEYS, ORDERS, USERS, Row, Values

PAGE = 500
_decoder = msgspec.json.Decoder(list[dict[str, Any]])


@dataclass(frozen=True)
class View:
    """Where rows of a kind are; `key` is what they are found and paged by."""

    selected: str
    source: str
    key: str

    @property
    def found(self) -> str:
        return self._as_json(f"{self.key} = ANY(:keys)", "")

    @property
    def page(self) -> str:
        slices = f"mod(abs(hashtext({self.key})::bigint), :of::bigint) = :slice::bigint"
        return self._as_json(f"{self.key} > :after AND {slices}", f"ORDER BY {self.key} LIMIT :most")

    def _as_json(self, where: str, order: str) -> str:
        rows = f"SELECT {self.selected} FROM {self.source} AND {where} {order}"  # noqa: S608 - no input in it
        return f"SELECT coalesce(json_agg(found), '[]')::text FROM ({rows}) AS found"  # noqa: S608


# An item is tied to its own book or, when that was taken out, to none.
TIED = """(order_items.book_id IS NULL
        OR EXISTS (SELECT FROM books WHERE books.id = order_items.book_id AND books.book_id = public_book_id))"""
FIELDS = ", ".join(
    (
        *(f"'{each.name}', {each.kind.select(each.column or each.name)}" for each in ORDER_ITEM.attributes),
        *("'_id', order_items.id", "'_place', place", f"'_tied', {TIED}"),
    )
)
ITEMS = f"""(SELECT coalesce(json_agg(item ORDER BY place), '[]') FROM (SELECT place, json_build_object({FIELDS})
        FROM order_items WHERE order_items.order_id = orders.id) AS listed(place, item)) AS items"""  # noqa: S608
ORDER_COLUMNS = {
    "user_id": "users.user_id",
    "items": ITEMS,
    "payment": "payments.status AS payment",
    "authorisation": "payments.authorisation",
}
SOLD = """(SELECT coalesce(sum(quantity), 0)::integer FROM order_items JOIN orders ON orders.id = order_items.order_id
        WHERE order_items.book_id = books.id AND status <> 'cancelled')"""
# Beside what is compared, what says whether the rest of a row follows from it; no value's name begins so.
BESIDE = "_"
# Who only bought something, and never had a profile, is none where profiles are items.
PROFILES = """NOT (account_status = 'active'
    AND num_nonnulls(email, first_name, last_name, phone, address, last_login) = 0)"""
VIEWS = {
    BOOKS: View(
        ", ".join(
            (
                *(each.selected for each in BOOK.attributes),
                *("books.id AS _id", f"popularity = {SOLD} AS _popularity"),
            )
        ),
        "books WHERE true",
        "books.book_id",
    ),
    USERS: View(
        ", ".join((*(each.selected for each in USER.attributes), "users.id AS _id")),
        f"users WHERE {PROFILES}",
        "users.user_id",
    ),
    ORDERS: View(
        ", ".join(
            (
                *(
                    ORDER_COLUMNS.get(a.name) or f"{a.kind.select(f'orders.{a.column or a.name}')} AS {a.name}"
                    for a in ORDER.attributes
                ),
                "orders.id AS _id",
                "payments.amount = total_amount AS _amount",
                "payments.currency = orders.currency AS _currency",
                "payments.created_at = orders.created_at AS _paid_at",
            )
        ),
        """orders JOIN users ON users.id = orders.user_id
            LEFT JOIN payments ON payments.order_id = orders.id WHERE true""",
        "orders.order_id",
    ),
    KEYS: View(
        """users.user_id, 'idempotency#' || idempotency_key AS order_id, fingerprint,
            orders.order_id AS placed_order_id, NULL AS released,
            """
        + f"{Stamp().select('orders.created_at')} AS created_at",
        "orders JOIN users ON users.id = orders.user_id WHERE idempotency_key IS NOT NULL",
        "orders.order_id",
    ),
}
GIVEN_UP = """SELECT authorisation FROM payments
    WHERE order_id IS NULL AND status = 'voided' AND authorisation = ANY(:released)"""


class PostgresRows:
    """Reads a database of the shop."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, kind: str, keys: Sequence[str], session: Session | None = None) -> dict[str, Row]:
        """By what `own_key` says. Of a page of rows at once, in one round trip."""
        run = self._database.run if session is None else session.run
        rows = _rows(kind, run(VIEWS[kind].found, keys=list(keys))[0][0])
        return {own_key(row): row for row in rows}

    def page(self, kind: str, after: str, slice_: int, of: int) -> list[Row]:
        """The next ones after this key."""
        values: dict[str, Any] = {"after": after, "slice": slice_, "of": of, "most": PAGE}
        return _rows(kind, self._database.run(VIEWS[kind].page, **values)[0][0])

    def pages(self, kind: str, slice_: int = 0, of: int = 1) -> Iterator[list[Row]]:
        after = ""
        while rows := self.page(kind, after, slice_, of):
            yield rows
            after = own_key(rows[-1])

    def given_up(self, released: Sequence[str]) -> set[str]:
        """Those of the authorisations that are known to pay for nothing."""
        return {name for (name,) in self._database.run(GIVEN_UP, released=list(released))}


def own_key(row: Row) -> str:
    """What PostgreSQL finds the row by."""
    values = row.values
    names = {BOOKS: "book_id", ORDERS: "order_id", KEYS: "placed_order_id"}
    return str(values[names.get(row.kind, "user_id")])


def _rows(kind: str, text: str) -> list[Row]:
    return [_row(kind, values) for values in _decoder.decode(text)]


def _row(kind: str, values: Values) -> Row:
    if values.get("account_status") == "erased":
        values["created_at"] = None
    beside = {name: values.pop(name) for name in list(values) if name.startswith(BESIDE)}
    row = Row(kind, "", values)
    astray = [name.removeprefix(BESIDE) for name, follows in beside.items() if follows is False]
    if "_id" in beside and beside["_id"] != str(row_id(kind, own_key(row))):
        astray.append("id")
    for number, item in enumerate(values["items"] if kind == ORDERS else (), 1):
        astray += _item_astray(item, number, values["order_id"])
    return Row(kind, row_key(row), values, tuple(astray))


def _item_astray(item: Values, number: int, order_id: str) -> Iterator[str]:
    wanted = {"id": str(row_id("order_items", f"{order_id}/{item['book_id']}")), "place": number, "tied": True}
    found = {name: item.pop(f"{BESIDE}{name}") for name in wanted}
    yield from (f"items[{number - 1}].{name}" for name in wanted if found[name] != wanted[name])

"""A source whose books, users and orders are in PostgreSQL, and whose carts are items as the target's."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from shared.postgres import Database

from migration import merge_books
from migration.applying import apply
from migration.cart_target import CartTarget
from migration.exports import File
from migration.items import Found
from migration.loading import Batch
from migration.mapping import BOOK, ORDER, ORDER_ITEM, PAYMENT_OURS, USER
from migration.merging import Outcome, Terms
from migration.row import BOOKS, CARTS, ENTITIES, KEYS, ORDERS, USERS, Bad, Row
from migration.sides import BookChange, Key
from migration.strays import strays
from migration.target import VIEWS, PostgresRows, own_key

# A loader takes some seconds for so many.
ROWS_IN_A_PART = 50_000
PART = "rows"
COUNT = {kind: f"SELECT count(*) FROM {VIEWS[kind].source}" for kind in (BOOKS, USERS, ORDERS)}  # noqa: S608
ORDERS_OF_USERS = """SELECT users.user_id, count(*) FROM orders JOIN users ON users.id = orders.user_id
    WHERE users.user_id || '/' || order_id <> ALL(:without) GROUP BY users.user_id"""
COLUMNS = """SELECT relname, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND relname = ANY(:tables) AND attnum > 0 AND NOT attisdropped
    ORDER BY relname, attname"""
KNOWN = {
    "books": {each.name for each in BOOK.attributes} | BOOK.ours.keys(),
    "users": {each.name for each in USER.attributes} | USER.ours.keys(),
    "orders": {each.column or each.name for each in ORDER.attributes} | ORDER.ours.keys(),
    "order_items": {each.column or each.name for each in ORDER_ITEM.attributes} | ORDER_ITEM.ours.keys(),
    "payments": {"authorisation", "status", *PAYMENT_OURS},
}


class PostgresSource:
    """Reads the other database."""

    def __init__(self, database: Database, carts: CartTarget) -> None:
        self.database, self.carts = database, carts
        self._rows = PostgresRows(database)

    @property
    def entities(self) -> Sequence[str]:
        return ENTITIES

    def find(self, kind: str, keys: Sequence[Key]) -> dict[str, Found]:
        wanted = {key for key, _ in keys}
        if kind == CARTS:
            return dict(self.carts.find(sorted(wanted)))
        found = self._rows.find(kind, [own for _, own in keys]).values()
        return {row.key: row for row in found if row.key in wanted}

    def find_rows(self, rows: Sequence[Row]) -> dict[str, Found]:
        return self.find(rows[0].kind, [(row.key, own_key(row)) for row in rows]) if rows else {}

    def page(self, entity: str, start: Any, slice_: int, of: int) -> tuple[list[Found], Any]:
        """Orders come with their keys."""
        if entity == CARTS:
            owners, place = self.carts.owners(start, slice_, of)
            return list(self.carts.find(owners).values()), place
        rows = self._rows.page(entity, start or "", slice_, of)
        return [*rows, *self._ties(entity, rows)], own_key(rows[-1]) if rows else None

    def count(self, entity: str) -> int:
        return 0 if entity == CARTS else int(self.database.run(COUNT[entity])[0][0])

    def orders_of_users(self, without: set[str]) -> Counter[str]:
        return Counter(dict(self.database.run(ORDERS_OF_USERS, without=sorted(without))))

    def strays(self, currency: str, mine: Callable[[str], bool]) -> Mapping[str, Sequence[str]]:
        return strays(self.database, currency, mine, is_source=True)

    def unmapped(self) -> list[dict[str, str]]:
        """Columns that nothing would keep."""
        found = self.database.run(COLUMNS, tables=list(KNOWN))
        return [{"entity": t, "attribute": name, "key": ""} for t, name in found if name not in KNOWN[t]]

    def parts(self, entity: str) -> list[File]:
        """As files of an export are, to be loaded each by itself."""
        rows = self.count(entity)
        parts = 1 + rows // ROWS_IN_A_PART
        return [File(entity, f"{PART}:{entity}:{part}/{parts}", rows // parts, 0) for part in range(parts)]

    def batches(self, entity: str, key: str, begun: int, after: str) -> Iterator[Batch]:  # noqa: ARG002
        """A part, page by page; a page that comes again is the same rows, or newer ones."""
        slice_, of = (int(number) for number in key.rpartition(":")[2].split("/"))
        start: Any = ({"user_id": after, "book_id": "#cart"} if after else None) if entity == CARTS else after
        while True:
            found, start = self.page(entity, start, slice_, of)
            after = "" if start is None else str(start["user_id"] if entity == CARTS else start)
            if found:
                yield Batch(len(found), found, after)
            if start is None:
                return

    def _ties(self, entity: str, rows: Sequence[Row]) -> list[Row]:
        if entity != ORDERS or not rows:
            return []
        return list(self._rows.find(KEYS, [own_key(row) for row in rows]).values())


class PostgresWriter:
    """Writes into the other database, where the mover's own changes are not noted."""

    def __init__(self, source: PostgresSource, currency: str) -> None:
        self._source, self._database = source, source.database
        self._terms = Terms(currency, escrow=True)

    def rows(self, rows: Sequence[Row]) -> tuple[int, list[Bad]]:
        if not rows:
            return 0, []
        outcome = self._database.transaction(lambda session: apply(session, rows, {}, [], self._terms))
        return outcome.written, outcome.bad

    def new_order(self, order: Row, tie: Row | None) -> bool:
        if self._source.find_rows([order]):
            return False
        return self.rows([order, *([tie] if tie else [])])[0] > 0

    def books(self, changes: Sequence[BookChange]) -> tuple[int, list[Bad]]:
        rows = [each.row for each in changes if each.row is not None]
        there = {row.key for row in rows}
        named = {f"{category}/{each.book_id}" for each in changes for category in each.categories}
        gone = [f"{category}/{each.book_id}" for each in changes if each.row is None for category in each.categories]

        def work(session: Any) -> Outcome:
            # What is no more is in nobody's way.
            removed = merge_books.remove(session, gone) if gone else 0
            outcome = apply(session, rows, {}, [], self._terms, sorted(named - there))
            outcome.written += removed
            return outcome

        outcome = self._database.transaction(work)
        return outcome.written, outcome.bad

    def cart(self, row: Row) -> bool:
        return self._source.carts.write(row)

    def forget_cart(self, user_id: str) -> None:
        self._source.carts.remove(user_id)

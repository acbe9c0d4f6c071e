"""Orders into PostgreSQL, each with its items and its payment, its shopper, and what it says of popularity."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from shared.postgres import Session
from shared.row_ids import row_id

from migration.mapping import ORDER, ORDER_ITEM
from migration.merging import Terms
from migration.row import Row
from migration.staging import Staged
from migration.target import PROFILES

# What is of the orders table itself.
FACTS = [each for each in ORDER.attributes if each.name not in ("user_id", "items", "payment", "authorisation")]
PAYMENT = [each for each in ORDER.attributes if each.name in ("payment", "authorisation")]
COLUMNS = [each.column or each.name for each in FACTS]
ITEM = [each.column or each.name for each in ORDER_ITEM.attributes]
STAGED = Staged(
    "staged_orders",
    (
        ("place", "integer"),
        ("id", "uuid"),
        ("shopper", "uuid"),
        ("public_user_id", 'text COLLATE "C"'),
        *((each.name, each.kind.sql) for each in (*FACTS, *PAYMENT)),
    ),
    key="id",
)
STAGED_ITEMS = Staged(
    "staged_items",
    (
        ("order_id", "uuid"),
        ("place", "smallint"),
        ("id", "uuid"),
        *((each.column or each.name, each.kind.sql) for each in ORDER_ITEM.attributes),
    ),
    key="order_id, place",
)
# OFFSET 0 keeps the planner, which knows nothing of what is staged, at one look by index for each row of it.
IN_THE_WAY = """SELECT place, 'order_id: is an order of another shopper, too' FROM staged_orders AS staged,
        LATERAL (SELECT user_id FROM orders WHERE orders.id = staged.id OFFSET 0) AS other
        WHERE other.user_id <> shopper
    UNION ALL
    SELECT place, 'authorisation: is not of this order alone' FROM staged_orders AS staged,
        LATERAL (SELECT order_id FROM payments WHERE payments.authorisation = staged.authorisation OFFSET 0) AS other
        WHERE other.order_id IS DISTINCT FROM staged.id
            AND NOT EXISTS (SELECT FROM staged_orders AS too WHERE too.id = other.order_id)"""
SHOPPERS = """INSERT INTO users (id, user_id, created_at, updated_at)
    SELECT DISTINCT ON (shopper) shopper, public_user_id, created_at, created_at
    FROM staged_orders WHERE NOT EXISTS (SELECT FROM users WHERE users.id = shopper)
    ORDER BY shopper, created_at ON CONFLICT DO NOTHING"""


def _items_in(table: str) -> str:
    """What the items of a staged order are, as this table has them."""
    return f"""(SELECT array_agg(ROW({", ".join(ITEM)})::text ORDER BY place)
        FROM {table} AS found WHERE found.order_id = staged.id)"""  # noqa: S608 - no input in it


CHANGED = f"""WITH compared AS MATERIALIZED (
        SELECT staged.id,
            ({", ".join(f"orders.{name}" for name in COLUMNS)}, payments.status, payments.authorisation)
                IS DISTINCT FROM ({", ".join(f"staged.{each.name}" for each in (*FACTS, *PAYMENT))}) AS differs,
            {_items_in("staged_items")} IS DISTINCT FROM {_items_in("order_items")} AS items_differ
        FROM staged_orders AS staged
        LEFT JOIN LATERAL (SELECT * FROM orders WHERE orders.id = staged.id OFFSET 0) AS orders ON true
        LEFT JOIN LATERAL (SELECT * FROM payments WHERE payments.order_id = staged.id OFFSET 0) AS payments ON true
    ) SELECT id, items_differ FROM compared WHERE differs OR items_differ"""  # noqa: S608 - no input in it
# Books are locked in the order of their ids, as checkout does.
SOLD = """SELECT book_id, sum(quantity) FROM order_items JOIN orders ON orders.id = order_items.order_id
    WHERE orders.id = ANY(:ids) AND status <> 'cancelled' AND book_id IS NOT NULL GROUP BY book_id"""
LOCK_BOOKS = "SELECT FROM books WHERE id = ANY(:books) ORDER BY id FOR NO KEY UPDATE"
POPULAR = """UPDATE books SET popularity = greatest(popularity + change.copies, 0)
    FROM unnest(:books::uuid[], :copies::integer[]) AS change(id, copies) WHERE books.id = change.id"""
UPSERT = f"""INSERT INTO orders (id, user_id, currency, {", ".join(COLUMNS)})
    SELECT id, shopper, :currency, {", ".join(each.name for each in FACTS)} FROM staged_orders WHERE id = ANY(:ids)
    ON CONFLICT (id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in COLUMNS if name != "order_id")}"""  # noqa: S608
FORGET_ITEMS = "DELETE FROM order_items WHERE order_id = ANY(:ids)"
ITEMS = f"""INSERT INTO order_items (id, order_id, book_id, place, {", ".join(ITEM)})
    SELECT id, order_id, (SELECT books.id FROM books WHERE books.book_id = public_book_id), place, {", ".join(ITEM)}
    FROM staged_items WHERE order_id = ANY(:ids)"""  # noqa: S608 - no input in it
FORGET_PAYMENTS = """DELETE FROM payments USING staged_orders AS staged
    WHERE payments.order_id = staged.id AND staged.id = ANY(:ids)
        AND payments.authorisation IS DISTINCT FROM staged.authorisation"""
PAYMENTS = """INSERT INTO payments (authorisation, order_id, amount, currency, status, created_at, updated_at)
    SELECT authorisation, id, total, :currency, payment, created_at, updated_at FROM staged_orders
    WHERE id = ANY(:ids) AND authorisation IS NOT NULL
    ON CONFLICT (authorisation) DO UPDATE SET status = excluded.status, amount = excluded.amount,
        updated_at = excluded.updated_at"""
KEYS = """WITH taken AS (
        DELETE FROM migration.pending_keys AS pending USING orders, users
        WHERE orders.id = ANY(:ids) AND pending.order_id = orders.order_id AND users.id = orders.user_id
            AND users.user_id = pending.user_id
        RETURNING orders.id, pending.key, pending.fingerprint
    )
    UPDATE orders SET idempotency_key = taken.key, fingerprint = taken.fingerprint FROM taken
    WHERE orders.id = taken.id"""
REMOVE = "DELETE FROM orders WHERE id = ANY(:ids) RETURNING user_id"

FORGET_SHOPPERS = f"""DELETE FROM users WHERE id = ANY(:ids) AND NOT ({PROFILES})
    AND NOT EXISTS (SELECT FROM orders WHERE orders.user_id = users.id)"""  # noqa: S608 - no input in it


def merge(
    session: Session, rows: Sequence[Row], terms: Terms, _leaving: frozenset[str]
) -> tuple[int, list[tuple[Row, str]]]:
    kept, refused = _once(rows)
    _stage(session, kept)
    # What is refused does not give up what another of them wants.
    while found := session.run(IN_THE_WAY):
        reasons: dict[int, str] = dict(found)
        refused += [(kept[place], reason) for place, reason in sorted(reasons.items())]
        kept = [row for place, row in enumerate(kept) if place not in reasons]
        _stage(session, kept)
    changed = dict(session.run(CHANGED))
    if changed:
        _write(session, list(changed), [each for each, items_differ in changed.items() if items_differ], terms)
    return len(changed), refused


def remove(session: Session, keys: Sequence[str]) -> int:
    ids = [row_id("orders", key.partition("/")[2]) for key in keys]
    before = _sold(session, ids)
    _count(session, before, Counter())
    shoppers = [shopper for (shopper,) in session.run(REMOVE, ids=ids)]
    # Who only bought something, and nothing is left of it.
    session.run(FORGET_SHOPPERS, ids=shoppers)
    return len(shoppers)


def _write(session: Session, ids: list[UUID], with_other_items: list[UUID], terms: Terms) -> None:
    session.run(SHOPPERS)
    before = _sold(session, ids)
    session.run(UPSERT, ids=ids, currency=terms.currency)
    if with_other_items:
        session.run(FORGET_ITEMS, ids=with_other_items)
        session.run(ITEMS, ids=with_other_items)
    session.run(FORGET_PAYMENTS, ids=ids)
    session.run(PAYMENTS, ids=ids, currency=terms.currency)
    session.run(KEYS, ids=ids)
    _count(session, before, _sold(session, ids))


def _sold(session: Session, ids: Sequence[UUID]) -> Counter[UUID]:
    return Counter(dict(session.run(SOLD, ids=list(ids))))


def _count(session: Session, before: Counter[UUID], after: Counter[UUID]) -> None:
    """Changes popularity by what standing orders have more or less of a book."""
    changes = {book: after[book] - before[book] for book in before | after if after[book] != before[book]}
    if changes:
        books = sorted(changes)
        session.run(LOCK_BOOKS, books=books)
        session.run(POPULAR, books=books, copies=[changes[book] for book in books])


def _once(rows: Sequence[Row]) -> tuple[list[Row], list[tuple[Row, str]]]:
    kept: list[Row] = []
    refused: list[tuple[Row, str]] = []
    orders: set[str] = set()
    paid: set[str] = set()
    for row in rows:
        order_id, authorisation = row.values["order_id"], row.values["authorisation"]
        if order_id in orders:
            refused.append((row, "order_id: is an order of another shopper, too"))
        elif authorisation is not None and authorisation in paid:
            refused.append((row, "authorisation: is not of this order alone"))
        else:
            orders.add(order_id)
            paid |= {authorisation} - {None}
            kept.append(row)
    return kept, refused


def _stage(session: Session, rows: Sequence[Row]) -> None:
    STAGED.fill(session, (_order(place, row.values) for place, row in enumerate(rows)))
    STAGED_ITEMS.fill(session, (item for row in rows for item in _items(row.values)))


def _order(place: int, values: dict[str, Any]) -> list[Any]:
    user_id, order_id = values["user_id"], values["order_id"]
    facts = (values[each.name] for each in (*FACTS, *PAYMENT))
    return [place, row_id("orders", order_id), row_id("users", user_id), user_id, *facts]


def _items(values: dict[str, Any]) -> list[list[Any]]:
    order_id = values["order_id"]
    order = row_id("orders", order_id)
    return [
        [
            order,
            place,
            row_id("order_items", f"{order_id}/{line['book_id']}"),
            *(line[each.name] for each in ORDER_ITEM.attributes),
        ]
        for place, line in enumerate(values["items"], 1)
    ]

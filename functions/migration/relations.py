"""What holds between rows: nothing points nowhere, each shopper has their orders, each book its copies."""

from collections import Counter
from typing import Any

from orders.items import IDEMPOTENCY_PREFIX
from shared.postgres import Database, Session

from migration import rejects, state
from migration.row import BOOKS, ORDERS, Bad, Row
from migration.sides import Source
from migration.state import State
from migration.target import PostgresRows

SHOWN = 100
ORPHANS = """SELECT
    (SELECT count(*) FROM order_items JOIN books ON books.book_id = public_book_id
        WHERE order_items.book_id IS DISTINCT FROM books.id),
    (SELECT count(*) FROM orders WHERE NOT EXISTS (SELECT FROM order_items WHERE order_items.order_id = orders.id)),
    (SELECT count(*) FROM payments WHERE order_id IS NULL AND status <> 'voided'),
    (SELECT count(*) FROM migration.pending_keys)"""
NAMES = ("items_without_their_book", "orders_without_items", "payments_without_order", "keys_without_order")
PENDING = """SELECT user_id, key, order_id, fingerprint FROM migration.pending_keys AS pending
    WHERE NOT EXISTS (SELECT FROM migration.rejects
        WHERE entity = 'orders' AND rejects.key = pending.user_id || '/' || pending.order_id)"""
OF_USERS = (
    """SELECT users.user_id, count(*) FROM orders JOIN users ON users.id = orders.user_id GROUP BY users.user_id"""
)
REJECTED = "SELECT key FROM migration.rejects WHERE entity = 'orders'"
TRANSIT = "SELECT coalesce(sum(quantity), 0) FROM migration.transfers WHERE state IN ('planned', 'taken')"
SOLD = """SELECT coalesce(sum(quantity), 0) FROM order_items JOIN orders ON orders.id = order_items.order_id
    WHERE status <> 'cancelled'"""


class Relations:
    def __init__(self, target: Database, source: Source) -> None:
        self._target, self._source = target, source
        self._rows = PostgresRows(target)

    def verify(self) -> dict[str, Any]:
        now = self._target.transaction(state.read)
        self._target.transaction(_name_orphans)
        orphans = dict(zip(NAMES, self._target.run(ORPHANS)[0], strict=True))
        stock, orders = self._stock(now), self._orders_of_users()
        differences = sum(orphans.values()) + len(stock["different"]) + len(orders["different"])
        return {
            "orphans": orphans,
            "stock": {**stock, "different": stock["different"][:SHOWN]},
            "orders_of_users": {**orders, "different": orders["different"][:SHOWN]},
            "differences": differences,
            "done": True,
        }

    def _stock(self, now: State) -> dict[str, Any]:
        """Of each book the copies on either side, and in all. Without escrow the target's are only a picture of the
        source's; in escrow all of them together, with those sold, stay the same but for what the back office does."""
        here: dict[str, int] = {}
        there: dict[str, int] = {}
        for rows in self._rows.pages(BOOKS):
            here |= {row.values["book_id"]: row.values["stock_quantity"] for row in rows}
            found = self._source.find_rows(rows)
            there |= {r.values["book_id"]: r.values["stock_quantity"] for r in found.values() if isinstance(r, Row)}
        wrong: list[dict[str, Any]] = []
        if not now.escrow:
            wrong = [{"key": b, "source": there.get(b), "target": n} for b, n in here.items() if there.get(b) != n]
        ((moving,),), ((sold,),) = self._target.run(TRANSIT), self._target.run(SOLD)
        return {
            "books": len(here),
            "source": sum(there.values()),
            "target": sum(here.values()),
            "in_transit": int(moving),
            "sold": int(sold),
            "different": wrong,
        }

    def _orders_of_users(self) -> dict[str, Any]:
        here = Counter(dict(self._target.run(OF_USERS)))
        there = self._source.orders_of_users({key for (key,) in self._target.run(REJECTED)})
        wrong = [
            {"key": user, "source": there[user], "target": here[user]}
            for user in sorted(here.keys() | there.keys())
            if here[user] != there[user]
        ]
        counts = {"users": len(here), "source": there.total(), "target": here.total()}
        return {**counts, "different": wrong}


def _name_orphans(session: Session) -> None:
    """A key whose order never came is a reject: somebody has to look at it."""
    bad = [
        Bad(ORDERS, f"{user}/{IDEMPOTENCY_PREFIX}{key}", f"placed_order_id: is {order}, which is not there", finger)
        for user, key, order, finger in session.run(PENDING)
    ]
    rejects.note(session, bad)

"""How many copies of a book there are in all, while each of them is on one side: that none is lost or made.

On both sides, on their way and in orders that stand there are always as many, whatever shoppers do. How many is found
out once, when two looks with everything brought over in between see the same: what one of them had seen half of, the
other would have seen whole. From then on the back office alone changes it, and PostgreSQL notes that.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.postgres import Database, Session

SOLD = """SELECT order_items.book_id, count(*) AS items,
        coalesce(sum(quantity) FILTER (WHERE status <> 'cancelled'), 0) AS sold
    FROM order_items JOIN orders ON orders.id = order_items.order_id
    WHERE order_items.book_id IS NOT NULL GROUP BY order_items.book_id"""
# In one statement, so of one moment.
HERE = f"""SELECT books.book_id, stock_quantity,
        coalesce((SELECT sum(quantity) FROM migration.transfers
            WHERE transfers.book_id = books.book_id AND state IN ('planned', 'taken')), 0),
        coalesce(sold, 0), coalesce(items, 0), copies.copies
    FROM books LEFT JOIN ({SOLD}) AS sales ON sales.book_id = books.id
        LEFT JOIN migration.copies ON copies.book_id = books.book_id"""  # noqa: S608 - no input in it
NOTE = """INSERT INTO migration.copies AS known (book_id, seen)
    SELECT * FROM unnest(:books::text[], :seen::text[]) AS given(book_id, seen)
    ON CONFLICT (book_id) DO UPDATE SET seen = excluded.seen,
        copies = CASE WHEN known.seen = excluded.seen THEN (
            SELECT whole FROM unnest(:books::text[], :whole::bigint[]) AS g(book_id, whole)
            WHERE g.book_id = known.book_id COLLATE "C") END
    WHERE known.copies IS NULL"""
UNKNOWN = """SELECT count(*) FROM books LEFT JOIN migration.copies ON copies.book_id = books.book_id
    WHERE copies.copies IS NULL"""


@dataclass(frozen=True, kw_only=True)
class Count:
    """Copies of a book. `items` are of orders, cancelled ones among them; `expected` is None until it is known."""

    book_id: str
    there: int
    here: int
    moving: int
    sold: int
    items: int
    expected: int | None

    @property
    def whole(self) -> int:
        return self.there + self.here + self.moving + self.sold

    @property
    def is_wrong(self) -> bool:
        return self.expected is not None and self.whole != self.expected

    def shown(self) -> dict[str, Any]:
        return {
            "key": self.book_id,
            "source": self.there,
            "target": self.here,
            "in_transit": self.moving,
            "sold": self.sold,
            "expected": self.expected,
        }


def counted(target: Database, there: Mapping[str, int]) -> list[Count]:
    """`there` are the source's."""
    return [
        Count(
            book_id=book,
            there=there.get(book, 0),
            here=here,
            moving=int(moving),
            sold=int(sold),
            items=items,
            expected=expected,
        )
        for book, here, moving, sold, items, expected in target.run(HERE)
    ]


def note(target: Database, counts: list[Count]) -> int:
    """Of how many books it is not known still."""
    new = [each for each in counts if each.expected is None]

    def work(session: Session) -> int:
        session.run(
            NOTE,
            books=[each.book_id for each in new],
            seen=[f"{each.there} {each.here} {each.moving} {each.sold} {each.items}" for each in new],
            whole=[each.whole for each in new],
        )
        return int(session.run(UNKNOWN)[0][0])

    return target.transaction(work)


def forget(session: Session) -> None:
    """What is counted anew at the next shift."""
    session.run("DELETE FROM migration.copies WHERE NOT is_new")
    session.run("UPDATE migration.copies SET copies = NULL, seen = NULL")

"""Books into PostgreSQL. A book_id, and an ISBN, is one book's."""

from collections.abc import Sequence
from uuid import UUID

from shared.postgres import Session
from shared.row_ids import row_id

from migration.mapping import BOOK
from migration.merging import Terms
from migration.row import Row
from migration.staging import Staged

NAMES = [attribute.name for attribute in BOOK.attributes]
STAGED = Staged(
    "staged_books",
    (("place", "integer"), ("id", "uuid"), *((each.name, each.kind.sql) for each in BOOK.attributes)),
    key="place",
)
# OFFSET 0 keeps the planner, which knows nothing of what is staged, at one look by index for each row of it.
IN_THE_WAY = """SELECT place, 'book_id: is in category ' || other.category || ', too' FROM staged_books AS staged,
        LATERAL (SELECT category FROM books WHERE books.book_id = staged.book_id OFFSET 0) AS other
        WHERE other.category <> staged.category AND other.category || '/' || book_id <> ALL(:leaving)
    UNION ALL
    SELECT place, 'isbn: is that of ' || other.book_id || ', too' FROM staged_books AS staged,
        LATERAL (SELECT book_id FROM books WHERE books.isbn = staged.isbn OFFSET 0) AS other
        WHERE other.book_id <> staged.book_id
            AND NOT EXISTS (SELECT FROM staged_books AS too WHERE too.book_id = other.book_id)"""
# Which gives an ISBN up does before any takes it: so they go round in one set.
FREE = """UPDATE books SET isbn = NULL FROM staged_books AS staged
    WHERE books.id = staged.id AND books.isbn IS NOT NULL AND books.isbn IS DISTINCT FROM staged.isbn
    RETURNING books.id"""


def _upsert(names: Sequence[str], *, stock: bool) -> str:
    inserted = [name if name != "stock_quantity" or stock else "0" for name in names]
    changed = [name for name in names if name != "book_id" and (stock or name != "stock_quantity")]
    return f"""WITH written AS (
            INSERT INTO books (id, {", ".join(names)})
            SELECT id, {", ".join(inserted)} FROM staged_books
            ON CONFLICT (book_id) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in changed)}
            WHERE ({", ".join(f"books.{name}" for name in changed)})
                IS DISTINCT FROM ({", ".join(f"excluded.{name}" for name in changed)})
            RETURNING id, xmax = 0 AS is_new
        ) SELECT id, is_new FROM written"""  # noqa: S608


UPSERT, UPSERT_IN_ESCROW = _upsert(NAMES, stock=True), _upsert(NAMES, stock=False)
# Orders of a book that was not here.
FOUND_AGAIN = """WITH tied AS (
        UPDATE order_items SET book_id = books.id FROM books
        WHERE books.id = ANY(:ids) AND public_book_id = books.book_id AND order_items.book_id IS NULL
        RETURNING order_items.book_id, order_items.order_id, quantity
    )
    UPDATE books SET popularity = sold.copies
    FROM (SELECT tied.book_id AS id, sum(quantity) AS copies FROM tied JOIN orders ON orders.id = tied.order_id
        WHERE status <> 'cancelled' GROUP BY tied.book_id) AS sold
    WHERE books.id = sold.id"""
REMOVE = """WITH gone AS (
        DELETE FROM books WHERE book_id = ANY(:book_ids) AND category || '/' || book_id = ANY(:keys) RETURNING 1
    ) SELECT count(*) FROM gone"""


def merge(
    session: Session, rows: Sequence[Row], terms: Terms, leaving: frozenset[str]
) -> tuple[int, list[tuple[Row, str]]]:
    kept, refused = _once(rows)
    _stage(session, kept)
    # What is refused does not give up what another of them wants.
    while found := session.run(IN_THE_WAY, leaving=list(leaving)):
        reasons: dict[int, str] = dict(found)
        refused += [(kept[place], reason) for place, reason in sorted(reasons.items())]
        kept = [row for place, row in enumerate(kept) if place not in reasons]
        _stage(session, kept)
    freed = {id_ for (id_,) in session.run(FREE)}
    written: dict[UUID, bool] = dict(session.run(UPSERT_IN_ESCROW if terms.escrow else UPSERT))
    if new := [id_ for id_, is_new in written.items() if is_new]:
        session.run(FOUND_AGAIN, ids=new)
    return len(freed | written.keys()), refused


def remove(session: Session, keys: Sequence[str]) -> int:
    book_ids = [key.rpartition("/")[2] for key in keys]
    return int(session.run(REMOVE, keys=list(keys), book_ids=book_ids)[0][0])


def _once(rows: Sequence[Row]) -> tuple[list[Row], list[tuple[Row, str]]]:
    """The rows whose book_id and ISBN no row before them has, and the others."""
    kept: list[Row] = []
    refused: list[tuple[Row, str]] = []
    places: dict[str, str] = {}
    owners: dict[str, str] = {}
    for row in rows:
        book_id, isbn = row.values["book_id"], row.values["isbn"]
        if book_id in places:
            refused.append((row, f"book_id: is in category {places[book_id]}, too"))
        elif isbn is not None and isbn in owners:
            refused.append((row, f"isbn: is that of {owners[isbn]}, too"))
        else:
            places[book_id] = row.values["category"]
            owners[isbn or ""] = book_id
            kept.append(row)
    return kept, refused


def _stage(session: Session, rows: Sequence[Row]) -> None:
    found = (
        [place, row_id("books", row.values["book_id"]), *(row.values[name] for name in NAMES)]
        for place, row in enumerate(rows)
    )
    STAGED.fill(session, found)

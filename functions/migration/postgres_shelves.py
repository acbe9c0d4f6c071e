"""Copies of books of a source in PostgreSQL, and the markers of those on their way: closed transfers of its own."""

from collections.abc import Sequence
from uuid import UUID

from shared.postgres import Database, Session, Violation

from migration.transfers import TARGET, Transfer, columns

MARK = """INSERT INTO migration.transfers (id, book_id, category, quantity, towards, state)
    SELECT * FROM unnest(:ids::uuid[], :books::text[], :categories::text[], :quantities::integer[], :towards::text[],
        :states::text[])"""
MARK_VOID = """WITH marked AS (
        INSERT INTO migration.transfers (id, book_id, category, quantity, towards, state)
        VALUES (:id, :book, :category, :quantity, :towards, 'void') ON CONFLICT (id) DO NOTHING RETURNING 1
    ) SELECT count(*) FROM marked"""
STATE = "SELECT state FROM migration.transfers WHERE id = :id"
CHANGE = """WITH given AS (
        SELECT * FROM unnest(:books::text[], :changes::integer[]) AS given(book_id, change)
    ),
    held AS MATERIALIZED (
        SELECT books.id, change FROM books JOIN given ON books.book_id = given.book_id COLLATE "C"
        WHERE stock_quantity + change >= 0 ORDER BY books.id FOR NO KEY UPDATE OF books
    ),
    changed AS (
        UPDATE books SET stock_quantity = stock_quantity + change FROM held WHERE books.id = held.id RETURNING 1
    ) SELECT count(*) FROM changed"""
FORGET = "DELETE FROM migration.transfers WHERE id = ANY(:ids)"


class NotAll(Exception):
    """Not every book has so many copies."""


class PostgresShelves:
    def __init__(self, database: Database) -> None:
        self._database = database

    def carry(self, part: Sequence[Transfer]) -> bool:
        def work(session: Session) -> None:
            session.run(
                MARK,
                **columns(part),
                categories=[each.category for each in part],
                towards=[each.towards for each in part],
                states=["done" for _ in part],
            )
            changes = [-each.quantity if each.towards == TARGET else each.quantity for each in part]
            ((changed,),) = session.run(CHANGE, books=[each.book_id for each in part], changes=changes)
            if changed < len(part):
                raise NotAll

        try:
            self._database.transaction(work)
        except (NotAll, Violation):
            return False
        return True

    def went(self, transfer: Transfer) -> bool:
        marked = self._database.run(
            MARK_VOID,
            id=transfer.id,
            book=transfer.book_id,
            category=transfer.category,
            quantity=transfer.quantity,
            towards=transfer.towards,
        )
        # A marker that was put when an answer was lost says void, too.
        return not marked[0][0] and self._database.run(STATE, id=transfer.id) == [["done"]]

    def forget(self, ids: Sequence[UUID]) -> None:
        self._database.run(FORGET, ids=list(ids))

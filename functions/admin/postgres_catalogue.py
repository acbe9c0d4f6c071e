"""Writing the catalogue in PostgreSQL.

Stock only ever moves by its own updates: replacing a book never writes it, so no sale in between is undone.
"""

from typing import Any

from books.model import Book
from books.rows import COLUMNS, as_json, from_json
from shared import clock
from shared.postgres import Database, Violation
from shared.problems import BookExists, Conflict, StockMismatch
from shared.row_ids import row_id

FIELDS = "title, author, isbn, price, category, description, image_url, stock_quantity, created_at, updated_at"
INSERT = f"""INSERT INTO books (id, book_id, {FIELDS})
    VALUES (:id, :book_id, :{FIELDS.replace(", ", ", :")})"""  # noqa: S608 - no input in it
# A new row has no transaction that replaced it yet. The id is made from the book_id, so the two conflict together.
PUT = f"""WITH written AS (
        {INSERT}
        ON CONFLICT (id) DO UPDATE SET title = excluded.title, author = excluded.author, isbn = excluded.isbn,
            price = excluded.price, category = excluded.category, description = excluded.description,
            image_url = excluded.image_url, updated_at = excluded.updated_at
        RETURNING *, xmax = 0 AS is_new
    ) SELECT ({as_json(f"SELECT {COLUMNS} FROM written")}), (SELECT is_new FROM written)"""  # noqa: S608
STOCK = f"""WITH changed AS (
        UPDATE books SET stock_quantity = stock_quantity + :delta, updated_at = :now
        WHERE book_id = :book_id AND stock_quantity::bigint + :delta BETWEEN 0 AND 2147483647
            AND stock_quantity = coalesce(:expected::integer, stock_quantity)
        RETURNING *
    ) SELECT ({as_json(f"SELECT {COLUMNS} FROM changed")}),
        (SELECT stock_quantity FROM books WHERE book_id = :book_id)"""  # noqa: S608 - no input in it
ISBN = "books_isbn_key"


class PostgresCatalogue:
    """One table. An ISBN is unique, too."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, book: Book) -> Book:
        try:
            # What was created before an answer was lost must not be refused as another's.
            self._database.run(INSERT, once=True, **_values(book))
        except Violation as violation:
            raise _taken(book, violation) from None
        return book

    def put(self, book: Book) -> tuple[Book, bool]:
        try:
            written, created = self._database.run(PUT, **_values(book))[0]
        except Violation as violation:
            raise _taken(book, violation) from None
        return from_json(written)[0], created

    def delete(self, book_id: str) -> None:
        self._database.run("DELETE FROM books WHERE book_id = :book_id", book_id=book_id)

    def change_stock(self, book_id: str, delta: int, expected: int | None) -> Book | None:
        changed, stock = self._database.run(
            STOCK,
            once=expected is None,
            book_id=book_id,
            delta=delta,
            expected=expected,
            now=clock.stamp(clock.now()),
        )[0]
        if books := from_json(changed):
            return books[0]
        if stock is None:
            return None
        raise StockMismatch(f"There are {stock} copies; the change of {delta} was not made. Look again and retry.")


def _values(book: Book) -> dict[str, Any]:
    fields = {name: getattr(book, name) for name in FIELDS.split(", ")}
    return {"id": row_id("books", book.book_id), "book_id": book.book_id, **fields}


def _taken(book: Book, violation: Violation) -> Exception:
    if violation.constraint == ISBN:
        return Conflict(f"Another book has the ISBN {book.isbn}. An ISBN is one book's.")
    return BookExists(f"There is a book {book.book_id} already. Change it with PUT, or choose another id.")

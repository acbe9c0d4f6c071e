"""A book as PostgreSQL writes it, and back: a page comes as one JSON text, which is read into books at once."""

import msgspec

from books.model import Book

COLUMNS = """book_id, category, title, author, isbn, price, stock_quantity, description, image_url,
    to_char(created_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS created_at,
    to_char(updated_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS updated_at"""

_decoder = msgspec.json.Decoder(list[Book])


def as_json(query: str) -> str:
    """A query of COLUMNS and nothing else as one that answers one JSON text, in the same order."""
    return f"SELECT coalesce(json_agg(book), '[]')::text FROM ({query}) AS book"  # noqa: S608 - no input in it


def from_json(text: str) -> list[Book]:
    return _decoder.decode(text)

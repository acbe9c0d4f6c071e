"""Books of the sample catalogue for a shop."""

import json
from pathlib import Path
from typing import Any

from tests.e2e.shop import Shop

CATALOGUE = Path(__file__).resolve().parents[2] / "schema" / "catalogue" / "books.json"


def stocked(admin: Shop, every: int = 1) -> list[dict[str, Any]]:
    """Puts every so many books of the catalogue, so some of each category, on the shelves and answers with them."""
    books: list[dict[str, Any]] = json.loads(CATALOGUE.read_text())[::every]
    for book in books:
        body = {name: value for name, value in book.items() if name != "book_id"}
        assert admin.call("PUT", f"/admin/books/{book['book_id']}", body).ok
    return books

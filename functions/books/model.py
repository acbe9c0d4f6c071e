"""What a book is, and what may be asked of the catalogue."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from shared.problems import InvalidRequest

DEFAULT_LIMIT = 20
BESTSELLER_DAYS = 30


class Book(msgspec.Struct, frozen=True):
    """A book of the catalogue, as the API shows it."""

    book_id: str
    category: str
    title: str
    author: str
    isbn: str | None
    price: Decimal
    stock_quantity: int
    description: str
    image_url: str | None
    created_at: str
    updated_at: str


class Category(msgspec.Struct, frozen=True):
    name: str
    count: int


class Filters(msgspec.Struct, frozen=True):
    """What a listing is narrowed to. `words` are lower-case; a book has them all in its title and author."""

    words: tuple[str, ...] = ()
    exact_title: str | None = None
    category: str | None = None
    author: str | None = None
    min_price: Decimal | None = None
    max_price: Decimal | None = None
    in_stock: bool = False


class Listing(msgspec.Struct, frozen=True):
    """A question to the catalogue: filters, an order (None is by category and id), and how many."""

    filters: Filters
    sort: str | None
    limit: int


def listing(query: Mapping[str, Any]) -> Listing:
    """From the query parameters of listBooks; InvalidRequest when the prices cross."""
    low, high = query.get("min_price"), query.get("max_price")
    if low is not None and high is not None and low > high:
        fault = f"min_price: {low} is more than max_price, {high}"
        raise InvalidRequest(f"A parameter is wrong: {fault}", errors=(fault,))
    text = query.get("q", "").strip()
    filters = Filters(
        words=tuple(text.lower().split()),
        exact_title=text or None,
        category=query.get("category"),
        author=query.get("author", "").lower() or None,
        min_price=low,
        max_price=high,
        in_stock=query.get("in_stock", False),
    )
    return Listing(filters, query.get("sort"), query.get("limit", DEFAULT_LIMIT))


def days_before(last: date, count: int) -> list[str]:
    """`count` days up to `last`, newest first, as YYYY-MM-DD."""
    return [date.fromordinal(last.toordinal() - back).isoformat() for back in range(count)]

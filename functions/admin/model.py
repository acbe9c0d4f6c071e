"""What the back office may be told, and the rules of the catalogue."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Annotated, Any, Literal

import msgspec
from books.model import Book
from shared import clock
from shared.bodies import NOT_BLANK, BookId, Input
from shared.money import Money, cents
from shared.problems import InvalidRequest

MOST_STOCK = 100_000
# What PostgreSQL's integer holds.
MOST_COPIES = 2_147_483_647
DEFAULT_DAYS = 30
MOST_DAYS_OF_ORDERS, MOST_DAYS_OF_SALES = 92, 366

Category = Annotated[str, msgspec.Meta(min_length=1, max_length=60, pattern=NOT_BLANK)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=255, pattern=NOT_BLANK)]
Isbn = Annotated[str, msgspec.Meta(pattern=r"^97[89][0-9]{10}\Z")]
Stock = Annotated[int, msgspec.Meta(ge=0, le=MOST_STOCK)]
Description = Annotated[str, msgspec.Meta(max_length=4000)]
ImageUrl = Annotated[str, msgspec.Meta(max_length=500, pattern=r"^/[A-Za-z0-9/_.-]+\Z")]
Delta = Annotated[int, msgspec.Meta(ge=-MOST_STOCK, le=MOST_STOCK)]


class BookInput(Input, frozen=True, forbid_unknown_fields=True):
    """A book's description, price and, for a new one, stock."""

    category: Category
    title: Name
    author: Name
    price: Money
    stock_quantity: Stock
    isbn: Isbn | msgspec.UnsetType = msgspec.UNSET
    description: Description | msgspec.UnsetType = msgspec.UNSET
    image_url: ImageUrl | msgspec.UnsetType = msgspec.UNSET

    def faults(self) -> Iterator[str]:
        if isinstance(self.isbn, str) and not is_isbn13(self.isbn):
            yield f"isbn: {self.isbn} has a wrong check digit"
        if self.category.startswith("#"):
            yield "category: must not begin with #"

    def book(self, book_id: str) -> Book:
        now = clock.stamp(clock.now())
        return Book(
            book_id=book_id,
            category=self.category,
            title=self.title,
            author=self.author,
            isbn=self.isbn or None,
            price=cents(self.price),
            stock_quantity=self.stock_quantity,
            description=self.description or "",
            image_url=self.image_url or None,
            created_at=now,
            updated_at=now,
        )


class NewBook(BookInput, frozen=True, forbid_unknown_fields=True, kw_only=True):
    book_id: BookId


class StockChange(Input, frozen=True, forbid_unknown_fields=True):
    """Copies more, or fewer. With `expected` it counts only from that stock."""

    delta: Delta
    expected: Annotated[int, msgspec.Meta(ge=0, le=MOST_COPIES)] | msgspec.UnsetType = msgspec.UNSET


class StatusChange(Input, frozen=True, forbid_unknown_fields=True):
    status: Literal["pending", "confirmed", "shipped", "delivered", "cancelled"]


class Period(msgspec.Struct, frozen=True):
    """Days, both included."""

    first: date
    last: date


def period(query: Mapping[str, Any], most_days: int) -> Period:
    """From the query's `from` and `to`; InvalidRequest when it is upside down or longer than `most_days`."""
    last = query.get("to") or clock.now().date()
    first = query.get("from") or last - min(timedelta(days=DEFAULT_DAYS - 1), last - date.min)
    days = (last - first).days + 1
    if not 1 <= days <= most_days:
        fault = f"from: {first} to {last} is {days} days; 1 to {most_days} are possible"
        raise InvalidRequest(f"A parameter is wrong: {fault}", errors=(fault,))
    return Period(first, last)


def is_isbn13(text: str) -> bool:
    """Whether the check digit is right (ISO 2108: weights 1 and 3, modulo 10)."""
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(text)) % 10 == 0

"""The catalogue in DynamoDB.

Listings walk the categories in the order of their names, a query for each; nothing scans. Search is basic: books of
exactly that title first, found by index, then those whose title and author have all the words. A request examines at
most EXAMINED books; the cursor goes on from there.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from shared import clock
from shared.cached import Cached
from shared.cursor import Position
from shared.dynamo import Item, Page, Query, Table
from shared.problems import NotSupported

from books.items import REGISTRY, TITLE_INDEX, from_item
from books.lookup import BookLookup
from books.model import BESTSELLER_DAYS, Book, Category, Filters, Listing, days_before

EXAMINED = 2000
CHUNK = 200
ORDER_DATE_INDEX = "OrderDateIndex"
CACHE_S = 60.0
EXACT, WALK, SORTED = "exact", "walk", "sorted"


class DynamoBooks:
    """Reads the books table; best sellers are counted from the orders table's index by day."""

    def __init__(self, books: Table, orders: Table) -> None:
        self._books, self._orders = books, orders
        self._lookup = BookLookup(books)
        self._counts = Cached(CACHE_S, self._count_categories)
        self._sales = Cached(CACHE_S, self._count_sales)

    def get(self, book_id: str) -> Book | None:
        return self._lookup.find(book_id)

    def lookup(self, book_ids: Sequence[str]) -> Sequence[Book]:
        return [book for book in map(self.get, book_ids) if book is not None]

    def page(self, listing: Listing, after: Position | None) -> tuple[Sequence[Book], Position | None]:
        if listing.sort is not None:
            return self._sorted(listing, after)
        stage, category, book_id = after if after else (EXACT, None, None)
        found: list[Book] = []
        if stage == EXACT:
            exact = sorted(self._of_title(listing.filters), key=lambda book: (book.category, book.book_id))
            found = [book for book in exact if category is None or (book.category, book.book_id) > (category, book_id)]
            if len(found) > listing.limit:
                last = found[listing.limit - 1]
                return found[: listing.limit], (EXACT, last.category, last.book_id)
            category = book_id = None
        return self._walk(listing, found, category, book_id)

    def related(self, book_id: str, limit: int) -> Sequence[Book] | None:
        if (book := self.get(book_id)) is None:
            return None
        query = Query(key=("category", book.category), limit=CHUNK)
        others = [from_item(item) for item in self._books.query(query).items if item["book_id"] != book.book_id]
        return sorted(others, key=lambda other: other.author != book.author)[:limit]

    def categories(self) -> Sequence[Category]:
        return self._counts()

    def bestsellers(self, limit: int) -> Sequence[Book]:
        found: list[Book] = []
        for book_id, _ in self._sales():
            if len(found) == limit:
                break
            if (book := self.get(book_id)) is not None:
                found.append(book)
        return found

    def _walk(
        self, listing: Listing, found: list[Book], category: str | None, book_id: str | None
    ) -> tuple[Sequence[Book], Position | None]:
        """Fills a page from a position on, and looks one book further to know whether there is a next page."""
        examined, last = 0, (category, book_id)
        for page in self._pages(listing.filters, category, book_id, listing.limit):
            for item in page.items:
                if item["title"] == listing.filters.exact_title:
                    continue
                if len(found) == listing.limit:
                    return found, (WALK, *last)
                found.append(from_item(item))
                last = (item["category"], item["book_id"])
            examined += page.examined
            if page.last is not None:
                last = (page.last["category"], page.last["book_id"])
            if examined >= EXAMINED and page.last is not None:
                return found, (WALK, *last)
        return found, None

    def _pages(self, filters: Filters, category: str | None, book_id: str | None, limit: int) -> Iterator[Page]:
        where, values = _filter(filters)
        for name in self._category_names(filters):
            if category is not None and name < category:
                continue
            start = {"category": name, "book_id": book_id} if name == category and book_id else None
            yield from self._books.all_pages(
                Query(
                    key=("category", name),
                    where=where,
                    values=values,
                    start=start,
                    limit=CHUNK if where else min(CHUNK, limit + 1),
                )
            )

    def _of_title(self, filters: Filters) -> Iterator[Book]:
        if filters.exact_title is None:
            return
        where, values = _filter(filters)
        if filters.category is not None:
            where = " AND ".join(filter(None, [where, "category = :category"]))
            values = {**values, ":category": filters.category}
        query = Query(key=("title", filters.exact_title), index=TITLE_INDEX, where=where, values=values)
        for page in self._books.all_pages(query):
            yield from (from_item(item) for item in page.items)

    def _sorted(self, listing: Listing, after: Position | None) -> tuple[Sequence[Book], Position | None]:
        books: list[Book] = []
        examined = 0
        for page in self._pages(listing.filters, None, None, CHUNK):
            books += [from_item(item) for item in page.items]
            examined += page.examined
            if examined > EXAMINED:
                raise NotSupported(
                    f"This shop keeps no order of more than {EXAMINED} books. Narrow the list by category, or leave "
                    "out sort. The enhanced phase sorts any catalogue."
                )
        return _slice(sorted(books, key=lambda b: _sort_key(listing.sort, b)), listing, after)

    def _category_names(self, filters: Filters) -> list[str]:
        if filters.category is not None:
            return [filters.category] if filters.category != REGISTRY else []
        pages = self._books.all_pages(Query(key=("category", REGISTRY)))
        return [item["book_id"] for page in pages for item in page.items]

    def _count_categories(self) -> list[Category]:
        counted = []
        for name in self._category_names(Filters()):
            pages = self._books.all_pages(Query(key=("category", name), count=True))
            if count := sum(page.matched for page in pages):
                counted.append(Category(name, count))
        return counted

    def _count_sales(self) -> list[tuple[str, int]]:
        sold: Counter[str] = Counter()
        for day in days_before(clock.now().date(), BESTSELLER_DAYS):
            for page in self._orders.all_pages(Query(key=("order_date", day), index=ORDER_DATE_INDEX)):
                for order in page.items:
                    if order["status"] != "cancelled":
                        sold.update({line["book_id"]: int(line["quantity"]) for line in order["items"]})
        return sorted(sold.items(), key=lambda pair: (-pair[1], pair[0]))


def _filter(filters: Filters) -> tuple[str | None, Item]:
    """The filter expression and its values. The words of an exact title are in it too."""
    conditions: list[str] = []
    values: Item = {}
    for number, word in enumerate(filters.words):
        conditions.append(f"contains(search_text, :word{number})")
        values[f":word{number}"] = word
    for condition, name, value in (
        ("contains(author_text, :author)", ":author", filters.author),
        ("price >= :low", ":low", filters.min_price),
        ("price <= :high", ":high", filters.max_price),
        ("stock_quantity >= :one", ":one", 1 if filters.in_stock else None),
    ):
        if value is not None:
            conditions.append(condition)
            values[name] = value
    return " AND ".join(conditions) or None, values


def _sort_key(sort: str | None, book: Book) -> tuple[Any, str]:
    match sort:
        case "price":
            return book.price, book.book_id
        case "-price":
            return -book.price, book.book_id
        case "newest":
            return -_seconds(book.created_at), book.book_id
        case _:
            return book.title.casefold(), book.book_id


def _seconds(stamp: str) -> Decimal:
    """A stamp as digits: the order of ISO 8601 stamps in UTC is that of their digits."""
    return Decimal("".join(filter(str.isdigit, stamp)))


def _slice(books: list[Book], listing: Listing, after: Position | None) -> tuple[Sequence[Book], Position | None]:
    if after is not None:
        _, value, book_id = after
        read: Any = str if listing.sort == "title" else Decimal
        books = [book for book in books if _sort_key(listing.sort, book) > (read(value), str(book_id))]
    shown = books[: listing.limit]
    if len(books) <= listing.limit:
        return shown, None
    value, book_id = _sort_key(listing.sort, shown[-1])
    return shown, (SORTED, str(value), book_id)

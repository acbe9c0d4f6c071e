"""A book as a DynamoDB item, and back."""

from typing import Any

from shared.money import cents

from books.model import Book

# A partition of its own lists the categories there are, so that nothing ever scans the table.
REGISTRY = "#categories"
BOOK_ID_INDEX, TITLE_INDEX = "BookIdIndex", "TitleSearchIndex"


def key(book: Book) -> dict[str, Any]:
    return {"category": book.category, "book_id": book.book_id}


def to_item(book: Book) -> dict[str, Any]:
    """The item, with lower-case copies of title and author to search in."""
    return {
        "category": book.category,
        "book_id": book.book_id,
        "title": book.title,
        "author": book.author,
        "price": book.price,
        "stock_quantity": book.stock_quantity,
        "description": book.description,
        "created_at": book.created_at,
        "updated_at": book.updated_at,
        **searchable(book),
        **{name: value for name, value in (("isbn", book.isbn), ("image_url", book.image_url)) if value is not None},
    }


def searchable(book: Book) -> dict[str, str]:
    author = book.author.lower()
    return {"search_text": f"{book.title.lower()}\n{author}", "author_text": author}


def from_item(item: dict[str, Any]) -> Book:
    return Book(
        book_id=item["book_id"],
        category=item["category"],
        title=item["title"],
        author=item["author"],
        isbn=item.get("isbn"),
        price=cents(item["price"]),
        stock_quantity=int(item["stock_quantity"]),
        description=item.get("description", ""),
        image_url=item.get("image_url"),
        created_at=item["created_at"],
        updated_at=item["updated_at"],
    )

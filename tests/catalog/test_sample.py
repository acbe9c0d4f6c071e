"""The sample catalogue."""

import json
from collections import Counter
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from cloudshelf.catalog.isbn import is_isbn_13
from cloudshelf.catalog.source import Source
from cloudshelf.catalog.validation import Accepted, Duplicates, Judge, judged
from cloudshelf.client import Contract

PATH = Path(__file__).parents[2] / "schema" / "catalogue" / "books.json"
BOOKS = json.loads(PATH.read_text(encoding="utf-8"))
NEW_BOOK = Contract.load().schema("NewBook")
# A title that begins with an article or a number is sorted as it is written.
SEEDS = {
    "9780743273565": ("Fiction", "The Great Gatsby", "F. Scott Fitzgerald", 12.99, 50),
    "9780132350884": ("Technology", "Clean Code", "Robert C. Martin", 42.99, 25),
    "9780307887894": ("Business", "The Lean Startup", "Eric Ries", 26.99, 30),
}


def test_there_are_enough_books_and_categories_for_a_shop() -> None:
    assert len(BOOKS) >= 220
    assert len({book["category"] for book in BOOKS}) >= 10


def test_no_shelf_is_nearly_empty() -> None:
    assert min(Counter(book["category"] for book in BOOKS).values()) >= 10


@pytest.mark.parametrize("book", BOOKS, ids=lambda book: book["book_id"])
def test_every_book_is_a_new_book_of_the_contract(book: dict[str, object]) -> None:
    Draft202012Validator(NEW_BOOK).validate(book)
    assert book["book_id"] == f"book-{book['isbn']}"
    assert is_isbn_13(str(book["isbn"]))
    assert str(book["description"]).endswith(".")


@pytest.mark.parametrize("keys", [("isbn",), ("book_id",), ("title", "author"), ("description",)])
def test_no_book_is_there_twice(keys: tuple[str, ...]) -> None:
    named = Counter(tuple(book[key].casefold() for key in keys) for book in BOOKS)
    assert [name for name, count in named.items() if count > 1] == []


def test_the_books_are_sorted_by_category_and_title() -> None:
    order = [(book["category"], book["title"]) for book in BOOKS]
    assert order == sorted(order)


def test_the_seeds_books_are_there() -> None:
    found = {
        book["isbn"]: (book["category"], book["title"], book["author"], book["price"], book["stock_quantity"])
        for book in BOOKS
        if book["isbn"] in SEEDS
    }
    assert found == SEEDS


def test_some_books_are_nearly_and_some_entirely_sold_out() -> None:
    stock = [book["stock_quantity"] for book in BOOKS]
    assert 1 <= stock.count(0) <= 3
    assert any(0 < copies <= 3 for copies in stock)


def test_the_import_takes_the_whole_sample_unchanged() -> None:
    with Source(PATH) as source, Duplicates() as duplicates:
        verdicts = list(judged(source, Judge(NEW_BOOK), duplicates))
    taken = [json.loads(json.dumps(each.book, default=float)) for each in verdicts if isinstance(each, Accepted)]
    assert taken == BOOKS

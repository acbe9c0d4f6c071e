"""Browsing, filtering and searching the catalogue, page by page."""

import uuid
from typing import Any
from urllib.parse import quote

import pytest
from books import dynamo
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.functions.lambdas import Lambdas, somebody

SORTS = ["", "&sort=title", "&sort=-price", "&sort=newest"]


def walk(lambdas: Lambdas, question: str) -> list[dict[str, Any]]:
    """All books of a question, by its cursors."""
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = lambdas.call("GET", f"/books?{question}{cursor}").body
        found += page["books"]
        if page["next_cursor"] is None:
            return found
        cursor = f"&cursor={page['next_cursor']}"


@pytest.fixture
def shelf(lambdas: Lambdas) -> tuple[str, list[str]]:
    """An author of this test alone, with seven books in three categories."""
    author = f"author{uuid.uuid4().hex[:10]}"
    books = []
    for number in range(7):
        book_id = f"book-{author}-{number}"
        body = {
            "category": f"Shelf {number % 3} {author}",
            "title": f"Volume {(number * 3) % 7} of {author}",
            "author": author.title(),
            "price": 5 + (number * 2) % 5,
            "stock_quantity": number % 2,
        }
        assert lambdas.admin("PUT", f"/admin/books/{book_id}", body).status == 201
        books.append(book_id)
    return author, books


@pytest.mark.parametrize("limit", [2, 3])
@pytest.mark.parametrize("sort", SORTS)
def test_the_pages_of_a_list_have_each_book_once(
    lambdas: Lambdas, shelf: tuple[str, list[str]], sort: str, limit: int
) -> None:
    author, books = shelf
    found = [book["book_id"] for book in walk(lambdas, f"author={author}&limit={limit}{sort}")]
    assert sorted(found) == sorted(books)


def test_lists_are_in_the_order_they_are_asked_for(lambdas: Lambdas, shelf: tuple[str, list[str]]) -> None:
    author, _ = shelf
    plain = [(b["category"], b["book_id"]) for b in walk(lambdas, f"author={author}&limit=2")]
    assert plain == sorted(plain)
    titles = [book["title"] for book in walk(lambdas, f"author={author}&sort=title&limit=2")]
    assert titles == sorted(titles)
    prices = [book["price"] for book in walk(lambdas, f"author={author}&sort=price&limit=2")]
    assert prices == sorted(prices)
    falling = [book["price"] for book in walk(lambdas, f"author={author}&sort=-price&limit=2")]
    assert falling == sorted(falling, reverse=True)


def test_filters_narrow_a_list(lambdas: Lambdas, shelf: tuple[str, list[str]]) -> None:
    author, books = shelf
    there = walk(lambdas, f"author={author}&in_stock=true&limit=2")
    assert {book["book_id"] for book in there} == {book for book in books if int(book[-1]) % 2}
    cheap = walk(lambdas, f"author={author}&min_price=6&max_price=7&limit=1")
    assert {book["price"] for book in cheap} == {6, 7}
    first = walk(lambdas, f"category=Shelf 0 {author}&limit=2")
    assert len(first) == 3


def test_a_search_finds_words_of_title_and_author_in_any_case(lambdas: Lambdas, shelf: tuple[str, list[str]]) -> None:
    author, _ = shelf
    found = walk(lambdas, f"q=VOLUME of {author.upper()}")
    assert len(found) == 7
    assert walk(lambdas, f"q=volume nowhere {author}") == []


def test_a_book_of_exactly_that_title_comes_first_and_once(lambdas: Lambdas) -> None:
    word = f"word{uuid.uuid4().hex[:8]}"
    early = lambdas.new_book(category="A shelf", title=f"{word} and more")
    exact = [lambdas.new_book(category=category, title=word) for category in ("B shelf", "C shelf")]
    for limit in (1, 2, 10):
        found = [book["book_id"] for book in walk(lambdas, f"q={word}&limit={limit}")]
        assert found == [*exact, early], limit


def test_the_beginning_of_the_last_word_finds_the_books(lambdas: Lambdas) -> None:
    word = f"word{uuid.uuid4().hex[:8]}"
    both = lambdas.new_book(title=f"{word} of running dragons")
    lambdas.new_book(title=f"{word} of sleeping cats")
    for text in (
        f"{word} dra",
        f"{word} dragon",
        f"{word} of runn",
        f"{word} somebody dragons",
        f"{word} dragons some",
    ):
        assert [book["book_id"] for book in walk(lambdas, f"q={text}")] == [both], text
    assert {book["title"] for book in walk(lambdas, f"q={word[:-1]}")} == {
        f"{word} of running dragons",
        f"{word} of sleeping cats",
    }


@pytest.mark.parametrize("part", ["a", "ab", "abc", "Xabcd ", "d y", "%", "ABCD", "y'z"])
def test_any_part_of_an_authors_name_finds_the_books(lambdas: Lambdas, part: str) -> None:
    category = f"Parts {uuid.uuid4().hex}"
    book = {"category": category, "title": "T", "price": 1, "stock_quantity": 1}
    wanted = f"book-{uuid.uuid4().hex[:12]}"
    lambdas.admin("PUT", f"/admin/books/{wanted}", {**book, "author": "Xabcd 100% Abcd Y'z"})
    lambdas.admin("PUT", f"/admin/books/{wanted}-2", {**book, "author": "Nobo"})
    assert [each["book_id"] for each in walk(lambdas, f"category={category}&author={part}")] == [wanted]


@pytest.mark.parametrize(
    "text", ["!!!", "a & | b:*", "'); --", "\\", "<->", "%", "🐦", "NOT (", "- x", "it's:*", "ab\\'c"]
)
def test_a_search_takes_any_text(lambdas: Lambdas, text: str) -> None:
    for more in ("", "&category=C'%25\\", "&sort=title&category=C", "&author=_%25'\\"):
        assert lambdas.call("GET", f"/books?q={quote(text)}{more}").status == 200


@pytest.mark.parametrize("question", ["", "sort=title&", "sort=price&", "sort=-price&", "sort=newest&", "q=Volume&"])
def test_books_that_come_and_go_between_pages_neither_repeat_nor_hide_another(
    lambdas: Lambdas, shelf: tuple[str, list[str]], question: str
) -> None:
    author, books = shelf
    found: list[str] = []
    cursor = ""
    for number in range(50):
        page = lambdas.call("GET", f"/books?{question}author={author}&limit=2{cursor}").body
        found += [book["book_id"] for book in page["books"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
        body = {"author": author, "price": (number * 3) % 7 + 4, "stock_quantity": 1}
        passing = f"book-{author}-passing-{number}"
        title = f"Volume {number * 5 % 8} of {author}"
        lambdas.admin("PUT", f"/admin/books/{passing}", {**body, "category": f"Shelf {number % 4}", "title": title})
        lambdas.admin("DELETE", f"/admin/books/book-{author}-passing-{number - 1}")
    assert len(found) == len(set(found))
    assert set(books) <= set(found)


def test_other_functions_look_books_up_by_calling_the_function(lambdas: Lambdas) -> None:
    from books.handler import lambda_handler

    first, second = lambdas.new_book(price="12.50"), lambdas.new_book()
    context: Any = None
    answer: Any = lambda_handler({"lookup": [first, "book-nowhere", second, "it's {odd},\\\""]}, context)
    found = {book["book_id"]: book for book in answer["books"]}
    assert found.keys() == {first, second}
    assert found[first]["price"] == "12.50"
    for wrong in (["book-1"] * 101, "book-1", [1], None):
        with pytest.raises(ValueError, match="at most 100 book ids"):
            lambda_handler({"lookup": wrong}, context)


@pytest.mark.stores("dynamodb")
def test_a_request_examines_so_many_books_and_the_cursor_goes_on(
    lambdas: Lambdas, shelf: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    author, books = shelf
    monkeypatch.setattr(dynamo, "EXAMINED", 2)
    monkeypatch.setattr(dynamo, "CHUNK", 1)
    assert sorted(book["book_id"] for book in walk(lambdas, f"author={author}")) == sorted(books)
    refused = lambdas.call("GET", f"/books?category=Shelf 0 {author}&sort=title")
    assert (refused.status, refused.code) == (501, "not_supported")


def test_a_cursor_is_good_for_its_own_question_alone(lambdas: Lambdas, shelf: tuple[str, list[str]]) -> None:
    author, _ = shelf
    cursor = lambdas.call("GET", f"/books?author={author}&limit=2").body["next_cursor"]
    for other in (f"author={author}&limit=3", f"author={author}x&limit=2", f"author={author}&limit=2&sort=title"):
        answer = lambdas.call("GET", f"/books?{other}&cursor={cursor}")
        assert (answer.status, answer.code) == (400, "invalid_cursor")


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 200), letter=st.sampled_from("aZ0-_"), cut=st.integers(0, 10))
def test_a_changed_cursor_is_refused(lambdas: Lambdas, place: int, letter: str, cut: int) -> None:
    for number in range(2):
        body = {"category": "Cursors", "title": "A", "author": "B", "price": 1, "stock_quantity": 1}
        lambdas.admin("PUT", f"/admin/books/cursor-{number}", body)
    cursor = lambdas.call("GET", "/books?category=Cursors&limit=1").body["next_cursor"]
    place %= len(cursor)
    changed = (cursor[:place] + letter + cursor[place + 1 :])[: len(cursor) - cut]
    answer = lambdas.call("GET", f"/books?category=Cursors&limit=1&cursor={changed}")
    assert answer.status == (200 if changed == cursor else 400)


def test_categories_are_counted_by_name_and_empty_ones_left_out(lambdas: Lambdas) -> None:
    full, empty = f"Full {uuid.uuid4().hex}", f"Empty {uuid.uuid4().hex}"
    for _ in range(2):
        lambdas.new_book(category=full)
    gone = lambdas.new_book(category=empty)
    lambdas.admin("DELETE", f"/admin/books/{gone}")
    counted = {each["name"]: each["count"] for each in lambdas.call("GET", "/categories").body["categories"]}
    assert counted[full] == 2
    assert empty not in counted
    assert not [name for name in counted if name.startswith("#")]
    assert list(counted) == sorted(counted)


def test_best_sellers_are_counted_from_orders_that_were_not_cancelled(lambdas: Lambdas) -> None:
    shopper = somebody()
    much, little, back = (lambdas.new_book(price="0.00", stock=99) for _ in range(3))
    lambdas.fill(shopper, **{much: 98, little: 97})
    assert lambdas.buy(shopper, expected="5.99", key="1").status == 201
    lambdas.fill(shopper, **{back: 99})
    order = lambdas.buy(shopper, expected="5.99", key="2").body["order_id"]
    lambdas.call("POST", f"/orders/{order}/cancel", user=shopper)
    best = [book["book_id"] for book in lambdas.call("GET", "/bestsellers?limit=100").body["books"]]
    assert best.index(much) < best.index(little)
    assert back not in best


def test_related_books_are_of_the_category_and_the_same_author_first(lambdas: Lambdas) -> None:
    category = f"Related {uuid.uuid4().hex}"
    book, other = (lambdas.new_book(category=category) for _ in range(2))
    stranger = {"category": category, "title": "T", "author": "A Stranger", "price": 1, "stock_quantity": 1}
    lambdas.admin("PUT", f"/admin/books/a-{book}", stranger)
    related = [each["book_id"] for each in lambdas.call("GET", f"/books/{book}/related").body["books"]]
    assert related == [other, f"a-{book}"]

"""The catalogue on PostgreSQL: what only SQL can do. What holds on both stores is in tests/functions."""

import uuid
from typing import Any

import pytest
from shared import cursor
from shared.row_ids import row_id

from tests.functions.lambdas import Lambdas
from tests.functions.test_catalogue import walk
from tests.postgres.sales import sell
from tests.postgres.servers import Shop


def new_word() -> str:
    return f"word{uuid.uuid4().hex[:10]}"


def put(lambdas: Lambdas, **fields: Any) -> str:
    """The id of a new book."""
    book_id = f"book-{uuid.uuid4().hex[:12]}"
    body = {"category": "Test", "title": "T", "author": "A", "price": 1, "stock_quantity": 1, **fields}
    answer = lambdas.admin("PUT", f"/admin/books/{book_id}", body)
    assert answer.status == 201, answer.text
    return book_id


def ids(books: list[dict[str, Any]]) -> list[str]:
    return [book["book_id"] for book in books]


def test_a_whole_catalogue_is_sorted_and_prices_that_are_the_same_lose_no_book(lambdas: Lambdas) -> None:
    category = f"Ties {new_word()}"
    books = {put(lambdas, category=category, price=5) for _ in range(12)} | {put(lambdas, category=category, price=4)}
    for sort in ("price", "-price", "newest", "title"):
        for narrow in (f"category={category}&", "min_price=4&max_price=5&"):
            found = ids(walk(lambdas, f"{narrow}limit=5&sort={sort}"))
            assert len(found) == len(set(found))
            assert books <= set(found)


@pytest.mark.parametrize(
    ("asked", "title", "description"),
    [
        ("{word} dragons", "The {word} dragon", ""),
        ("DRAGON {word}", "{word}: dragons", ""),
        ("{word} running", "T", "they run for {word}"),
        ("the {word}", "T", "{word}"),
    ],
)
def test_a_search_finds_english_words_by_their_stems_in_title_and_description(
    lambdas: Lambdas, asked: str, title: str, description: str
) -> None:
    word = new_word()
    book_id = put(lambdas, title=title.format(word=word), description=description.format(word=word))
    put(lambdas, title=f"{word} alone")
    found = ids(walk(lambdas, f"q={asked.format(word=word)}"))
    assert book_id in found


def test_a_search_for_stop_words_alone_finds_titles_that_have_them(lambdas: Lambdas) -> None:
    the_it, it = put(lambdas, title="If It Were So"), put(lambdas, title="It")
    assert ids(walk(lambdas, "q=it"))[0] == it
    assert the_it in ids(walk(lambdas, "q=it"))


def test_a_search_finds_an_isbn(lambdas: Lambdas) -> None:
    book_id = put(lambdas, isbn="9791034304103")
    assert ids(walk(lambdas, "q=9791034304103")) == [book_id]


def test_titles_weigh_more_than_descriptions_and_sales_more_than_neither(lambdas: Lambdas, shop: Shop) -> None:
    word = new_word()
    described = put(lambdas, title="T", description=f"{word} it says")
    titled = put(lambdas, title=f"{word} is more")
    assert ids(walk(lambdas, f"q={word}")) == [titled, described]
    shop.database().run("UPDATE books SET popularity = 100000 WHERE book_id = :id", id=described)
    assert ids(walk(lambdas, f"q={word}")) == [described, titled]


def test_of_two_words_a_title_with_one_that_sells_is_before_unpopular_titles_with_both(
    lambdas: Lambdas, shop: Shop
) -> None:
    one, other = new_word(), new_word()
    for number in range(80):
        _insert(shop, f"b-{one}-{number}", f"{one} {other} again", 0)
    best = put(lambdas, title=f"{one} alone", description=f"it speaks of {other}")
    shop.database().run("UPDATE books SET popularity = 39 WHERE book_id = :id", id=best)
    found = ids(walk(lambdas, f"q={one}+{other}&limit=20"))
    assert found[0] == best
    assert len(found) == len(set(found)) == 81


@pytest.mark.parametrize("narrow", ["", "&category=Popular", "&max_price=5&in_stock=true", "&author=by somebody"])
@pytest.mark.parametrize("words", [1, 2])
@pytest.mark.parametrize("popular", [30, 70, 520])
def test_a_search_answers_each_match_once_however_many_are_popular(
    lambdas: Lambdas, shop: Shop, narrow: str, popular: int, words: int
) -> None:
    name, word = new_word(), " ".join(new_word() for _ in range(words))
    titles = [word] * 2 + [f"{word} again"] * 600
    rows = [(f"b-{name}-{number}", title, 50 if number < popular else 0) for number, title in enumerate(titles)]
    for book_id, title, popularity in rows:
        _insert(shop, book_id, title, popularity)
    found = ids(walk(lambdas, f"q={word}&limit=100{narrow}"))
    assert len(found) == len(set(found))
    assert set(found) == {book_id for book_id, _, _ in rows}
    assert set(found[:2]) == {f"b-{name}-0", f"b-{name}-1"}


def _insert(shop: Shop, book_id: str, title: str, popularity: int) -> None:
    shop.database().run(
        """INSERT INTO books (id, book_id, title, author, price, category, stock_quantity, popularity)
            VALUES (:id, :book_id, :title, 'Written By Somebody', 3, 'Popular', 1, :popularity)""",
        id=row_id("books", book_id),
        book_id=book_id,
        title=title,
        popularity=popularity,
    )


@pytest.mark.parametrize("sort", ["", "title", "price", "newest"])
@pytest.mark.parametrize("text", ["", "something"])
@pytest.mark.parametrize(
    "position",
    [
        (),
        (None,),
        ("ranked", "1", "x", "c", "i"),
        ("ranked", "12", "1", "c", "i"),
        ("ranked", "1", "1", "c", "\0"),
        ("rest", "99", "i"),
        ("rest", "1", None),
        ("rest",),
        ("1e999999", "i"),
        ("NaN", None),
        ("2026-99-01T00:00:00Z", "i"),
        ("\0", "i"),
        (None, None),
        ("a", "b", "c"),
    ],
)
def test_a_cursor_somebody_made_up_is_refused_or_harmless(
    lambdas: Lambdas, sort: str, text: str, position: tuple[str | None, ...]
) -> None:
    from books.model import listing

    query = {name: value for name, value in (("q", text), ("sort", sort)) if value}
    made_up = cursor.encode(listing(query), position)
    asked = "&".join(f"{name}={value}" for name, value in {**query, "cursor": made_up}.items())
    answer = lambdas.call("GET", f"/books?{asked}")
    assert answer.status in (200, 400), answer.text
    assert answer.status == 200 or answer.code == "invalid_cursor"


def test_related_books_are_of_the_same_author_then_bought_together_then_popular(lambdas: Lambdas, shop: Shop) -> None:
    category = f"Related {new_word()}"
    book, mate = (put(lambdas, category=category, author="Twice") for _ in range(2))
    popular, unloved = put(lambdas, category=category), put(lambdas, category=category)
    together = put(lambdas, category="Elsewhere")
    shop.database().run("UPDATE books SET popularity = 9 WHERE book_id = :id", id=popular)
    sell(shop, [book, together])
    sell(shop, [book, unloved], status="cancelled")
    related = ids(lambdas.call("GET", f"/books/{book}/related").body["books"])
    assert related == [mate, together, popular, unloved]
    assert ids(lambdas.call("GET", f"/books/{book}/related?limit=2").body["books"]) == [mate, together]
    assert lambdas.call("GET", f"/books/{book}x/related").status == 404


def test_best_sellers_are_those_of_thirty_days_that_were_not_cancelled(lambdas: Lambdas, shop: Shop) -> None:
    much, little, back, old, gone = (put(lambdas) for _ in range(5))
    sell(shop, [much], quantity=50)
    sell(shop, [much, little], quantity=30)
    sell(shop, [back], quantity=99, status="cancelled")
    sell(shop, [old], quantity=99, days_ago=30)
    sell(shop, [gone], quantity=99)
    lambdas.admin("DELETE", f"/admin/books/{gone}")
    assert ids(lambdas.call("GET", "/bestsellers?limit=2").body["books"]) == [much, little]
    found = ids(lambdas.call("GET", "/bestsellers").body["books"])
    assert not {back, old, gone} & set(found)


def test_a_book_that_was_sold_can_be_deleted_and_come_back(lambdas: Lambdas, shop: Shop) -> None:
    book_id = put(lambdas)
    sell(shop, [book_id])
    assert lambdas.admin("DELETE", f"/admin/books/{book_id}").status == 204
    assert lambdas.admin("DELETE", f"/admin/books/{book_id}").status == 204
    assert lambdas.call("GET", f"/books/{book_id}").status == 404
    body = {"category": "C", "title": "T", "author": "A", "price": 1, "stock_quantity": 4}
    assert lambdas.admin("PUT", f"/admin/books/{book_id}", body).status == 201
    assert lambdas.stock(book_id) == 4

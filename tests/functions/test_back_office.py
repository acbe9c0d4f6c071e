"""Writing the catalogue: what is put is what is answered, and no stock is ever lost or less than none."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from admin import handler
from shared import clock
from shared.problems import StockMismatch

from tests.functions.lambdas import Lambdas

BOOK = {"category": "One", "title": "T", "author": "A", "price": 1, "stock_quantity": 1}


def new_id() -> str:
    return f"book-{uuid.uuid4().hex[:12]}"


def put(lambdas: Lambdas, **fields: Any) -> str:
    """The id of a new book."""
    book_id = new_id()
    answer = lambdas.admin("PUT", f"/admin/books/{book_id}", {**BOOK, **fields})
    assert answer.status == 201, answer.text
    return book_id


def test_a_book_is_answered_as_it_was_put(lambdas: Lambdas) -> None:
    fields = {
        "category": "Kafka & more",
        "title": 'Ein "Käfig" \\ ging',
        "author": "F. Kafka's",
        "price": 12.5,
        "stock_quantity": 3,
        "isbn": "9780306406157",
        "description": "einen\nVogel suchen \U0001f426",
        "image_url": "/covers/a.svg",
    }
    book_id = put(lambdas, **fields)
    answer = lambdas.call("GET", f"/books/{book_id}")
    assert {name: answer.body[name] for name in fields} == fields
    assert '"price":12.50' in answer.text
    assert answer.body["created_at"].endswith("Z")
    assert lambdas.call("GET", f"/books/{book_id}x").status == 404


def test_a_book_without_what_is_optional_is_answered_without_it(lambdas: Lambdas) -> None:
    book = lambdas.call("GET", f"/books/{put(lambdas)}").body
    assert (book["isbn"], book["image_url"], book["description"]) == (None, None, "")


def test_a_created_book_is_there_and_its_id_is_taken(lambdas: Lambdas) -> None:
    book = {**BOOK, "book_id": new_id()}
    created = lambdas.admin("POST", "/admin/books", book)
    assert created.status == 201
    assert created.body == lambdas.call("GET", f"/books/{book['book_id']}").body
    again = lambdas.admin("POST", "/admin/books", {**book, "category": "Two", "title": "Another"})
    assert (again.status, again.code) == (409, "book_exists")
    assert lambdas.call("GET", f"/books/{book['book_id']}").body == created.body


@pytest.mark.parametrize("category", ["One", "Two"])
def test_a_put_replaces_all_but_the_stock_and_the_day_of_creation(
    lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch, category: str
) -> None:
    with monkeypatch.context() as then:
        then.setattr(clock, "stamp", lambda _: "2020-02-29T12:00:00Z")
        book_id = put(lambdas, stock_quantity=7, isbn="9781402894626", image_url="/a.svg", description="d")
    answer = lambdas.admin("PUT", f"/admin/books/{book_id}", {**BOOK, "category": category, "title": "New"})
    assert answer.status == 200
    book = answer.body
    assert book == lambdas.call("GET", f"/books/{book_id}").body
    assert (book["category"], book["title"], book["stock_quantity"]) == (category, "New", 7)
    assert (book["isbn"], book["image_url"], book["description"]) == (None, None, "")
    assert book["created_at"] == "2020-02-29T12:00:00Z" < book["updated_at"]


def test_a_book_in_another_category_is_no_longer_in_the_one_it_was_in(lambdas: Lambdas) -> None:
    one, two = f"One {uuid.uuid4().hex}", f"Two {uuid.uuid4().hex}"
    book_id = put(lambdas, category=one)
    lambdas.admin("PUT", f"/admin/books/{book_id}", {**BOOK, "category": two})
    assert lambdas.call("GET", f"/books?category={one}").body["books"] == []
    assert [book["book_id"] for book in lambdas.call("GET", f"/books?category={two}").body["books"]] == [book_id]


def test_a_deleted_book_is_gone_and_may_be_deleted_again_and_come_back(lambdas: Lambdas) -> None:
    book_id = put(lambdas, stock_quantity=9)
    for _ in range(2):
        assert lambdas.admin("DELETE", f"/admin/books/{book_id}").status == 204
        assert lambdas.call("GET", f"/books/{book_id}").status == 404
    assert lambdas.admin("PUT", f"/admin/books/{book_id}", {**BOOK, "stock_quantity": 4}).status == 201
    assert lambdas.stock(book_id) == 4


def test_stock_changes_count_from_the_expected_stock_and_never_below_none(lambdas: Lambdas) -> None:
    book_id = put(lambdas, stock_quantity=3)
    path = f"/admin/books/{book_id}/stock"
    assert lambdas.admin("PATCH", path, {"delta": -3, "expected": 3}).body["stock_quantity"] == 0
    for wish in ({"delta": -1}, {"delta": 1, "expected": 3}):
        refused = lambdas.admin("PATCH", path, wish)
        assert (refused.status, refused.code) == (409, "stock_mismatch")
        assert "There are 0 copies" in refused.body["detail"]
    assert lambdas.admin("PATCH", path, {"delta": 2}).body["stock_quantity"] == 2
    assert lambdas.admin("PATCH", "/admin/books/book-nowhere/stock", {"delta": 2}).status == 404


def test_stock_changes_at_once_all_count_and_stop_at_none(lambdas: Lambdas) -> None:
    book_id = put(lambdas, stock_quantity=10)
    catalogue = handler.catalogue()

    def change(delta: int) -> bool:
        try:
            return catalogue.change_stock(book_id, delta, None) is not None
        except StockMismatch:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(change, [1] * 20))
        assert sum(pool.map(change, [-1] * 40)) == 30
    assert lambdas.stock(book_id) == 0


def test_one_of_many_changes_from_the_same_stock_is_made(lambdas: Lambdas) -> None:
    book_id = put(lambdas, stock_quantity=10)
    catalogue = handler.catalogue()

    def change(_: int) -> bool:
        try:
            return catalogue.change_stock(book_id, 5, 10) is not None
        except StockMismatch:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(change, range(16))) == 1
    assert lambdas.stock(book_id) == 15


def test_one_of_many_creations_of_a_book_is_made(lambdas: Lambdas) -> None:
    book_id = new_id()
    answers = []
    for number in range(3):
        book = {**BOOK, "book_id": book_id, "category": f"Shelf {number}"}
        answers.append(lambdas.admin("POST", "/admin/books", book).status)
    assert answers == [201, 409, 409]
    assert lambdas.call("GET", f"/books/{book_id}").body["category"] == "Shelf 0"


@pytest.mark.stores("postgres")
def test_an_isbn_is_one_books(lambdas: Lambdas) -> None:
    first, other = put(lambdas, isbn="9782070360024"), new_id()
    for method, path, more in (
        ("POST", "/admin/books", {"book_id": other}),
        ("PUT", f"/admin/books/{other}", {}),
        ("PUT", f"/admin/books/{put(lambdas)}", {}),
    ):
        refused = lambdas.admin(method, path, {**BOOK, **more, "isbn": "9782070360024"})
        assert (refused.status, refused.code) == (409, "conflict")
        assert "9782070360024" in refused.body["detail"]
    assert lambdas.admin("PUT", f"/admin/books/{first}", {**BOOK, "isbn": "9782070360024"}).status == 200


@pytest.mark.stores("postgres")
def test_more_copies_than_can_be_counted_are_refused(lambdas: Lambdas) -> None:
    book_id = put(lambdas)
    lambdas.store.shop.database().run("UPDATE books SET stock_quantity = 2147483647 WHERE book_id = :id", id=book_id)
    refused = lambdas.admin("PATCH", f"/admin/books/{book_id}/stock", {"delta": 1})
    assert (refused.status, refused.code) == (409, "stock_mismatch")


def test_the_back_office_is_for_its_group_alone(lambdas: Lambdas) -> None:
    book = put(lambdas)
    for method, path, body in (
        ("POST", "/admin/books", {**BOOK, "book_id": new_id()}),
        ("PUT", f"/admin/books/{book}", BOOK),
        ("DELETE", f"/admin/books/{book}", None),
        ("PATCH", f"/admin/books/{book}/stock", {"delta": 1}),
    ):
        assert lambdas.call(method, path, body).status == 401
        assert lambdas.call(method, path, body, user="somebody", groups="staff,administrators").status == 403
    assert lambdas.stock(book) == 1

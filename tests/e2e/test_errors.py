"""Every error code of the contract, from gateway and functions alike, over HTTP."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from cloudshelf.local.cloud import LocalCloud
from components import contract
from tests.e2e.shop import ADDRESS, Shop, code

NOBODY = "book-nobody-has"
BOOK = {"category": "Test", "title": "A book", "author": "Somebody", "price": 1, "stock_quantity": 1}
WISH = {"expected_total": 1, "shipping_address": ADDRESS}


def test_anonymous_shopper_and_admin_may_do_exactly_this(
    anybody: Shop, shopper: Shop, admin: Shop, capabilities: frozenset[str]
) -> None:
    """Every operation as each of the three. What is not let in is told so before its body is looked at."""
    for operation in contract.operations(capabilities):
        path = operation.path
        for name, value in (("{book_id}", NOBODY), ("{order_id}", "order-x"), ("{report}", "sales-by-day")):
            path = path.replace(name, value)
        body = _fitting(operation.operation_id)
        key = {"Idempotency_Key": uuid.uuid4().hex} if operation.operation_id == "createOrder" else {}
        statuses = [who.call(operation.method.upper(), path, body, **key).status_code for who in (anybody, shopper)]
        schemes = {name for scheme in operation.definition.get("security", []) for name in scheme}
        role = operation.definition.get("x-cloudshelf-role")
        assert (statuses[0] == 401) is bool(schemes), operation
        assert (statuses[1] == 403) is (role == "admin"), operation
        # A session is not a sign-in: whoever signed in still needs its cookie.
        assert (statuses[1] == 401) is ("session" in schemes), operation
        assert 500 not in statuses, operation
        if role:
            assert admin.call(operation.method.upper(), path, body).status_code not in (401, 403, 500), operation
        for who in (anybody, shopper):
            who.http.cookies.clear()


def test_a_cache_may_keep_what_anybody_reads_and_nothing_of_who_signed_in(anybody: Shop, admin: Shop) -> None:
    book = admin.new_book()
    for path in ("/books", f"/books/{book}", f"/books/{book}/related", "/categories", "/bestsellers"):
        kept = anybody.call("GET", path).headers["Cache-Control"]
        assert kept.startswith("public, max-age="), path
        # CloudFront keeps them as long, and for five minutes at most.
        assert int(kept.rpartition("=")[2]) <= 300, path
        assert admin.call("GET", path).headers["Cache-Control"] == "no-store", path


def _fitting(operation_id: str) -> Any:
    bodies = {
        "updateMe": {"first_name": "A"},
        "setCartItem": {"quantity": 1},
        "setGuestCartItem": {"quantity": 1},
        "updateSession": {"viewed": NOBODY},
        "mergeCart": {"merge_id": "12345678", "items": [{"book_id": NOBODY, "quantity": 1}]},
        "createOrder": WISH,
        "createBook": {**BOOK, "book_id": f"book-{uuid.uuid4().hex[:8]}"},
        "putBook": BOOK,
        "changeStock": {"delta": 1},
        "updateOrderStatus": {"status": "shipped"},
    }
    return bodies.get(operation_id)


Call = Callable[[Shop, Shop], Any]
REFUSALS: dict[str, tuple[int, str, Call]] = {
    "an unknown path": (404, "not_found", lambda s, _: s.call("GET", "/nothing")),
    "an unknown method": (404, "not_found", lambda s, _: s.call("DELETE", "/books")),
    "an unknown book": (404, "not_found", lambda s, _: s.call("GET", f"/books/{NOBODY}")),
    "an unknown book into the cart": (
        404,
        "not_found",
        lambda s, _: s.call("PUT", f"/cart/items/{NOBODY}", {"quantity": 1}),
    ),
    "a book id that cannot be": (400, "invalid_request", lambda s, _: s.call("GET", "/books/A_B")),
    "an unknown parameter": (400, "invalid_request", lambda s, _: s.call("GET", "/books?page=2")),
    "a limit out of range": (400, "invalid_request", lambda s, _: s.call("GET", "/books?limit=101")),
    "a parameter twice": (400, "invalid_request", lambda s, _: s.call("GET", "/books?limit=1&limit=2")),
    "prices that cross": (400, "invalid_request", lambda s, _: s.call("GET", "/books?min_price=2&max_price=1")),
    "an unknown order of books": (400, "invalid_request", lambda s, _: s.call("GET", "/books?sort=author")),
    "a made-up cursor": (400, "invalid_cursor", lambda s, _: s.call("GET", "/books?cursor=abc")),
    "a quantity of a hundred": (
        400,
        "invalid_request",
        lambda s, _: s.call("PUT", f"/cart/items/{NOBODY}", {"quantity": 100}),
    ),
    "a price in the cart": (
        400,
        "invalid_request",
        lambda s, _: s.call("PUT", f"/cart/items/{NOBODY}", {"quantity": 1, "price": 0}),
    ),
    "a body that is not JSON": (400, "invalid_request", lambda s, _: s.call("PATCH", "/users/me", b"{")),
    "nothing to change": (400, "invalid_request", lambda s, _: s.call("PATCH", "/users/me", {})),
    "a text that is no JSON": (
        415,
        "unsupported_media_type",
        lambda s, _: s.call("PATCH", "/users/me", b"a=1", Content_Type="text/plain"),
    ),
    "too large a body": (
        413,
        "payload_too_large",
        lambda s, _: s.call("PATCH", "/users/me", b" " * 40_000 + b'{"first_name": "A"}'),
    ),
    "an empty cart quoted": (409, "empty_cart", lambda s, _: s.call("POST", "/checkout/quote")),
    "an empty cart bought": (409, "empty_cart", lambda s, _: s.buy(expected=1)),
    "no idempotency key": (400, "invalid_request", lambda s, _: s.call("POST", "/orders", WISH)),
    "a wrong check digit": (
        400,
        "invalid_request",
        lambda _, a: a.call("PUT", f"/admin/books/{NOBODY}", {**BOOK, "isbn": "9780132350885"}),
    ),
    "a price in three decimals": (
        400,
        "invalid_request",
        lambda _, a: a.call("PUT", f"/admin/books/{NOBODY}", {**BOOK, "price": 1.999}),
    ),
    "a picture from elsewhere": (
        400,
        "invalid_request",
        lambda _, a: a.call("PUT", f"/admin/books/{NOBODY}", {**BOOK, "image_url": "https://x.example/a.png"}),
    ),
    "a NUL in a title": (
        400,
        "invalid_request",
        lambda _, a: a.call("PUT", f"/admin/books/{NOBODY}", {**BOOK, "title": "a\0"}),
    ),
    "stock of an unknown book": (
        404,
        "not_found",
        lambda _, a: a.call("PATCH", f"/admin/books/{NOBODY}-x/stock", {"delta": 1}),
    ),
    "a period of years": (
        400,
        "invalid_request",
        lambda _, a: a.call("GET", "/admin/orders?from=2020-01-01&to=2026-01-01"),
    ),
    "an unknown report": (400, "invalid_request", lambda _, a: a.call("GET", "/admin/reports/of-the-moon")),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_has_its_status_and_code(shopper: Shop, admin: Shop, name: str) -> None:
    status, expected, call = REFUSALS[name]
    response = call(shopper, admin)
    assert (response.status_code, code(response)) == (status, expected), response.text
    problem = response.json()
    assert problem["status"] == status
    assert problem["detail"]
    assert problem["request_id"]


def test_a_book_that_exists_is_not_created_again(admin: Shop) -> None:
    book = admin.new_book()
    assert code(admin.call("POST", "/admin/books", {**BOOK, "book_id": book})) == "book_exists"
    assert code(admin.call("POST", "/admin/books", {**BOOK, "book_id": book, "category": "Other"})) == "book_exists"


def test_stock_never_goes_below_none_nor_counts_a_retry_twice(admin: Shop) -> None:
    book = admin.new_book(stock=2)
    path = f"/admin/books/{book}/stock"
    assert code(admin.call("PATCH", path, {"delta": -3})) == "stock_mismatch"
    assert admin.call("PATCH", path, {"delta": 5, "expected": 2}).json()["stock_quantity"] == 7
    assert code(admin.call("PATCH", path, {"delta": 5, "expected": 2})) == "stock_mismatch"


def test_a_cart_of_one_book_too_many_is_full(shopper: Shop, admin: Shop) -> None:
    books = [admin.new_book() for _ in range(98)]
    items = [{"book_id": book, "quantity": 1} for book in books[:97]]
    assert shopper.call("POST", "/cart/merge", {"merge_id": uuid.uuid4().hex, "items": items}).ok
    assert code(shopper.call("PUT", f"/cart/items/{books[97]}", {"quantity": 1})) == "cart_full"
    quote = shopper.call("POST", "/checkout/quote").json()
    assert len(shopper.buy(expected=quote["total"]).json()["items"]) == 97


def test_no_log_holds_a_body_a_token_or_an_address(shopper: Shop, cloud: LocalCloud) -> None:
    street, name = f"{uuid.uuid4().hex} Street", uuid.uuid4().hex
    shopper.call("PATCH", "/users/me", {"first_name": name, "address": {**ADDRESS, "street": street}})
    shopper.call("PATCH", "/users/me", json.dumps({"first_name": name, "x": street}).encode())
    shopper.call("GET", f"/books?q={name}")
    logs = "".join(path.read_text() for path in (cloud.folder / "logs").iterdir())
    assert shopper.token is not None
    for secret in (street, name, shopper.token, "@example.com"):
        assert secret not in logs

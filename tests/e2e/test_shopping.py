"""The shopping story over HTTP, against the local cloud."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from components import contract
from tests.e2e.shop import ADDRESS, Shop, code


def test_a_shopper_finds_a_book_and_buys_it(anybody: Shop, shopper: Shop, admin: Shop) -> None:
    title = f"The {uuid.uuid4().hex[:8]} Mystery"
    book = admin.new_book(price=12.5, stock=3, category="Mystery", title=title)
    (found,) = anybody.call("GET", f"/books?q={title.lower()}").json()["books"]
    assert (found["book_id"], found["price"]) == (book, 12.5)

    cart = shopper.call("PUT", f"/cart/items/{book}", {"quantity": 2}).json()
    assert (cart["item_count"], cart["total_amount"]) == (2, 25.0)
    quote = shopper.call("POST", "/checkout/quote").json()
    assert (quote["subtotal"], quote["tax"], quote["shipping"], quote["total"]) == (25.0, 2.0, 5.99, 32.99)

    bought = shopper.buy(expected=quote["total"])
    assert bought.status_code == 201
    order = bought.json()
    assert (order["status"], order["total"], order["shipping_address"]) == ("confirmed", 32.99, ADDRESS)
    assert shopper.call("GET", "/cart").json()["items"] == []
    assert anybody.call("GET", f"/books/{book}").json()["stock_quantity"] == 1
    assert shopper.call("GET", f"/orders/{order['order_id']}").json() == order
    assert [o["order_id"] for o in shopper.call("GET", "/orders").json()["orders"]] == [order["order_id"]]


def test_the_same_key_gives_the_same_order(shopper: Shop, admin: Shop) -> None:
    book = admin.new_book(stock=5)
    shopper.call("PUT", f"/cart/items/{book}", {"quantity": 1})
    first, again = (shopper.buy(expected=16.79, key="one wish") for _ in range(2))
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert admin.call("GET", f"/books/{book}").json()["stock_quantity"] == 4
    other = shopper.buy(expected=99, key="one wish")
    assert (other.status_code, code(other)) == (422, "idempotency_mismatch")


def test_the_last_copy_is_sold_once_over_http(admin: Shop, new_shopper: Callable[[], Shop]) -> None:
    book = admin.new_book(price=10, stock=1)
    shoppers = [new_shopper() for _ in range(6)]
    for each in shoppers:
        assert each.call("PUT", f"/cart/items/{book}", {"quantity": 1}).ok
    with ThreadPoolExecutor(len(shoppers)) as pool:
        answers = list(pool.map(lambda each: each.buy(expected=16.79), shoppers))
    assert sorted(a.status_code for a in answers) == [201] + [409] * 5
    assert {code(a) for a in answers if a.status_code == 409} == {"out_of_stock"}
    assert admin.call("GET", f"/books/{book}").json()["stock_quantity"] == 0


def test_a_changed_price_is_told_before_anything_is_bought(shopper: Shop, admin: Shop) -> None:
    book = admin.new_book(price=10, stock=5)
    shopper.call("PUT", f"/cart/items/{book}", {"quantity": 1})
    changed = {"category": "Test", "title": "A book", "author": "Somebody", "price": 11, "stock_quantity": 0}
    assert admin.call("PUT", f"/admin/books/{book}", changed).status_code == 200
    refused = shopper.buy(expected=16.79)
    assert (refused.status_code, code(refused)) == (409, "price_changed")
    (change,) = refused.json()["changes"]
    assert (change["old_price"], change["new_price"]) == (10.0, 11.0)
    assert shopper.buy(expected=17.87).status_code == 201


def test_cancelling_returns_the_copies_once(shopper: Shop, admin: Shop) -> None:
    book = admin.new_book(stock=5)
    shopper.call("PUT", f"/cart/items/{book}", {"quantity": 3})
    order = shopper.buy(expected=38.39).json()
    for _ in range(2):
        assert shopper.call("POST", f"/orders/{order['order_id']}/cancel").json()["status"] == "cancelled"
    assert admin.call("GET", f"/books/{book}").json()["stock_quantity"] == 5


def test_two_shoppers_see_nothing_of_each_other(admin: Shop, new_shopper: Callable[[], Shop]) -> None:
    ada, bob = new_shopper(), new_shopper()
    book = admin.new_book()
    ada.call("PUT", f"/cart/items/{book}", {"quantity": 1})
    order = ada.buy(expected=16.79).json()["order_id"]
    ada.call("PUT", f"/cart/items/{book}", {"quantity": 2})
    ada.call("PATCH", "/users/me", {"first_name": "Ada"})
    assert bob.call("GET", "/orders").json()["orders"] == []
    assert bob.call("GET", "/cart").json()["items"] == []
    assert bob.call("GET", "/users/me").json()["first_name"] is None
    theirs, nobodys = bob.call("GET", f"/orders/{order}"), bob.call("GET", "/orders/order-2026-01-01-none")
    assert theirs.status_code == nobodys.status_code == 404
    assert code(bob.call("POST", f"/orders/{order}/cancel")) == "not_found"
    for attempt in (f"/orders?user_id={ada.token}", "/cart?user_id=x"):
        assert code(bob.call("GET", attempt)) == "invalid_request"
    assert ada.call("GET", f"/orders/{order}").json()["status"] == "confirmed"


def test_an_admin_ships_an_order_and_nobody_else_can(shopper: Shop, admin: Shop) -> None:
    book = admin.new_book()
    shopper.call("PUT", f"/cart/items/{book}", {"quantity": 1})
    order = shopper.buy(expected=16.79).json()["order_id"]
    assert code(shopper.call("PATCH", f"/admin/orders/{order}", {"status": "shipped"})) == "forbidden"
    assert admin.call("PATCH", f"/admin/orders/{order}", {"status": "shipped"}).json()["status"] == "shipped"
    assert code(admin.call("PATCH", f"/admin/orders/{order}", {"status": "confirmed"})) == "illegal_transition"
    assert code(shopper.call("POST", f"/orders/{order}/cancel")) == "illegal_transition"
    listed = admin.call("GET", "/admin/orders?status=shipped&limit=100").json()["orders"]
    assert order in [each["order_id"] for each in listed]


def test_a_cart_filled_before_sign_in_is_merged_once(shopper: Shop, admin: Shop) -> None:
    kept, gone = admin.new_book(stock=200), "book-that-is-gone"
    shopper.call("PUT", f"/cart/items/{kept}", {"quantity": 60})
    merge = {"merge_id": uuid.uuid4().hex, "items": [{"book_id": b, "quantity": 60} for b in (kept, gone)]}
    for _ in range(2):
        (item,) = shopper.call("POST", "/cart/merge", merge).json()["items"]
        assert (item["book_id"], item["quantity"]) == (kept, 99)


def test_erasing_a_shopper_keeps_the_books_and_drops_the_person(shopper: Shop, admin: Shop) -> None:
    book = admin.new_book()
    shopper.call("PATCH", "/users/me", {"first_name": "Ada", "address": ADDRESS})
    shopper.call("PUT", f"/cart/items/{book}", {"quantity": 1})
    order = shopper.buy(expected=16.79).json()["order_id"]
    shopper.call("PUT", f"/cart/items/{book}", {"quantity": 1})
    for _ in range(2):
        assert shopper.call("DELETE", "/users/me").status_code == 204
    assert code(shopper.call("GET", "/users/me")) == "account_erased"
    assert code(shopper.call("PATCH", "/users/me", {"first_name": "Ada"})) == "account_erased"
    assert shopper.call("GET", "/cart").json()["items"] == []
    kept = admin.call("GET", f"/admin/orders/{order}").json()
    assert (kept["shipping_address"], kept["total"]) == (None, 16.79)


def test_a_current_copy_of_a_book_is_not_sent_again(anybody: Shop, admin: Shop) -> None:
    book = admin.new_book()
    first = anybody.call("GET", f"/books/{book}")
    assert first.headers["Cache-Control"] == "public, max-age=60"
    again = anybody.call("GET", f"/books/{book}", If_None_Match=first.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    admin.call("PATCH", f"/admin/books/{book}/stock", {"delta": 1})
    assert anybody.call("GET", f"/books/{book}", If_None_Match=first.headers["ETag"]).status_code == 200


def test_meta_and_contract_tell_what_runs_and_nothing_secret(anybody: Shop, capabilities: frozenset[str]) -> None:
    meta = anybody.call("GET", "/meta").json()
    assert meta["phase"] == anybody.cloud.stack
    assert meta["capabilities"] == {
        "search": "full-text" if "full-text" in capabilities else "basic",
        "sessions": "sessions" in capabilities,
        "reports": "reports" in capabilities,
    }
    published = anybody.call("GET", "/openapi.json")
    assert published.json()["paths"].keys() == {operation.path for operation in contract.operations(capabilities)}
    for text in (published.text, anybody.http.get(f"{anybody.cloud.url}/config.json", timeout=30).text):
        assert "arn:" not in text
        assert '"x-cloudshelf' not in text
        assert "amazonaws.com" not in text


def test_the_storefront_is_served_with_its_security_headers(anybody: Shop) -> None:
    page = anybody.http.get(anybody.cloud.url, timeout=30)
    assert (page.status_code, page.headers["Content-Type"]) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert page.headers["X-Content-Type-Options"] == "nosniff"
    assert anybody.http.get(f"{anybody.cloud.url}/nothing.js", timeout=30).status_code == 403
    assert anybody.http.post(anybody.cloud.url, timeout=30).status_code == 403

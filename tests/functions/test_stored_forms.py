"""What is stored has the fields the DynamoDB guides give it."""

from decimal import Decimal
from typing import Any

import pytest
from boto3.dynamodb.types import TypeDeserializer

from cloudshelf.local.aws import AwsEmulator
from tests.functions.carts_fixtures import SERVICES, Guest, LayoutStore
from tests.functions.lambdas import ADDRESS, Lambdas, somebody
from tests.functions.stores import PHASE1, use

LINE = {"book_id", "category", "title", "price", "quantity"}
CART = {"user_id", "cart_id", "items", "total_amount", "item_count", "created_at", "updated_at", "expires_at"}
ITEM = {"user_id", "book_id", "quantity", "added_at", "updated_at", "book_title", "book_price"}
USER = {
    *("user_id", "email", "first_name", "last_name", "phone", "address"),
    *("created_at", "last_login", "account_status"),
}
ORDER = {
    *("user_id", "order_id", "order_date", "items", "subtotal", "tax", "shipping", "total", "status"),
    *("shipping_address", "created_at", "updated_at"),
}
TIMES = {"session_id", "created_at", "last_activity", "expires_at"}
ANALYTICS = {"ip_address", "user_agent", "user_id", "cart_summary"}
plain = TypeDeserializer()


def front(emulator: AwsEmulator, monkeypatch: pytest.MonkeyPatch, layout: str) -> Lambdas:
    store = LayoutStore(emulator.client("dynamodb"), layout)
    use(store, monkeypatch, SERVICES)
    return Lambdas(store)


@pytest.mark.stores("dynamodb")
def test_phase1_stores_a_cart_as_the_guides_document(lambdas: Lambdas) -> None:
    shopper, book = somebody(), lambdas.new_book(price="42.99")
    lambdas.fill(shopper, **{book: 2})
    (cart,) = lambdas.store.cart_rows(shopper)
    assert cart.keys() >= CART
    assert (cart["total_amount"], cart["item_count"]) == (Decimal("85.98"), 2)
    (line,) = cart["items"]
    assert line.keys() >= LINE


@pytest.mark.stores("dynamodb")
def test_phase1_stores_a_user_as_the_guide_says(lambdas: Lambdas) -> None:
    shopper = somebody()
    lambdas.call("GET", "/users/me", user=shopper)
    changes = {"first_name": "John", "last_name": "Doe", "phone": "+1-555-0123", "address": ADDRESS}
    assert lambdas.call("PATCH", "/users/me", changes, user=shopper).status == 200
    stored = lambdas.store.profile_of(shopper)
    assert stored is not None
    assert stored.keys() >= USER
    assert (stored["account_status"], stored["address"]) == ("active", ADDRESS)


@pytest.mark.stores("dynamodb")
def test_phase1_stores_an_order_as_the_guide_says(lambdas: Lambdas) -> None:
    (order,) = bought(lambdas)
    assert order.keys() >= ORDER
    assert order["order_id"].startswith(f"order-{order['order_date']}-")
    assert order["status"] == "confirmed"
    (line,) = order["items"]
    assert line.keys() >= LINE - {"category"}


def test_the_guides_sample_order_costs_what_it_says(lambdas: Lambdas) -> None:
    (order,) = bought(lambdas)
    sums = [str(order[name]) for name in ("subtotal", "tax", "shipping", "total")]
    assert sums == ["42.99", "3.44", "5.99", "52.42"]


def bought(lambdas: Lambdas) -> list[dict[str, Any]]:
    shopper, book = somebody(), lambdas.new_book(price="42.99", title="Clean Code")
    lambdas.fill(shopper, **{book: 1})
    assert lambdas.buy(shopper, expected="52.42", key="k").status == 201
    return lambdas.store.orders_of(shopper)


@pytest.mark.stores("dynamodb")
def test_a_user_is_found_by_e_mail(lambdas: Lambdas, emulator: AwsEmulator) -> None:
    shopper = somebody()
    lambdas.call("GET", "/users/me", user=shopper)
    found = emulator.client("dynamodb").query(
        TableName=f"{PHASE1}-users",
        IndexName="EmailIndex",
        KeyConditionExpression="email = :email",
        ExpressionAttributeValues={":email": {"S": f"{shopper}@example.com"}},
    )["Items"]
    assert [plain.deserialize(user["user_id"]) for user in found] == [shopper]


def test_a_carts_item_has_the_guides_fields(emulator: AwsEmulator, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = front(emulator, monkeypatch, "items")
    shopper, book = somebody(), shop.new_book(price="29.99", title="The DevOps Handbook")
    cover = {"category": "Test", "title": "The DevOps Handbook", "author": "Somebody", "price": 29.99}
    assert (
        shop.admin("PUT", f"/admin/books/{book}", {**cover, "stock_quantity": 5, "image_url": "/a.svg"}).status == 200
    )
    shop.fill(shopper, **{book: 2})
    (item,) = [row for row in shop.store.cart_rows(shopper) if row["book_id"] == book]
    assert item.keys() >= ITEM | {"book_image_url"}
    assert (item["quantity"], item["book_title"], str(item["book_price"])) == (2, "The DevOps Handbook", "29.99")


def test_a_session_has_the_guides_times_and_no_address(emulator: AwsEmulator, monkeypatch: pytest.MonkeyPatch) -> None:
    shop = front(emulator, monkeypatch, "items")
    guest = Guest(shop)
    guest.call("PATCH", "/sessions/me", {"searched": "devops"})
    stored = [item for item in shop.store.sessions() if "devops" in str(item)]  # type: ignore[attr-defined]
    assert stored
    for item in stored:
        assert item.keys() >= TIMES
        assert not item.keys() & ANALYTICS
        assert guest.session_id not in str(item)

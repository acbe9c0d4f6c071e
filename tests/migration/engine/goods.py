"""Items as phase1's stores write them, and ways to spoil them."""

import uuid
from decimal import Decimal
from typing import Any

from books.items import to_item as book_item
from books.model import Book
from orders.items import to_item as order_item
from orders.model import Order, OrderItem
from shared.cart_document import contents
from shared.cart_rows import Line

Item = dict[str, Any]
NOW = "2026-11-20T10:00:00Z"
LATER = 4_000_000_000
ADDRESS = {"street": "1 Main St", "city": "Anytown", "postal_code": "12345", "country": "US"}


def book(book_id: str = "book-1", **changes: Any) -> Item:
    facts: Item = {
        "book_id": book_id,
        "category": "Fiction",
        "title": f"The {book_id}",
        "author": "Somebody Else",
        "isbn": None,
        "price": Decimal("12.30"),
        "stock_quantity": 7,
        "description": "About\tsomething \\ else\nentirely.",
        "image_url": None,
        "created_at": NOW,
        "updated_at": NOW,
    }
    own = {name: changes.pop(name) for name in list(changes) if name in facts}
    return {**book_item(Book(**{**facts, **own})), **changes}


def category(name: str) -> Item:
    return {"category": "#categories", "book_id": name}


def user(user_id: str = "user-1", **changes: Any) -> Item:
    facts = {
        "user_id": user_id,
        "email": f"{user_id}@example.com",
        "created_at": NOW,
        "last_login": NOW,
        "account_status": "active",
        "first_name": "Ann",
        "address": ADDRESS,
    }
    return _changed(facts, changes)


def order(
    user_id: str = "user-1", *, key: str | None = None, books: tuple[str, ...] = ("book-1",), **changes: Any
) -> list[Item]:
    """The order and, with a key, its idempotency row."""
    order_id = changes.pop("order_id", f"order-2026-11-20-{uuid.uuid4().hex[:26]}")
    lines = tuple(OrderItem(each, "Fiction", f"The {each}", Decimal("12.30"), 2) for each in books)
    subtotal = sum((line.line_total for line in lines), Decimal("0.00"))
    tax = (subtotal * Decimal("0.08")).quantize(Decimal("0.01"))
    placed = Order(
        user_id=user_id,
        order_id=order_id,
        status="confirmed",
        order_date="2026-11-20",
        items=lines,
        subtotal=subtotal,
        tax=tax,
        shipping=Decimal("5.99"),
        total=subtotal + tax + Decimal("5.99"),
        shipping_address=ADDRESS,
        created_at=NOW,
        updated_at=NOW,
        payment="captured",
        authorisation=f"sim_{order_id}",
    )
    found = [_changed(order_item(placed), changes)]
    if key is not None:
        found.append(idempotency(user_id, key, order_id))
    return found


def idempotency(user_id: str, key: str, order_id: str) -> Item:
    return {
        "user_id": user_id,
        "order_id": f"idempotency#{key}",
        "fingerprint": "f" * 64,
        "created_at": NOW,
        "placed_order_id": order_id,
    }


def cart(user_id: str = "user-1", *, lines: tuple[tuple[str, int], ...] = (("book-1", 2),), **changes: Any) -> Item:
    found = [
        Line(each, "Fiction", f"The {each}", "Somebody Else", Decimal("12.30"), quantity, None, NOW, f"r-{each}", place)
        for place, (each, quantity) in enumerate(lines)
    ]
    facts = {
        "user_id": user_id,
        "cart_id": "active",
        **contents(found),
        "version": 3,
        "merges": ["merge-12345"],
        "created_at": NOW,
        "updated_at": NOW,
        "expires_at": LATER,
    }
    return _changed(facts, changes)


def _changed(facts: Item, changes: Item) -> Item:
    """With other values; without those that are to be `...`."""
    return {name: value for name, value in {**facts, **changes}.items() if value is not ...}

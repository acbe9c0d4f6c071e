"""What shoppers were told, held against both stores: a row that is gone, twice or another is found there."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest

from cloudshelf.load import Copies, Outcome, Sale, raw
from tests.migration.engine.move import Move, physical, wire
from tests.migration.engine.sides import Sides
from tests.migration.engine.test_shift import EARLY, LATE, opened, shift

EMAILS = {user: f"{user}@example.com" for user in (EARLY, LATE)}
Plant = Callable[[Move], Any]


def told(sides: Sides, shelf: Mapping[str, int]) -> Outcome:
    """The journal of shoppers who noted each order they were told of."""
    sales = [
        Sale(
            order_id=order["order_id"],
            email=EMAILS[user],
            key=f"first-of-{user}",
            items=tuple(
                Copies(book_id=item["book_id"], quantity=item["quantity"], price=Decimal(item["price"]))
                for item in order["items"]
            ),
            total=Decimal(order["total"]),
        )
        for user in (EARLY, LATE)
        for order in sides.source.orders(user)
    ]
    return Outcome(
        seconds=0,
        operations={},
        sales=tuple(sales),
        unclear=(),
        accounts=(),
        shelf=shelf,
        visits=0,
        gave_up=0,
        faults=(),
    )


def audits(move: Move, outcome: Outcome) -> dict[str, tuple[str, ...]]:
    stores = {
        "old": raw.dynamodb(move.client, physical("orders"), physical("books")),
        "new": raw.postgres(move.target),
    }
    copies = raw.in_all(*stores.values())
    return {side: raw.audit_raw(store, outcome, EMAILS, copies).findings for side, store in stores.items()}


def sql(text: str) -> Plant:
    return lambda move: move.target.run(text.replace("FIRST", "(SELECT id FROM orders ORDER BY order_id LIMIT 1)"))


def item(change: Callable[[dict[str, Any]], dict[str, Any] | None]) -> Plant:
    """An order of the old store, as it is to be; None deletes it."""

    def plant(move: Move) -> None:
        order = next(each for each in move.items("orders") if "items" in each)
        changed = change(dict(order))
        if changed is None:
            move.delete("orders", user_id=order["user_id"], order_id=order["order_id"])
        else:
            move.client.put_item(TableName=physical("orders"), Item=wire(changed))

    return plant


def all_gone(move: Move) -> None:
    for each in move.items("orders"):
        move.delete("orders", user_id=each["user_id"], order_id=each["order_id"])


AGAIN = """INSERT INTO orders SELECT (r).* FROM (SELECT jsonb_populate_record(orders, jsonb_build_object(
        'id', gen_random_uuid(), 'order_id', 'order-again', 'idempotency_key', NULL, 'fingerprint', NULL)) AS r
    FROM orders LIMIT 1) AS made"""
OTHER_ITEM = [{"book_id": "x", "category": "c", "title": "t", "price": Decimal("10.00"), "quantity": 2}]
PLANTS: list[tuple[str, str, Plant]] = [
    ("old", "every order gone", all_gone),
    ("old", "an order gone", item(lambda _: None)),
    ("old", "an order twice", item(lambda order: {**order, "order_id": "order-again"})),
    ("old", "another's order, too", item(lambda order: {**order, "user_id": "somebody"})),
    ("old", "another total", item(lambda order: {**order, "total": order["total"] + 1})),
    ("old", "other items", item(lambda order: {**order, "items": OTHER_ITEM})),
    ("old", "another state", item(lambda order: {**order, "status": "cancelled"})),
    ("old", "another payment", item(lambda order: {**order, "payment": "voided"})),
    ("old", "no payment", item(lambda order: {**order, "payment": None, "authorisation": None})),
    ("new", "every order gone", sql("DELETE FROM orders")),
    ("new", "an order gone", sql("DELETE FROM orders WHERE id = FIRST")),
    ("new", "an order twice", sql(AGAIN)),
    ("new", "another's order", sql("UPDATE orders SET user_id = (SELECT id FROM users WHERE user_id = 'user-2')")),
    ("new", "another total", sql("UPDATE orders SET subtotal = subtotal + 1, total_amount = total_amount + 1")),
    ("new", "other items", sql("UPDATE order_items SET quantity = quantity + 1")),
    ("new", "another price", sql("UPDATE order_items SET price = price + 1")),
    ("new", "an item gone", sql("DELETE FROM order_items WHERE order_id = FIRST")),
    ("new", "another state", sql("UPDATE orders SET status = 'cancelled' WHERE id = FIRST")),
    ("new", "another key", sql("UPDATE orders SET idempotency_key = 'x' WHERE id = FIRST")),
    ("new", "another payment", sql("UPDATE payments SET amount = amount + 1")),
    ("new", "no payment", sql("DELETE FROM payments WHERE order_id = FIRST")),
]


@pytest.mark.parametrize(("side", "what", "plant"), PLANTS, ids=[f"{side}: {what}" for side, what, _ in PLANTS])
def test_a_row_that_is_gone_or_twice_or_another_is_found_where_it_is(
    move: Move, sides: Sides, side: str, what: str, plant: Plant
) -> None:
    books = opened(move, sides)
    shift(move, 50)
    outcome = told(sides, dict.fromkeys(books, 10))
    assert audits(move, outcome) == {"old": (), "new": ()}
    plant(move)
    found = audits(move, outcome)
    assert found.pop(side), what
    assert list(found.values()) == [()], "the other side is as it was"


def test_a_copy_too_many_or_too_few_on_either_side_is_found(move: Move, sides: Sides) -> None:
    books = opened(move, sides)
    shift(move, 50)
    outcome = told(sides, dict.fromkeys(books, 10))
    move.target.run("UPDATE books SET stock_quantity = stock_quantity + 1")
    assert all(audits(move, outcome).values())
    move.target.run("UPDATE books SET stock_quantity = stock_quantity - 1")
    assert not any(audits(move, outcome).values())
    book = next(each for each in move.items("books") if "stock_quantity" in each)
    move.put("books", {**book, "category": "Twice"})
    assert all(audits(move, outcome).values())

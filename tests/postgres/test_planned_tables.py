"""The plan's four tables: their columns, and what they refuse."""

import uuid

import pytest
from shared.postgres_errors import StatementFailed, Violation
from shared.row_ids import row_id

from tests.postgres.servers import Shop

# The plan's own names; TIMESTAMP and TEXT where the decision on the schema says so.
PLANNED = {
    "books": {
        "id": "uuid",
        "title": "character varying",
        "author": "character varying",
        "isbn": "character varying",
        "price": "numeric",
        "category": "character varying",
        "description": "text",
        "image_url": "character varying",
        "stock_quantity": "integer",
        "created_at": "timestamp with time zone",
    },
    "users": {
        "id": "uuid",
        "email": "character varying",
        "first_name": "character varying",
        "last_name": "character varying",
        "created_at": "timestamp with time zone",
    },
    "orders": {
        "id": "uuid",
        "user_id": "uuid",
        "total_amount": "numeric",
        "status": "text",
        "created_at": "timestamp with time zone",
    },
    "order_items": {
        "id": "uuid",
        "order_id": "uuid",
        "book_id": "uuid",
        "quantity": "integer",
        "price": "numeric",
    },
}
BOOK = """INSERT INTO books (id, book_id, title, author, isbn, price, category)
    VALUES (gen_random_uuid(), :book_id, :title, :author, :isbn, :price, 'Fiction')"""
DUNE = {"book_id": "dune", "title": "Dune", "author": "Frank Herbert", "isbn": "9780441013593", "price": 9.99}
USER = "INSERT INTO users (id, user_id, email) VALUES (gen_random_uuid(), :user_id, :email)"
ORDER = """INSERT INTO orders (id, order_id, user_id, status, order_date, subtotal, tax_amount, shipping_amount,
        total_amount, currency, created_at, updated_at)
    VALUES (gen_random_uuid(), 'order-1', CAST(:user AS uuid), :status, '2026-01-01', :subtotal, 0, 0, :total, 'USD',
        now(), now())"""
ITEM = """INSERT INTO order_items (id, order_id, public_book_id, place, category, title, price, quantity)
    VALUES (gen_random_uuid(), CAST(:order AS uuid), :book, :place, 'Fiction', 'Dune', 9.99, :quantity)"""
NOBODY = str(uuid.uuid4())
LINE = {"order": "ORDER", "book": "dune", "place": 1, "quantity": 1}


@pytest.mark.parametrize("table", PLANNED)
def test_the_plans_tables_have_the_plans_columns(shop: Shop, table: str) -> None:
    rows = shop.database().run(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = :name", name=table
    )
    assert PLANNED[table].items() <= dict(rows).items()


@pytest.mark.parametrize(
    ("sql", "values"),
    [
        (BOOK, {**DUNE, "title": None}),
        (BOOK, {**DUNE, "author": None}),
        (BOOK, {**DUNE, "price": None}),
        (BOOK, {**DUNE, "price": -1}),
        (BOOK, {**DUNE, "book_id": "dune-again"}),
        (USER, {"user_id": "second", "email": "ada@example.com"}),
        (ORDER, {"user": NOBODY, "status": "pending", "subtotal": 1, "total": 1}),
        (ORDER, {"user": "ADA", "status": "lost", "subtotal": 1, "total": 1}),
        (ORDER, {"user": "ADA", "status": "pending", "subtotal": 1, "total": 2}),
        (ITEM, {**LINE, "order": NOBODY}),
        (ITEM, {**LINE, "quantity": 0}),
        (ITEM, {**LINE, "quantity": 100}),
    ],
)
def test_the_plans_tables_refuse_what_the_plan_forbids(shop: Shop, sql: str, values: dict[str, object]) -> None:
    database = shop.database()
    known = _filled(shop)
    with pytest.raises((StatementFailed, Violation)):
        database.run(sql, **{name: known.get(str(value), value) for name, value in values.items()})


def _filled(shop: Shop) -> dict[str, object]:
    """A book, a user and an order that are in order, once for the database."""
    database = shop.database()
    if not database.run("SELECT FROM books WHERE book_id = 'dune'"):
        database.run(BOOK, **DUNE)
        database.run(USER, user_id="ada", email="ada@example.com")
    ((ada,),) = database.run("SELECT id::text FROM users WHERE user_id = 'ada'")
    if not database.run("SELECT FROM orders"):
        database.run(ORDER, user=ada, status="pending", subtotal=1, total=1)
        ((order,),) = database.run("SELECT id::text FROM orders")
        database.run(ITEM, order=order, book="emma", place=2, quantity=99)
    ((order,),) = database.run("SELECT id::text FROM orders")
    return {"ADA": ada, "ORDER": order}


def test_a_rows_key_follows_from_its_public_id() -> None:
    assert row_id("books", "dune") == row_id("books", "dune")
    assert row_id("books", "dune") != row_id("orders", "dune")
    assert row_id("books", "dune").version == 5

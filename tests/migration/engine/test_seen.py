"""Whatever differs is seen: each column of each table, and each attribute of each item, in each step of a move."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from migration import verifying
from migration.buckets import is_targets
from migration.comparing import NOT_COMPARED
from shared.postgres import Database

from tests.migration.engine import goods
from tests.migration.engine.move import TARGET_CARTS, Move, physical
from tests.migration.engine.saved import Saved
from tests.migration.engine.test_shift import EARLY, LATE, shift

UUID = "'00000000-0000-0000-0000-000000000009'::uuid"
# Another value for each column: an expression over the row that no constraint refuses.
OTHER = {
    "books": {
        "id": UUID,
        "book_id": "book_id || '-x'",
        "title": "title || 'x'",
        "author": "author || 'x'",
        "isbn": "'9780306406157'",
        "price": "price + 1",
        "category": "category || 'x'",
        "description": "description || 'x'",
        "image_url": "'/x.svg'",
        "stock_quantity": "stock_quantity + 1",
        "popularity": "popularity + 1",
        "created_at": "created_at + interval '1 s'",
        "updated_at": "updated_at + interval '1 s'",
    },
    "users": {
        "id": UUID,
        "user_id": "user_id || 'x'",
        "email": "'x' || email",
        "first_name": "'x'",
        "last_name": "'x'",
        "phone": "'x'",
        "address": "'{}'",
        "account_status": "'disabled'",
        "created_at": "created_at + interval '1 s'",
        "updated_at": "updated_at + interval '1 s'",
        "last_login": "last_login + interval '1 s'",
        "erased_at": "now()",
    },
    "orders": {
        "id": UUID,
        "order_id": "order_id || 'x'",
        "user_id": UUID,
        "status": "'pending'",
        "order_date": "order_date + 1",
        "subtotal": "subtotal + 1",
        "tax_amount": "tax_amount + 1",
        "shipping_amount": "shipping_amount + 1",
        "total_amount": "total_amount + 1",
        "currency": "'XXX'",
        "shipping_address": "'{}'",
        "created_at": "created_at + interval '1 s'",
        "updated_at": "updated_at + interval '1 s'",
        "idempotency_key": "idempotency_key || 'x'",
        "fingerprint": "fingerprint || 'x'",
    },
    "order_items": {
        "id": UUID,
        "order_id": UUID,
        "book_id": "NULL",
        "public_book_id": "public_book_id || 'x'",
        "place": "place + 9",
        "category": "category || 'x'",
        "title": "title || 'x'",
        "price": "price + 1",
        "quantity": "quantity + 1",
        "cart_line": "'x'",
    },
    "payments": {
        "authorisation": "authorisation || 'x'",
        "order_id": UUID,
        "amount": "amount + 1",
        "currency": "'XXX'",
        "status": "CASE status WHEN 'captured' THEN 'authorised' ELSE 'captured' END",
        "created_at": "created_at + interval '1 s'",
        "updated_at": "updated_at + interval '1 s'",
    },
    "outbox": {
        "order_id": "(SELECT id FROM orders WHERE order_id LIKE '%early')",
        "task": "'void'",
        "user_id": UUID,
        "lines": """'{"x": "y"}'""",
        "created_at": "created_at + interval '1 s'",
        "due_at": "due_at + interval '1 s'",
    },
}
# What else has to be so that PostgreSQL takes it.
WITH_IT = {
    "users.erased_at": "account_status = 'erased', "
    + ", ".join(f"{name} = NULL" for name in ("email", "first_name", "last_name", "phone", "address", "last_login")),
    "orders.subtotal": "total_amount = total_amount + 1",
    "orders.tax_amount": "total_amount = total_amount + 1",
    "orders.shipping_amount": "total_amount = total_amount + 1",
    "orders.total_amount": "subtotal = subtotal + 1",
}
SOME = {
    "books": "book_id = 'book-1'",
    "users": f"user_id = '{EARLY}'",
    "orders": "order_id = 'order-2026-11-20-early'",
    "order_items": "public_book_id = 'book-1' AND order_id IN (SELECT id FROM orders WHERE order_id LIKE '%early')",
    "payments": "authorisation = 'sim_order-2026-11-20-early'",
    "outbox": "order_id = (SELECT id FROM orders WHERE order_id LIKE '%debt')",
}
COLUMNS = """SELECT relname, attname FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
        AND relname <> 'schema_migrations' AND relname NOT LIKE 'saved_%'"""
ENTITY = {"order_items": "orders", "payments": "orders", "outbox": "orders"}
FOREIGN = """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE contype = 'f' AND connamespace = 'public'::regnamespace"""
# A cart is compared as a whole; guests have none here.
ITEM_KEYS = {"books": ("category", "book_id"), "users": ("user_id",), "orders": ("user_id", "order_id")}
ITEM_KEYS |= {"carts": ("user_id", "cart_id"), "target": ("user_id", "book_id")}
STEPS = ("loaded", "5 %", "50 %", "100 %", "back")


@dataclass
class Plant:
    """A difference, and how to put it there."""

    name: str
    entity: str
    put: Callable[[], Any]


def stock_up(move: Move) -> None:
    move.put("books", goods.category("Fiction"), goods.book("book-1", isbn="9780306406158"))
    move.put("books", goods.category("Prose"), goods.book("book-2", category="Prose"))
    for user, name in ((EARLY, "early"), (LATE, "late")):
        move.put("users", goods.user(user, last_name="Last", phone="1"))
        order_id = f"order-2026-11-20-{name}"
        owed = {"payment": "authorised"} if name == "late" else {}
        move.put("orders", *goods.order(user, key=f"k-{name}", books=("book-1", "book-2"), order_id=order_id, **owed))
        move.put("carts", goods.cart(user, lines=(("book-1", 2), ("book-2", 1))))
    debt = goods.order(EARLY, key="debt", payment="authorised", order_id="order-2026-11-20-debt")
    move.put("orders", *debt, {"user_id": LATE, "order_id": "idempotency#given-up", "released": {"sim_a", "sim_b"}})
    move.sync()
    move.load()


def settled(move: Move) -> None:
    """As after a shift, when it is known how many copies there are."""
    for _ in range(2):
        move.sync()
        left = move.call("copies")["unknown"]
    assert left == 0


def moved_to(move: Move, step: str) -> None:
    stock_up(move)
    if step == "loaded":
        return
    for weight in {"5 %": (5,), "50 %": (50,), "100 %": (50, 100), "back": (100, 0)}[step]:
        shift(move, weight)
        settled(move)
        move.call("replay", carts=True)
    if step == "back":
        move.call("set_state", changes={"escrow": False})
        move.call("refresh", entity="books")


def rows_planted(database: Database, some: Mapping[str, str]) -> Iterator[Plant]:
    """Of the rows that `some` tells of, by table, each column is another; they are gone; and there are more."""
    debts = database.run("SELECT count(*) FROM outbox")[0][0]
    for table, column in database.run(COLUMNS):
        name = f"{table}.{column}"
        if name in ("books.tier", "books.search") or (table == "outbox" and not debts):
            continue
        sets = ", ".join(each for each in (f"{column} = {OTHER[table][column]}", WITH_IT.get(name)) if each)
        change = f"UPDATE {table} SET {sets} WHERE {some[table]}"  # noqa: S608 - no input in it
        yield Plant(name, ENTITY.get(table, table), _sql(database, change))
    for table, where in some.items():
        if table == "outbox" and not debts:
            continue
        gone = f"DELETE FROM {table} WHERE {where}"  # noqa: S608 - no input in it
        yield Plant(f"{table}, gone", ENTITY.get(table, table), _sql(database, gone))
    user = f"INSERT INTO users (id, user_id) VALUES ({UUID}, 'x')"  # noqa: S608 - no input in it
    yield Plant("users, one more", "users", _sql(database, user))
    payment = "INSERT INTO payments VALUES ('sim_x', NULL, 1, 'USD', 'voided', now(), now())"
    yield Plant("payments of no order", "orders", _sql(database, payment))
    owing = f"SELECT id, 'void', user_id FROM orders WHERE {some['orders']}"  # noqa: S608 - no input in it
    debt = f"INSERT INTO outbox (order_id, task, user_id) {owing}"
    yield Plant("outbox, one more", "orders", _sql(database, debt))


def _sql(database: Database, sql: str) -> Callable[[], Any]:
    return lambda: database.run(sql)


@contextmanager
def nothing_points(database: Database) -> Iterator[None]:
    """Without foreign keys, which would refuse what is planted here."""
    found = database.run(FOREIGN)
    try:
        for table, name, _ in found:
            database.run(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        yield
    finally:
        for table, name, definition in found:
            database.run(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def items_planted(move: Move, weight: int) -> Iterator[Plant]:
    """Of one item of each kind, each attribute is another, is gone, and there is one more."""
    for entity, table in (*((e, physical(e)) for e in ("books", "users", "orders", "carts")), ("target", TARGET_CARTS)):
        seen: set[str] = set()
        carts = entity in ("carts", "target")
        for item in move.client.scan(TableName=table)["Items"]:
            kind = _kind(entity, item)
            keys = ITEM_KEYS[entity]
            lives_there = carts and is_targets(item["user_id"]["S"], weight)
            if kind is None or kind in seen or lives_there:
                continue
            seen.add(kind)
            compared = "carts" if entity == "target" else entity
            key = {name: item[name] for name in keys}
            yield Plant(f"{kind}, gone", compared, _deleted(move, table, key))
            yield Plant(f"{kind}.something new", compared, _put(move, table, {**item, "new": {"S": "x"}}))
            for name in item:
                without = {each: value for each, value in item.items() if each != name}
                if name not in keys:
                    yield Plant(f"{kind}.{name}", compared, _put(move, table, {**item, name: _other(name, item[name])}))
                    yield Plant(f"{kind}.{name}, gone", compared, _put(move, table, without))


def _kind(entity: str, item: dict[str, Any]) -> str | None:
    first, second = (item[name]["S"] if name in item else "" for name in (ITEM_KEYS[entity] + ("",))[:2])
    if entity == "target":
        return "cart head" if second == "#cart" else "cart line"
    if entity == "orders" and second.startswith("idempotency#"):
        return "orders.released" if "released" in item else "keys"
    return {"#categories": "registry"}.get(first) if first.startswith("#") else entity


def _other(name: str, value: dict[str, Any]) -> dict[str, Any]:
    ((kind, held),) = value.items()
    match kind:
        case "S" if name in ("created_at", "updated_at", "last_login"):
            return {"S": "2026-11-20T10:00:01Z"}
        case "S":
            known = {"status": "pending", "payment": "voided", "account_status": "disabled", "isbn": "9780306406157"}
            known |= {"order_date": "2026-11-21"}
            return {"S": known.get(name, f"{held}x")}
        case "N":
            return {"N": str(int(float(held)) + 1)}
        case "L":
            return {"L": held[:-1]}
        case "M":
            return {"M": {}}
        case "SS":
            return {"SS": [*held, "x"]}
        case _:
            return {"S": "x"}


def _put(move: Move, table: str, item: dict[str, Any]) -> Callable[[], Any]:
    return lambda: move.client.put_item(TableName=table, Item=item)


def _deleted(move: Move, table: str, key: dict[str, Any]) -> Callable[[], Any]:
    return lambda: move.client.delete_item(TableName=table, Key=key)


@pytest.mark.parametrize("step", STEPS)
def test_a_difference_in_any_column_or_attribute_is_seen_unless_the_list_says_why_not(
    move: Move, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    monkeypatch.setattr(verifying, "LOOKS", 1)
    moved_to(move, step)
    assert {entity: found["differences"] for entity, found in move.verify().items()} == dict.fromkeys(
        ITEM_KEYS.keys() - {"target"}, 0
    )
    assert move.call("verify", entity="relations")["differences"] == 0
    tables = [*(physical(entity) for entity in ("books", "users", "orders", "carts")), TARGET_CARTS]
    saved = Saved(move, tables)
    plants = [*rows_planted(move.target, SOME), *items_planted(move, move.call("state")["weight"])]
    unseen = set()
    with nothing_points(move.target):
        for plant in plants:
            plant.put()
            found = move.verify(plant.entity)[plant.entity]["differences"]
            if not found + move.call("verify", entity="relations")["differences"]:
                unseen.add(plant.name)
            saved.restore()
    assert not sorted(name for name in unseen if name.removesuffix(", gone") not in NOT_COMPARED), step
    assert len(plants) > 100

"""Whatever phase1's stores write comes to PostgreSQL and back as it was, attribute by attribute."""

import string
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from migration import items, mapping
from migration.applying import apply
from migration.buckets import bucket
from migration.engine import patient
from migration.mapping import ORDER_ITEM, PAYMENT_OURS
from migration.merging import Terms
from migration.row import Row
from migration.target import PostgresRows, own_key
from orders.items import from_item as order_of
from orders.items import to_item as order_item
from orders.model import PAYMENTS, STATUSES, Order, OrderItem
from shared.postgres import Database, Session

from tests.migration.engine import goods
from tests.migration.engine.move import wire
from tests.postgres.servers import Shop

COLUMNS = """SELECT attname FROM pg_attribute
    WHERE attrelid = :name::regclass AND attnum > 0 AND NOT attisdropped"""

texts = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]), min_size=1, max_size=20)
ids = st.from_regex(r"[a-z0-9][a-z0-9-]{2,20}", fullmatch=True)
names = st.text(string.ascii_letters + string.digits + "-@.ß", min_size=1, max_size=20)
prices = st.decimals(0, 99999, places=2)
stamps = st.datetimes(datetime(1900, 1, 1), datetime(2199, 1, 1)).map(lambda moment: f"{moment:%Y-%m-%dT%H:%M:%SZ}")
json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
addresses = st.none() | st.dictionaries(texts, json, max_size=4)


@st.composite
def books(draw: st.DrawFn) -> dict[str, Any]:
    return goods.book(
        draw(ids),
        category=draw(texts.filter(lambda text: not text.startswith("#"))),
        title=draw(texts),
        author=draw(texts),
        isbn=draw(st.none() | st.from_regex(r"97[89][0-9]{10}", fullmatch=True)),
        price=draw(prices),
        stock_quantity=draw(st.integers(0, 2**31 - 1)),
        description=draw(st.just("") | texts),
        image_url=draw(st.none() | texts),
        created_at=draw(stamps),
        updated_at=draw(stamps),
    )


@st.composite
def users(draw: st.DrawFn) -> dict[str, Any]:
    user_id = draw(names)
    if draw(st.booleans()):
        return {"user_id": user_id, "account_status": "erased", "erased_at": draw(stamps)}
    optional = {name: draw(st.none() | texts) for name in ("first_name", "last_name", "phone")}
    optional |= {"address": draw(addresses), "email": draw(st.none() | names.map(str.lower))}
    facts = {"created_at": draw(stamps), "last_login": draw(stamps), "account_status": "active"}
    return {"user_id": user_id, **facts, **{name: value for name, value in optional.items() if value is not None}}


@st.composite
def orders(draw: st.DrawFn) -> dict[str, Any]:
    ordered = draw(st.lists(ids, min_size=1, max_size=4, unique=True))
    lines = tuple(OrderItem(each, draw(texts), draw(texts), draw(prices), draw(st.integers(1, 99))) for each in ordered)
    subtotal, tax, shipping = draw(prices), draw(prices), draw(prices)
    authorisation = draw(st.none() | texts)
    return order_item(
        Order(
            user_id=draw(names),
            order_id=f"order-{draw(names)}",
            status=draw(st.sampled_from(STATUSES)),
            order_date=draw(st.dates()).isoformat(),
            items=lines,
            subtotal=subtotal,
            tax=tax,
            shipping=shipping,
            total=subtotal + tax + shipping,
            shipping_address=draw(addresses),
            created_at=draw(stamps),
            updated_at=draw(stamps),
            payment=None if authorisation is None else draw(st.sampled_from(PAYMENTS)),
            authorisation=authorisation,
        )
    )


everything = st.one_of(
    st.tuples(st.just("books"), books()), st.tuples(st.just("users"), users()), st.tuples(st.just("orders"), orders())
)


def row_of(entity: str, item: dict[str, Any]) -> Row:
    found = items.read(entity, wire(item))
    assert isinstance(found, Row), found
    return found


@given(everything)
def test_an_item_read_and_written_is_the_item(made: tuple[str, dict[str, Any]]) -> None:
    entity, item = made
    row = row_of(entity, item)
    assert items.to_item(row) == item
    assert row_of(entity, items.to_item(row)) == row
    assert row.key == items.row_key(row)


@contextmanager
def undone(database: Database) -> Iterator[Session]:
    """A session whose work is never done."""

    session = Session(database._login)
    session.script("BEGIN")
    try:
        yield session
    finally:
        session.close()


@pytest.fixture(scope="module")
def database(shop: Shop) -> Database:
    return Database(patient(shop.login("migration")))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(made=st.lists(everything, min_size=1, max_size=6))
def test_rows_put_into_postgresql_come_out_as_they_were(
    database: Database, made: list[tuple[str, dict[str, Any]]]
) -> None:
    rows = [row_of(entity, item) for entity, item in made]
    with undone(database) as session:
        outcome = apply(session, rows, {}, [], Terms("USD"))
        refused = {(bad.kind, bad.key) for bad in outcome.bad}
        assert all(bad.retryable for bad in outcome.bad), outcome.bad
        kept = {(row.kind, own_key(row)): row for row in rows if (row.kind, row.key) not in refused}
        assert outcome.written == len(kept)
        for (kind, own), row in kept.items():
            found = PostgresRows(database).find(kind, [own], session)
            assert found[own].values == row.values
        assert apply(session, list(kept.values()), {}, [], Terms("USD")).written == 0


@given(orders())
def test_the_shops_own_store_reads_an_order_that_was_there_and_back(item: dict[str, Any]) -> None:
    assert order_of(items.to_item(row_of("orders", item))) == order_of(item)


@pytest.mark.parametrize(
    ("table", "mapped", "ours"),
    [
        ("books", mapping.BOOK.attributes, mapping.BOOK.ours),
        ("users", mapping.USER.attributes, mapping.USER.ours),
        ("order_items", ORDER_ITEM.attributes, ORDER_ITEM.ours),
        (
            "orders",
            [each for each in mapping.ORDER.attributes if each.name not in ("items", "payment", "authorisation")],
            mapping.ORDER.ours,
        ),
        (
            "payments",
            [each for each in mapping.ORDER.attributes if each.name in ("payment", "authorisation")],
            PAYMENT_OURS,
        ),
    ],
)
def test_every_column_is_mapped_or_declared_to_follow_from_others(
    shop: Shop, table: str, mapped: Any, ours: dict[str, str]
) -> None:
    columns = {name for (name,) in shop.database().run(COLUMNS, name=table)}
    named = {each.column or each.name for each in mapped}
    assert named | ours.keys() == columns
    assert not named & (ours.keys() - {"order_id", "book_id"})


@pytest.mark.parametrize("entity", ["books", "users", "orders", "carts"])
def test_an_attribute_nobody_declared_is_named(entity: str) -> None:
    item = {"books": goods.book, "users": goods.user, "orders": lambda: goods.order()[0], "carts": goods.cart}[entity]()
    found = items.read(entity, wire({**item, "colour": "red"}))
    assert found is not None
    assert not isinstance(found, Row)
    assert getattr(found, "reason", "") == "colour: is not mapped, nothing keeps it"
    assert isinstance(items.read(entity, wire(item)), Row)


@pytest.mark.parametrize(
    ("stamp", "kept"),
    [
        ("2026-11-20T10:00:00Z", "2026-11-20T10:00:00Z"),
        ("2026-11-20T10:00:00", "2026-11-20T10:00:00Z"),
        ("2026-11-20 10:00:00.999999", "2026-11-20T10:00:00Z"),
        ("2026-11-20T10:00:00-02:00", "2026-11-20T12:00:00Z"),
        ("0099-01-01T00:00:00Z", "0099-01-01T00:00:00Z"),
    ],
)
def test_a_time_is_kept_in_utc_to_the_second(stamp: str, kept: str) -> None:
    assert mapping.Stamp().read({"S": stamp}) == kept


@pytest.mark.parametrize(("text", "hashed"), [("", 0x811C9DC5), ("a", 0xE40C292C), ("foobar", 0xBF9CF968)])
def test_a_bucket_is_fnv_1a_of_the_shopper(text: str, hashed: int) -> None:
    assert bucket(text) == hashed % 100


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-10, max_value=10**9))
def test_an_amount_is_kept_to_the_cent_or_refused(amount: Decimal) -> None:
    whole = amount * 100 == (amount * 100).to_integral_value() and 0 <= amount < 10**8
    try:
        read = mapping.Money(10).read({"N": str(amount)})
    except Exception:
        assert not whole
    else:
        assert Decimal(read) == amount
        assert whole

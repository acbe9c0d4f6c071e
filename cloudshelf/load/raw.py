"""What a store itself has of the shop, read without the shop's code: DynamoDB's JSON, and rows by SQL.

The shop's answers say what the shop believes. Where a router decides who answers, they say nothing of the other side.
"""

import base64
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cloudshelf.client import ShopClient
from cloudshelf.load.audit import CANCELLED, Audit
from cloudshelf.load.results import Copies, Outcome, Sale
from cloudshelf.local.cloud import LocalCloud

ORDERS = """SELECT orders.order_id, users.user_id, orders.status, orders.total_amount,
        orders.subtotal + orders.tax_amount + orders.shipping_amount, orders.idempotency_key,
        payments.amount, payments.status,
        (SELECT json_agg(json_build_array(public_book_id, quantity, price::text) ORDER BY place)::text
            FROM order_items WHERE order_items.order_id = orders.id)
    FROM orders LEFT JOIN users ON users.id = orders.user_id LEFT JOIN payments ON payments.order_id = orders.id"""
STOCK = "SELECT book_id, stock_quantity FROM books"
OWN_DATABASE = "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"
KEY_PREFIX = "idempotency#"


@dataclass(frozen=True, kw_only=True)
class RawOrder:
    """`user_id` is the shopper's in the user pool, `paid` what the order's payment is of. `parts` should be `total`."""

    order_id: str
    user_id: str | None
    status: str
    total: Decimal
    parts: Decimal
    key: str | None
    paid: Decimal | None
    payment: str | None
    items: tuple[Copies, ...]


@dataclass(frozen=True, kw_only=True)
class Raw:
    """A store: every order it has, and copies of books by their ids, a list where a book is there more than once."""

    orders: tuple[RawOrder, ...]
    stock: Mapping[str, Sequence[int]]


def read(cloud: LocalCloud) -> Raw:
    """The store of a stack that runs on this machine."""
    if not cloud.world.databases.instances:
        prefix = f"cloudshelf-{cloud.stack}"
        return dynamodb(cloud.world.aws.client("dynamodb"), f"{prefix}-orders", f"{prefix}-books")
    (database,) = cloud.world.databases.instances.values()
    connection = database.server.connect()
    try:
        ((name,),) = connection.run(OWN_DATABASE)
    finally:
        connection.close()
    connection = database.server.connect(database=str(name))
    try:
        return postgres(connection)
    finally:
        connection.close()


def dynamodb(client: Any, orders: str, books: str) -> Raw:
    """Of the tables of these names."""
    rows = list(_scanned(client, orders))
    keys = {
        row["placed_order_id"]["S"]: row["order_id"]["S"].removeprefix(KEY_PREFIX)
        for row in rows
        if "placed_order_id" in row
    }
    stock: dict[str, list[int]] = {}
    for row in _scanned(client, books):
        if not row["category"]["S"].startswith("#"):
            stock.setdefault(row["book_id"]["S"], []).append(int(row["stock_quantity"]["N"]))
    placed = (row for row in rows if not row["order_id"]["S"].startswith((KEY_PREFIX, "#")) and "items" in row)
    return Raw(orders=tuple(_item_order(row, keys) for row in placed), stock=stock)


def _item_order(row: Mapping[str, Any], keys: Mapping[str, str]) -> RawOrder:
    order_id = row["order_id"]["S"]
    return RawOrder(
        order_id=order_id,
        user_id=row["user_id"]["S"],
        status=row["status"]["S"],
        total=Decimal(row["total"]["N"]),
        parts=sum((Decimal(row[name]["N"]) for name in ("subtotal", "tax", "shipping")), Decimal(0)),
        key=keys.get(order_id),
        # The provider is asked for the order's total; the table keeps no amount beside it.
        paid=Decimal(row["total"]["N"]) if "S" in row.get("authorisation", {}) else None,
        payment=row.get("payment", {}).get("S"),
        items=tuple(
            Copies(
                book_id=each["M"]["book_id"]["S"],
                quantity=int(each["M"]["quantity"]["N"]),
                price=Decimal(each["M"]["price"]["N"]),
            )
            for each in row["items"]["L"]
        ),
    )


def _scanned(client: Any, table: str) -> Iterator[Mapping[str, Any]]:
    start: dict[str, Any] = {}
    while True:
        page = client.scan(TableName=table, ConsistentRead=True, **start)
        yield from page["Items"]
        if "LastEvaluatedKey" not in page:
            return
        start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}


def postgres(connection: Any) -> Raw:
    """Through a connection whose `run` takes SQL and gives rows."""
    orders = [
        RawOrder(
            order_id=order_id,
            user_id=user_id,
            status=status,
            total=total,
            parts=parts,
            key=key,
            paid=paid,
            payment=payment,
            items=tuple(
                Copies(book_id=book, quantity=quantity, price=Decimal(price))
                for book, quantity, price in json.loads(items or "[]")
            ),
        )
        for order_id, user_id, status, total, parts, key, paid, payment, items in connection.run(ORDERS)
    ]
    return Raw(orders=tuple(orders), stock={book: [copies] for book, copies in connection.run(STOCK)})


def shoppers(url: str, outcome: Outcome) -> dict[str, str]:
    """Who has which address, by the tokens they sign in with."""
    found = {}
    for account in outcome.accounts:
        with ShopClient(url) as client:
            client.sign_in(account.email, account.password)
            payload = str(client.id_token()).split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        found[claims["sub"]] = account.email
    return found


def audit_raw(raw: Raw, outcome: Outcome, emails: Mapping[str, str], copies: Mapping[str, int]) -> Audit:
    """The ledger against a store. `emails` are by user_id; `copies` are those a book has wherever it is sold."""
    told = {sale.order_id: sale for sale in outcome.sales}
    there = Counter(order.order_id for order in raw.orders)
    by_id = {order.order_id: order for order in raw.orders}
    lost = [f"{sale.order_id} of {sale.email} is not there" for sale in outcome.sales if sale.order_id not in by_id]
    changed = [
        finding
        for order in raw.orders
        if order.order_id in told
        for finding in _changes(order, told[order.order_id], emails)
    ]
    return Audit(
        compared=len(told),
        lost=tuple(lost),
        doubled=(
            *(f"{order_id} is there {count} times" for order_id, count in there.items() if count > 1),
            *_unknown(raw.orders, told, outcome, emails),
            *_keys_twice(raw.orders),
        ),
        changed=tuple(changed),
        copies=tuple(_copies(raw, outcome, copies)),
    )


def in_all(*stores: Raw) -> dict[str, int]:
    """Copies of each book in all of these stores."""
    found: Counter[str] = Counter()
    for store in stores:
        for book, counts in store.stock.items():
            found[book] += sum(counts)
    return dict(found)


def _changes(order: RawOrder, sale: Sale, emails: Mapping[str, str]) -> Iterator[str]:
    name = order.order_id
    if emails.get(order.user_id or "") != sale.email:
        yield f"{name} is of {order.user_id}, told was {sale.email}"
    if sorted(order.items, key=lambda each: each.book_id) != sorted(sale.items, key=lambda each: each.book_id):
        yield f"{name} has other items than it was told with"
    if order.total != sale.total:
        yield f"{name} costs {order.total}, told was {sale.total}"
    if order.parts != order.total:
        yield f"{name} costs {order.total}, its parts are {order.parts}"
    if order.paid != sale.total:
        yield f"{name} is paid with {order.paid}, told was {sale.total}"
    if order.key != sale.key:
        yield f"{name} is placed with the key {order.key}, told was {sale.key}"
    is_cancelled = order.status == CANCELLED
    if sale.cancelled is not None and is_cancelled is not sale.cancelled:
        yield f"{name} is {order.status}, told was {'cancelled' if sale.cancelled else 'not cancelled'}"
    if (order.payment == "voided") is not is_cancelled and order.payment != "authorised":
        yield f"{name} is {order.status}, its payment {order.payment}"


def _unknown(
    orders: Iterable[RawOrder], told: Mapping[str, Sale], outcome: Outcome, emails: Mapping[str, str]
) -> Iterator[str]:
    """Orders nobody was told of, but for one for each wish without an answer, at its total."""
    open_wishes = Counter((wish.email, wish.total) for wish in outcome.unclear)
    for order in orders:
        wish = (emails.get(order.user_id or "", ""), order.total)
        if order.order_id in told:
            continue
        if open_wishes[wish]:
            open_wishes[wish] -= 1
        else:
            yield f"{order.order_id} of {wish[0] or order.user_id} is there, and nobody was told of it"


def _keys_twice(orders: Iterable[RawOrder]) -> Iterator[str]:
    found = Counter((order.user_id, order.key) for order in orders if order.key is not None)
    yield from (f"the key {key} of {user} bought {count} times" for (user, key), count in found.items() if count > 1)


def _copies(raw: Raw, outcome: Outcome, copies: Mapping[str, int]) -> Iterator[str]:
    sold: Counter[str] = Counter()
    for order in raw.orders:
        if order.status != CANCELLED:
            for item in order.items:
                sold[item.book_id] += item.quantity
    for book_id, first in outcome.shelf.items():
        if len(raw.stock.get(book_id, ())) > 1:
            yield f"{book_id} is there {len(raw.stock[book_id])} times"
        left = copies.get(book_id, 0)
        if first - left != sold[book_id]:
            yield f"{book_id}: {first} copies at first, {left} left, {sold[book_id]} in orders that stand"

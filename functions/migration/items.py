"""Items of DynamoDB as rows, and back. Back they are made by the shop's own code, as its stores write them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec
from books.items import REGISTRY, searchable
from books.items import to_item as book_item
from books.model import Book
from orders.items import IDEMPOTENCY_PREFIX
from orders.items import to_item as order_item
from orders.model import Order, OrderItem
from shared import clock
from shared.cart_document import CART_ID
from shared.dynamo import Item

from migration import mapping
from migration.cart_lines import revision
from migration.faults import Fault
from migration.kinds import Wire
from migration.mapping import Mapped
from migration.money import cents, in_cents
from migration.row import BOOKS, CARTS, KEYS, ORDERS, USERS, Bad, Row, Values

GUEST = "guest#"
# The kinds of items that do not move. Every other item is moved, or rejected with the reason.
REGISTERED, MARK, TRANSFER, GUESTS = "category", "mark", "marker of a transfer", "guest's cart"
# Marks are under these names, `MARKS` of them in each table.
MARK_PREFIX, MARKS = "#mark/", 64
TRANSFERS = "#transfers"
MOST_COPIES = 99
MAPPINGS: Mapping[str, Mapped] = {
    BOOKS: mapping.BOOK,
    USERS: mapping.USER,
    ORDERS: mapping.ORDER,
    KEYS: mapping.KEY,
    CARTS: mapping.CART,
}
HASH = {BOOKS: "category", USERS: "user_id", ORDERS: "user_id", CARTS: "user_id"}
RANGE = {BOOKS: "book_id", ORDERS: "order_id", CARTS: "cart_id"}

_document = msgspec.json.Encoder(order="deterministic")


@dataclass(frozen=True, slots=True)
class Expired:
    """A cart nobody sees any more."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Left:
    """An item of a kind that does not move, and of which."""

    kind: str
    key: str
    what: str


Found = Row | Bad | Expired | Left


def left_behind(entity: str, first: str) -> str | None:
    """Of which kind that does not move an item under this first part of its key is."""
    if mark_of(first) is not None:
        return MARK
    if entity == BOOKS:
        return {REGISTRY: REGISTERED, TRANSFERS: TRANSFER}.get(first)
    return GUESTS if entity == CARTS and first.startswith(GUEST) else None


def mark_of(first: str) -> str | None:
    """Which mark is in this partition, if one is."""
    number = first.removeprefix(MARK_PREFIX)
    is_one = first.startswith(MARK_PREFIX) and number.isdecimal() and int(number) < MARKS
    return number if is_one else None


def read(entity: str, item: Wire) -> Found:
    """What an item in DynamoDB's JSON is."""
    first, second = _text(item, HASH[entity]), _text(item, RANGE.get(entity, ""))
    if (what := left_behind(entity, first)) is not None:
        return Left(entity, key_of(entity, first, second), what)
    kind = kind_of(entity, second)
    key = key_of(kind, first, second)
    if kind == CARTS and _is_over(item):
        return Expired(kind, key)
    try:
        values = MAPPINGS[kind].read(item)
        CHECKS[kind](values, item)
    except Fault as fault:
        return Bad(kind, key, str(fault), document(dict(item)))
    return Row(kind, key, values, ASTRAY.get(kind, _nothing)(values, item))


def kind_of(entity: str, second: str) -> str:
    """What an item under this second part of its key is."""
    return KEYS if entity == ORDERS and second.startswith(IDEMPOTENCY_PREFIX) else entity


def key_of(kind: str, first: str, second: str) -> str:
    """The key a row is known by, made of the item's."""
    key = first if kind in (USERS, CARTS) else f"{first}/{second}"
    # PostgreSQL keeps no NUL character.
    return key.replace("\0", "\\u0000")


def row_key(row: Row) -> str:
    """That of a row, from its values: the same as of the item it is."""
    values = row.values
    return key_of(row.kind, values[HASH.get(row.kind, "user_id")], values.get(RANGE.get(row.kind, "order_id"), ""))


def item_key(row: Row) -> Item:
    """Where the row is in DynamoDB."""
    values = row.values
    match row.kind:
        case "books":
            return {"category": values["category"], "book_id": values["book_id"]}
        case "users":
            return {"user_id": values["user_id"]}
        case "carts":
            return {"user_id": values["user_id"], "cart_id": CART_ID}
        case _:
            return {"user_id": values["user_id"], "order_id": values["order_id"]}


def book(values: Values) -> Book:
    return Book(**mapping.BOOK.write(values))


def to_item(row: Row) -> Item:
    """The item of a book, user, order or idempotency row."""
    values = MAPPINGS[row.kind].write(row.values)
    match row.kind:
        case "books":
            return book_item(Book(**values))
        case "orders":
            lines = tuple(OrderItem(**line) for line in values.pop("items"))
            return order_item(Order(items=lines, **values))
        case "keys":
            return _there(values)
        case _:
            return (
                _there(values) if values["erased_at"] else {**_there(values), "last_login": values["last_login"] or ""}
            )


def _there(values: Values) -> Item:
    return {name: value for name, value in values.items() if value is not None}


def _text(item: Wire, name: str) -> str:
    return str(item.get(name, {}).get("S", ""))


def _is_over(item: Wire) -> bool:
    try:
        return float(item["expires_at"]["N"]) <= clock.now().timestamp()
    except (KeyError, ValueError):
        return False


def _check_book(_values: Values, _item: Wire) -> None:
    """Nothing that its attributes do not say each by itself."""


def _check_user(values: Values, item: Wire) -> None:
    erased = values["account_status"] == "erased"
    if erased != (values["erased_at"] is not None):
        raise Fault("erased_at: is there for an account that was erased, and for no other")
    if erased and (kept := item.keys() - {"user_id", "account_status", "erased_at"}):
        raise Fault(f"account_status: is erased, and there is still {', '.join(sorted(kept))}")
    if not erased and values["created_at"] is None:
        raise Fault("created_at: is missing")
    personal = ("email", "first_name", "last_name", "phone", "address", "last_login")
    if values["account_status"] == "active" and all(values[name] is None for name in personal):
        raise Fault("last_login: is missing")


def _check_order(values: Values, _: Wire) -> None:
    whole = sum(in_cents(values[name]) for name in ("subtotal", "tax", "shipping"))
    if in_cents(values["total"]) != whole:
        raise Fault(f"total: is {values['total']}, the parts are {cents(whole)}")
    if not values["items"]:
        raise Fault("items: is empty")
    books = [line["book_id"] for line in values["items"]]
    if len(set(books)) < len(books):
        raise Fault("items: has a book twice")
    if (values["payment"] is None) != (values["authorisation"] is None):
        raise Fault("payment: goes with authorisation, and one of them is missing")


def _check_key(values: Values, _: Wire) -> None:
    if (values["placed_order_id"] is None) != (values["fingerprint"] is None):
        raise Fault("placed_order_id: goes with fingerprint, and one of them is missing")
    if (values["placed_order_id"] is None) == (values["released"] is None):
        raise Fault("placed_order_id: is missing")


def _check_cart(values: Values, item: Wire) -> None:
    """Copies are 1 to 99, a book is there once."""
    if (found := _text(item, "cart_id")) != CART_ID:
        raise Fault(f"cart_id: is {found!r}, a shopper has one cart, {CART_ID!r}")
    lines: dict[str, Values] = {}
    for line in values["items"]:
        line["quantity"] = max(1, min(MOST_COPIES, line["quantity"]))
        line["added_at"] = line["added_at"] or values["updated_at"]
        if (first := lines.setdefault(line["book_id"], line)) is not line:
            first["quantity"] = min(MOST_COPIES, first["quantity"] + line["quantity"])
    for line in lines.values():
        line["revision"] = line["revision"] or revision(values["user_id"], line)
    values["items"] = list(lines.values())
    values["merges"] = list(values["merges"])


CHECKS: Mapping[str, Any] = {
    BOOKS: _check_book,
    USERS: _check_user,
    ORDERS: _check_order,
    KEYS: _check_key,
    CARTS: _check_cart,
}


def _nothing(_values: Values, _item: Wire) -> tuple[str, ...]:
    return ()


def _book_astray(values: Values, item: Wire) -> tuple[str, ...]:
    wanted = searchable(book(values))
    return tuple(name for name in wanted if _text(item, name) != wanted[name])


def _cart_astray(_values: Values, item: Wire) -> tuple[str, ...]:
    """Its figures are those of its lines as they are written there, before any is corrected."""
    lines = [line["M"] for line in item["items"]["L"]]
    copies = [_number(line, "quantity") for line in lines]
    sums = {
        "total_amount": sum((n * _number(line, "price") for n, line in zip(copies, lines, strict=True)), Decimal(0)),
        "item_count": sum(copies, Decimal(0)),
    }
    return tuple(name for name in sums if "N" not in item.get(name, {}) or _number(item, name) != sums[name])


def _number(item: Wire, name: str) -> Decimal:
    return Decimal(item[name]["N"])


ASTRAY: Mapping[str, Callable[[Values, Wire], tuple[str, ...]]] = {BOOKS: _book_astray, CARTS: _cart_astray}


def document(values: Values) -> str:
    """Values as JSON, names in order."""
    return _document.encode(values).decode()

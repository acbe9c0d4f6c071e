"""How attributes of an item and columns of a row correspond, declared once for both directions.

What is neither mapped nor declared to be derived is a fault that names it: nothing is left behind unseen.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from orders.model import PAYMENTS, STATUSES

from migration.faults import Fault
from migration.kinds import Day, Document, Isbn, Kind, Money, OneOf, Stamp, Text, Whole, Wire, content
from migration.row import BOOKS, CARTS, KEYS, ORDERS, USERS, Values

INTEGER = 2**31 - 1
ACCOUNTS = ("active", "disabled", "erased")
BOOK_ID = Text(64, pattern=re.compile(r"[a-z0-9][a-z0-9-]{2,63}"))
CATEGORY = Text(100, pattern=re.compile(r"[^#].*", re.DOTALL))


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """`name` is DynamoDB's and that of the value, `column` PostgreSQL's. One that may be missing is `blank` then."""

    name: str
    kind: Kind
    column: str = ""
    optional: bool = False
    blank: Any = None

    @property
    def selected(self) -> str:
        return f"{self.kind.select(self.column or self.name)} AS {self.name}"


@dataclass(frozen=True, kw_only=True)
class Mapped:
    """`derived` are attributes of DynamoDB, `ours` columns of PostgreSQL, that follow from others, and from what."""

    kind: str
    attributes: tuple[Attribute, ...]
    derived: Mapping[str, str] = field(default_factory=dict)
    ours: Mapping[str, str] = field(default_factory=dict)

    def unmapped(self, item: Wire) -> list[str]:
        known = {attribute.name for attribute in self.attributes} | self.derived.keys()
        return [name for name in item if name not in known]

    def read(self, item: Wire) -> Values:
        """The values of an item in DynamoDB's JSON; Fault with all that is wrong."""
        faults = [f"{name}: is not mapped, nothing keeps it" for name in self.unmapped(item)]
        values: Values = {}
        for attribute in self.attributes:
            wire = item.get(attribute.name)
            if wire is None or "NULL" in wire:
                if not attribute.optional:
                    faults.append(f"{attribute.name}: is missing")
                values[attribute.name] = attribute.blank
                continue
            try:
                values[attribute.name] = attribute.kind.read(wire)
            except Fault as fault:
                faults.append(f"{attribute.name}: {fault}")
        if faults:
            raise Fault("; ".join(faults))
        return values

    def write(self, values: Values) -> dict[str, Any]:
        """What the mapped attributes are in Python, None for those that are not there."""
        return {a.name: None if values[a.name] is None else a.kind.write(values[a.name]) for a in self.attributes}


@dataclass(frozen=True)
class Listed:
    """A list of maps, each mapped."""

    sql: ClassVar[str] = "jsonb"
    of: Mapped

    def read(self, wire: Wire) -> list[Values]:
        found = []
        for place, each in enumerate(content(wire, "L")):
            try:
                found.append(self.of.read(content(each, "M")))
            except Fault as fault:
                raise Fault(f"[{place}]: {fault}") from None
        return found

    def write(self, value: Iterable[Values]) -> list[dict[str, Any]]:
        return [self.of.write(each) for each in value]

    def select(self, column: str) -> str:
        return column


@dataclass(frozen=True)
class Texts:
    """A list of texts."""

    sql: ClassVar[str] = "jsonb"

    def read(self, wire: Wire) -> list[str]:
        return [Text(least=0).read(each) for each in content(wire, "L")]

    def write(self, value: list[str]) -> list[str]:
        return value

    def select(self, column: str) -> str:
        return column


@dataclass(frozen=True)
class TextSet:
    """A set of texts, in order."""

    sql: ClassVar[str] = "jsonb"

    def read(self, wire: Wire) -> list[str]:
        return sorted(Text().read({"S": each}) for each in content(wire, "SS"))

    def write(self, value: list[str]) -> set[str]:
        return set(value)

    def select(self, column: str) -> str:
        return column


BOOK = Mapped(
    kind=BOOKS,
    attributes=(
        Attribute(name="category", kind=CATEGORY),
        Attribute(name="book_id", kind=BOOK_ID),
        Attribute(name="title", kind=Text(255)),
        Attribute(name="author", kind=Text(255)),
        Attribute(name="isbn", kind=Isbn(), optional=True),
        Attribute(name="price", kind=Money(10)),
        Attribute(name="stock_quantity", kind=Whole(0, INTEGER)),
        Attribute(name="description", kind=Text(least=0), optional=True, blank=""),
        Attribute(name="image_url", kind=Text(500, least=0), optional=True),
        Attribute(name="created_at", kind=Stamp()),
        Attribute(name="updated_at", kind=Stamp()),
    ),
    derived={"search_text": "title and author in lower case", "author_text": "author in lower case"},
    ours={
        "id": "uuid5 of book_id",
        "popularity": "copies in orders that are not cancelled",
        "tier": "popularity",
        "search": "title, ISBN, author, description and category",
    },
)

USER = Mapped(
    kind=USERS,
    attributes=(
        Attribute(name="user_id", kind=Text(pattern=re.compile(r"[^#].*", re.DOTALL))),
        Attribute(name="email", kind=Text(320, lower=True), optional=True),
        Attribute(name="first_name", kind=Text(100), optional=True),
        Attribute(name="last_name", kind=Text(100), optional=True),
        Attribute(name="phone", kind=Text(32), optional=True),
        Attribute(name="address", kind=Document(), optional=True),
        # An account that was erased has no other times than that.
        Attribute(name="created_at", kind=Stamp(), optional=True),
        Attribute(name="last_login", kind=Stamp(), optional=True),
        Attribute(name="account_status", kind=OneOf(ACCOUNTS)),
        Attribute(name="erased_at", kind=Stamp(), optional=True),
    ),
    ours={"id": "uuid5 of user_id", "updated_at": "last_login, or created_at"},
)

ORDER_ITEM = Mapped(
    kind="order_items",
    attributes=(
        Attribute(name="book_id", column="public_book_id", kind=Text()),
        Attribute(name="category", kind=Text(100)),
        Attribute(name="title", kind=Text(255)),
        Attribute(name="price", kind=Money(10)),
        Attribute(name="quantity", kind=Whole(1, 99)),
    ),
    ours={
        "id": "uuid5 of order_id and book_id",
        "order_id": "the order it is in",
        "book_id": "uuid5 of the book's id while there is that book",
        "place": "its place in the list, from 1",
        "cart_line": "nothing: a cart of the source sells nothing here",
    },
)

ORDER = Mapped(
    kind=ORDERS,
    attributes=(
        Attribute(name="user_id", kind=Text(pattern=re.compile(r"[^#].*", re.DOTALL))),
        Attribute(name="order_id", kind=Text(pattern=re.compile(r"order-.*", re.DOTALL))),
        Attribute(name="status", kind=OneOf(STATUSES)),
        Attribute(name="order_date", kind=Day()),
        Attribute(name="items", kind=Listed(ORDER_ITEM)),
        Attribute(name="subtotal", kind=Money(12)),
        Attribute(name="tax", column="tax_amount", kind=Money(12)),
        Attribute(name="shipping", column="shipping_amount", kind=Money(12)),
        Attribute(name="total", column="total_amount", kind=Money(12)),
        Attribute(name="shipping_address", kind=Document(), optional=True),
        Attribute(name="created_at", kind=Stamp()),
        Attribute(name="updated_at", kind=Stamp()),
        Attribute(name="payment", column="status", kind=OneOf(PAYMENTS), optional=True),
        Attribute(name="authorisation", kind=Text(), optional=True),
    ),
    ours={
        "id": "uuid5 of order_id",
        "currency": "the shop's",
        "idempotency_key": "the order's idempotency row",
        "fingerprint": "the order's idempotency row",
    },
)

# A payment is part of its order; what a released authorisation held is not known.
PAYMENT_OURS = {
    "order_id": "the order it is part of",
    "amount": "the order's total",
    "currency": "the shop's",
    "created_at": "the order's",
    "updated_at": "the order's",
}

KEY = Mapped(
    kind=KEYS,
    attributes=(
        Attribute(name="user_id", kind=Text(pattern=re.compile(r"[^#].*", re.DOTALL))),
        Attribute(name="order_id", kind=Text(255 + len("idempotency#"))),
        Attribute(name="fingerprint", kind=Text(), optional=True),
        Attribute(name="placed_order_id", kind=Text(pattern=re.compile(r"order-.*", re.DOTALL)), optional=True),
        Attribute(name="released", kind=TextSet(), optional=True),
        # The order's.
        Attribute(name="created_at", kind=Stamp(), optional=True),
    ),
)

CART_LINE = Mapped(
    kind="lines",
    attributes=(
        Attribute(name="book_id", kind=BOOK_ID),
        Attribute(name="category", kind=Text()),
        Attribute(name="title", kind=Text()),
        Attribute(name="author", kind=Text(least=0), optional=True, blank=""),
        Attribute(name="price", kind=Money(10)),
        Attribute(name="quantity", kind=Whole(-INTEGER, INTEGER)),
        Attribute(name="image_url", kind=Text(least=0), optional=True),
        Attribute(name="added_at", kind=Text(least=0), optional=True, blank=""),
        Attribute(name="revision", kind=Text(least=0), optional=True, blank=""),
    ),
)

CART = Mapped(
    kind=CARTS,
    attributes=(
        Attribute(name="user_id", kind=Text(pattern=re.compile(r"[^#].*", re.DOTALL))),
        Attribute(name="items", kind=Listed(CART_LINE)),
        Attribute(name="merges", kind=Texts(), optional=True, blank=()),
        Attribute(name="created_at", kind=Stamp()),
        Attribute(name="updated_at", kind=Stamp()),
    ),
    derived={
        "cart_id": "a shopper has one cart",
        "total_amount": "its items",
        "item_count": "its items",
        "version": "each side counts its own changes",
        "expires_at": "updated_at, where carts expire",
    },
)

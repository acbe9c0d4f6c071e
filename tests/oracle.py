"""The shop's invariants, looked at from outside after anything that happened to it.

    journal = Journal(lambdas)
    ... journal.gave(book, 5) ... journal.answered(user, key, answer) ...
    journal.check()

I1 no oversell, I2 no lost order, I3 no duplicate, I4 atomic, I5 the cart survives, I6 sessions end, I7 nothing is lost
between two stores, I8 each sees their own.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from payments.provider import provider
from shared.money import cents

from tests.functions.lambdas import Answer, Lambdas

CENT = Decimal("0.01")
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Told:
    """What a client was told of an order it placed."""

    user: str
    key: str
    order_id: str


@dataclass
class Journal:
    """What was done to a shop from outside. `users` are all who may have bought of `given`, copies by book."""

    lambdas: Lambdas
    given: Counter[str] = field(default_factory=Counter)
    users: set[str] = field(default_factory=set)
    told: list[Told] = field(default_factory=list)

    def gave(self, book: str, copies: int) -> None:
        """Copies that came into stock otherwise than from a cancelled order; less than 0 for what was taken out."""
        self.given[book] += copies

    def answered(self, user: str, key: str, answer: Answer) -> None:
        self.users.add(user)
        if answer.status == 201:
            self.told.append(Told(user, key, answer.body["order_id"]))

    def check(self) -> None:
        """All of it, once the shoppers have looked at their orders: what a fault left to be done is done by that."""
        seen = {user: self.lambdas.call("GET", "/orders?limit=100", user=user).body["orders"] for user in self.users}
        orders = {user: self.lambdas.store.orders_of(user) for user in self.users}
        stock = {book: self.lambdas.stock(book) for book in self.given}
        every = [order for found in orders.values() for order in found]
        no_oversell(self.given, stock, every)
        no_lost_order(self.told, orders, seen)
        no_duplicate(self.told, {user: self.lambdas.store.keys_of(user) for user in self.users}, orders)
        for order in every:
            whole(order)
            paid_as_it_stands(order)
        self.each_sees_their_own(seen)

    def each_sees_their_own(self, seen: Mapping[str, Iterable[Row]]) -> None:
        """I8."""
        users = sorted(self.users)
        for one, other in zip(users, users[1:] + users[:1], strict=True):
            if one == other:
                continue
            for order in seen[one]:
                answer = self.lambdas.call("GET", f"/orders/{order['order_id']}", user=other)
                assert answer.status == 404, f"I8 {other} sees {order['order_id']} of {one}"
        listed = Counter(order["order_id"] for found in seen.values() for order in found)
        assert not listed or max(listed.values()) == 1, f"I8 listed for two: {listed.most_common(1)}"


def no_oversell(given: Mapping[str, int], stock: Mapping[str, int], orders: Iterable[Row]) -> None:
    """I1: what left the shelves is what standing orders have, and no shelf has less than nothing."""
    sold: Counter[str] = Counter()
    for order in orders:
        if order["status"] != "cancelled":
            sold.update({item["book_id"]: int(item["quantity"]) for item in order["items"]})
    for book, copies in given.items():
        assert stock[book] >= 0, f"I1 {book} has {stock[book]} copies"
        assert copies - stock[book] == sold[book], f"I1 {book}: {copies} given, {stock[book]} left, {sold[book]} sold"


def no_lost_order(told: Iterable[Told], stored: Mapping[str, list[Row]], seen: Mapping[str, list[Row]]) -> None:
    """I2: every order somebody was told of is there once, and its owner sees it."""
    for each in told:
        for where, orders in (("stored", stored[each.user]), ("seen", seen[each.user])):
            found = [order for order in orders if order["order_id"] == each.order_id]
            assert len(found) == 1, f"I2 {each} is {where} {len(found)} times"


def no_duplicate(told: Iterable[Told], keys: Mapping[str, list[str]], orders: Mapping[str, list[Row]]) -> None:
    """I3: a key of a shopper is one order, whatever was answered how often; and no authorisation pays for two."""
    by_key: dict[tuple[str, str], str] = {}
    for each in told:
        assert by_key.setdefault((each.user, each.key), each.order_id) == each.order_id, f"I3 {each} and another"
    for user, used in keys.items():
        assert len(used) == len(set(used)) == len(orders[user]), f"I3 {user}: {len(orders[user])} orders of {used}"
    paid = Counter(order["authorisation"] for found in orders.values() for order in found)
    assert not paid or max(paid.values()) == 1, f"I3 paid for two: {paid.most_common(1)}"


def whole(order: Row) -> None:
    """I4: items, sums and payment of an order belong together, to the cent."""
    assert order["items"], f"I4 {order['order_id']} has no items"
    books = [item["book_id"] for item in order["items"]]
    assert len(books) == len(set(books)), f"I4 {order['order_id']} has a book twice"
    subtotal = sum((item["price"] * item["quantity"] for item in order["items"]), Decimal(0))
    assert order["subtotal"] == subtotal, f"I4 {order['order_id']}: {subtotal} is not its subtotal"
    whole = order["subtotal"] + order["tax"] + order["shipping"]
    assert order["total"] == whole == cents(whole), f"I4 {order['order_id']}: {whole} is not its total"


def paid_as_it_stands(order: Row) -> None:
    """I3, I4: money is taken once for an order that stands and is not kept for one that was cancelled."""
    books: Any = provider()
    entry = books.entries[order["authorisation"]]
    cancelled = order["status"] == "cancelled"
    states = ("released", "refunded") if cancelled else ("captured",)
    assert entry.state in states, f"I4 {order['order_id']} is {order['status']} and its payment {entry.state}"
    assert entry.captures <= 1, f"I3 {order['order_id']} was charged {entry.captures} times"
    assert order["payment"] == ("voided" if cancelled else "captured"), f"I4 {order['order_id']}: {order['payment']}"
    if entry.authorisation is not None:
        assert entry.authorisation.amount == order["total"], f"I4 {order['order_id']} was charged another amount"


def cart_is(lambdas: Lambdas, user: str, expected: Mapping[str, int]) -> None:
    """I5: what a shopper put in and did not buy is there, and nothing else."""
    found = lambdas.cart_of(user)
    assert found == dict(expected), f"I5 {user} has {found}, not {dict(expected)}"


def session_is_over(lambdas: Lambdas, cookie: str) -> None:
    """I6: nothing is read by a session that has ended, whether or not its row is still there."""
    for path in ("/sessions/me", "/sessions/me/cart"):
        answer = lambdas.call("GET", path, headers={"Cookie": f"cloudshelf_session={cookie}"})
        assert answer.status == 401, f"I6 {path} of an ended session is {answer.status}"


def same_rows(source: Iterable[Row], target: Iterable[Row], changed: Iterable[str] = ()) -> None:
    """I7: two stores hold the same, each row as often, but for the names in `changed`."""
    left, right = (Counter(canonical(row, frozenset(changed)) for row in rows) for rows in (source, target))
    assert left == right, f"I7 only in the first: {left - right}; only in the second: {right - left}"


def canonical(row: Any, changed: frozenset[str] = frozenset()) -> Any:
    """A row that can be counted: the same for the same content, in whatever order and of whatever store's types."""
    if isinstance(row, Mapping):
        kept = ((name, canonical(value, changed)) for name, value in row.items() if name not in changed)
        return tuple(sorted((name, value) for name, value in kept if value is not None))
    if isinstance(row, list | tuple):
        return tuple(canonical(each, changed) for each in row)
    return str(cents(row)) if isinstance(row, Decimal) and row % 1 else str(row) if row is not None else None

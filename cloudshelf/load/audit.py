"""The ledger against a shop: is every acknowledged order there, once, as it was told; is every copy accounted for."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cloudshelf.client import ShopClient
from cloudshelf.load.inventory import back_office
from cloudshelf.load.results import Copies, Outcome, Sale
from cloudshelf.terminal import Account

PAGE = 100
CANCELLED = "cancelled"
Order = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Audit:
    """A line a finding. `lost` was acknowledged and is not there, `doubled` is there and was never wished for,
    `changed` is there otherwise than it was told, `copies` does not add up.
    """

    compared: int
    lost: tuple[str, ...]
    doubled: tuple[str, ...]
    changed: tuple[str, ...]
    copies: tuple[str, ...]

    @property
    def findings(self) -> tuple[str, ...]:
        return (*self.lost, *self.doubled, *self.changed, *self.copies)

    def as_dict(self) -> dict[str, Any]:
        return {"compared": self.compared, "lost": self.lost, "doubled": self.doubled, "changed": self.changed,
                "copies": self.copies}  # fmt: skip


def audit(url: str, outcome: Outcome, admin: Account | None = None) -> Audit:
    """Reads every shopper's orders at `url`, which may be another shop than the one they bought at."""
    listed = {account.email: list(_orders(url, account)) for account in outcome.accounts}
    told = {sale.order_id: sale for sale in outcome.sales}
    by_id = Counter(order["order_id"] for orders in listed.values() for order in orders)
    lost: list[str] = []
    changed: list[str] = []
    for sale in outcome.sales:
        found = [order for order in listed.get(sale.email, ()) if order["order_id"] == sale.order_id]
        if found:
            changed += _differences(sale, found[0])
        else:
            lost.append(f"{sale.order_id} of {sale.email} is not there")
    return Audit(
        compared=len(told),
        lost=tuple(lost),
        doubled=(*_unknown(listed, told, outcome), *(f"{name} is there twice" for name in by_id if by_id[name] > 1)),
        changed=tuple(changed),
        copies=tuple(_copies(url, outcome, admin, listed)) if admin and outcome.shelf else (),
    )


def _orders(url: str, account: Account) -> Iterator[Order]:
    with ShopClient(url) as client:
        client.sign_in(account.email, account.password)
        cursor: str | None = None
        while True:
            params = {"limit": PAGE, **({"cursor": cursor} if cursor else {})}
            page = client.call("listOrders", params).body
            yield from page["orders"]
            cursor = page["next_cursor"]
            if cursor is None:
                return


def _differences(sale: Sale, order: Order) -> Iterator[str]:
    items = sorted(
        (Copies(book_id=each["book_id"], quantity=each["quantity"], price=Decimal(each["price"]))
         for each in order["items"]),
        key=lambda each: each.book_id,
    )  # fmt: skip
    if tuple(items) != tuple(sorted(sale.items, key=lambda each: each.book_id)):
        yield f"{sale.order_id} has other items than it was told with"
    if Decimal(order["total"]) != sale.total:
        yield f"{sale.order_id} costs {order['total']}, told was {sale.total}"
    if sale.cancelled is not None and (order["status"] == CANCELLED) is not sale.cancelled:
        yield f"{sale.order_id} is {order['status']}, told was {'cancelled' if sale.cancelled else 'not cancelled'}"


def _unknown(listed: Mapping[str, Iterable[Order]], told: Mapping[str, Sale], outcome: Outcome) -> Iterator[str]:
    """Orders nobody was told of, but for one for each wish without an answer, at its total."""
    open_wishes = Counter((wish.email, wish.total) for wish in outcome.unclear)
    for email, orders in listed.items():
        for order in orders:
            wish = (email, Decimal(order["total"]))
            if order["order_id"] in told:
                continue
            if open_wishes[wish]:
                open_wishes[wish] -= 1
            else:
                yield f"{order['order_id']} of {email} is there, and {email} was never told of it"


def _copies(url: str, outcome: Outcome, admin: Account, listed: Mapping[str, Iterable[Order]]) -> Iterator[str]:
    sold: Counter[str] = Counter()
    for order in (order for orders in listed.values() for order in orders if order["status"] != CANCELLED):
        for item in order["items"]:
            sold[item["book_id"]] += item["quantity"]
    with back_office(url, admin) as client:
        for book_id, copies in outcome.shelf.items():
            stock = client.call("getBook", {"book_id": book_id}).body["stock_quantity"]
            if copies - stock != sold[book_id]:
                yield f"{book_id}: {copies} copies at first, {stock} left, {sold[book_id]} in orders that stand"

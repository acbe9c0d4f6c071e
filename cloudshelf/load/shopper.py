"""One shopper: visit after visit to the shop."""

import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from cloudshelf.catalog.credentials import Account
from cloudshelf.client import ApiProblem
from cloudshelf.load.asking import Asking, GaveUp
from cloudshelf.load.ledger import Ledger, Sale, Unclear

ADDRESS = {"street": "1 Main Street", "city": "Anytown", "postal_code": "12345", "country": "US"}
PAGE = 20
MOST_BOOKS, MOST_COPIES = 3, 3
CANCELS, LOOKS_AGAIN, SEARCHES = 0.15, 0.5, 0.6
# A 409 that a shopper brought about, or another shopper did: the visit ends without an order.
SOLD_OUT = frozenset({"out_of_stock", "price_changed", "empty_cart", "not_found", "conflict"})


@dataclass(kw_only=True)
class Shopper:
    """Decides by `random` alone. `shelf` are the only books it buys; with none, it buys what it finds."""

    account: Account
    asking: Asking
    ledger: Ledger
    random: random.Random
    shelf: Sequence[str] = ()
    _words: list[str] = field(default_factory=list)

    def sign_in(self) -> None:
        client = self.asking.client
        self.asking.again("signIn", lambda: client.sign_in(self.account.email, self.account.password))

    def visit(self) -> None:
        """Looks around, fills the cart, buys, now and then cancels. GaveUp where the shop did not play its part."""
        found = self._look_around()
        wanted = self.shelf or [book["book_id"] for book in found if book["stock_quantity"] > 0]
        if not wanted:
            return
        try:
            sale = self._buy(self.random.sample(list(wanted), min(len(wanted), self.random.randint(1, MOST_BOOKS))))
        except ApiProblem as problem:
            if problem.code not in SOLD_OUT:
                raise
            return
        self._afterwards(sale)

    def _look_around(self) -> list[dict[str, Any]]:
        ask = self.asking.call
        if not self._words or self.random.random() < SEARCHES / 4:
            categories = [each["name"] for each in ask("listCategories").body["categories"]]
            chosen = {"category": self.random.choice(categories)} if categories else {}
        else:
            chosen = {"q": self.random.choice(self._words)}
        books: list[dict[str, Any]] = ask("listBooks", {**chosen, "limit": PAGE}).body["books"]
        self._words = [words[-1] for book in books if (words := book["title"].split())] or self._words
        for book in self.random.sample(books, min(2, len(books))):
            ask("getBook", {"book_id": book["book_id"]})
        return books

    def _buy(self, books: Sequence[str]) -> Sale:
        ask = self.asking.call
        ask("clearCart")
        for book in books:
            ask("setCartItem", {"book_id": book}, {"quantity": self.random.randint(1, MOST_COPIES)})
        total = ask("quoteCheckout").body["total"]
        return self._order(uuid.uuid4().hex, total)

    def _order(self, key: str, total: Decimal) -> Sale:
        """Asks with the same key until it is told what became of it."""
        body = {"expected_total": total, "shipping_address": ADDRESS}
        try:
            answer = self.asking.call("createOrder", {"Idempotency-Key": key}, body, firmly=True)
        except GaveUp:
            self.ledger.unclear(Unclear(email=self.account.email, key=key, total=Decimal(total)))
            raise
        order: Mapping[str, Any] = answer.body
        return self.ledger.sold(self.account.email, key, order)

    def _afterwards(self, sale: Sale) -> None:
        if self.random.random() < LOOKS_AGAIN:
            self.asking.call("getOrder", {"order_id": sale.order_id})
            self.asking.call("listOrders", {"limit": PAGE})
        if self.random.random() < CANCELS:
            self.ledger.cancelled(sale.order_id, None)
            self.asking.call("cancelOrder", {"order_id": sale.order_id}, firmly=True)
            self.ledger.cancelled(sale.order_id, True)

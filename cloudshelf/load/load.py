"""One shopper: visit after visit to the shop."""

import random
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from types import TracebackType
from typing import Any

from cloudshelf.client import ApiProblem, ShopClient
from cloudshelf.load import inventory
from cloudshelf.load.inventory import ONCE, Accounts, Asking, GaveUp, newcomers
from cloudshelf.load.results import Event, Ledger, Measures, Outcome, Sale, Unclear
from cloudshelf.terminal import Account

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


PATIENCE_S = 60.0
BOOKS, COPIES = 12, 1000


class Load:
    """So many shoppers at a shop, who do what `seed` decides.

    With `admin`, an account of the back office, the load puts `books` of its own on the shelves, `copies` of each, and
    its shoppers buy only these; otherwise they buy what they find. `accounts` says who a shopper is; without it each
    signs up, which takes a shop on this machine. A shopper waits up to `patience_s` for a shop that is busy or away,
    and `think_s` on average between two visits. `on_event` hears of every answer, from many threads.
    """

    def __init__(
        self,
        url: str,
        shoppers: int,
        seed: int = 0,
        admin: Account | None = None,
        on_event: Callable[[Event], None] | None = None,
        *,
        accounts: Accounts | None = None,
        books: int = BOOKS,
        copies: int = COPIES,
        patience_s: float = PATIENCE_S,
        think_s: float = 0.0,
    ) -> None:
        self._url, self._admin, self._seed = url, admin, seed
        self._on_event = on_event or (lambda _event: None)
        self._accounts = accounts or newcomers(url)
        self._books, self._copies = books, copies
        self._patience_s, self._think_s = patience_s, think_s
        self._measures, self._ledger = Measures(), Ledger()
        self._stop, self._lock = threading.Event(), threading.Lock()
        self._known: list[Account] = []
        self._faults: list[str] = []
        self._visits = self._gave_up = 0
        self._shelf: dict[str, int] = {}
        self._started = self._ended = 0.0
        self._threads = [
            threading.Thread(target=self._live, args=(number,), name=f"shopper-{number}", daemon=True)
            for number in range(shoppers)
        ]

    def start(self) -> None:
        """Returns at once when the shelves are filled; shoppers sign in and begin on their own."""
        if self._admin is not None:
            self._shelf = inventory.fill(self._url, self._admin, self._books, self._copies)
        self._started = time.monotonic()
        for thread in self._threads:
            thread.start()

    def stop(self) -> Outcome:
        """When every order and cancellation under way has its answer, or has waited its patience for one."""
        self._stop.set()
        for thread in self._threads:
            thread.join()
        self._ended = time.monotonic()
        return self.so_far()

    def so_far(self) -> Outcome:
        """While it runs, too."""
        with self._lock:
            return Outcome(
                seconds=(self._ended or time.monotonic()) - self._started,
                operations=self._measures.figures(),
                sales=self._ledger.sales,
                unclear=self._ledger.open_wishes,
                accounts=tuple(self._known),
                shelf=dict(self._shelf),
                visits=self._visits,
                gave_up=self._gave_up,
                faults=tuple(self._faults),
            )

    def clear(self) -> None:
        """Takes the load's own books off the shelves again."""
        if self._admin is not None:
            inventory.clear(self._url, self._admin, self._shelf)
            self._shelf = {}

    def __enter__(self) -> "Load":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _live(self, number: int) -> None:
        with ShopClient(self._url, backoff=ONCE, pause=self._stop.wait) as client:
            try:
                shopper = self._arrive(number, client)
                while not self._stop.is_set():
                    self._visit(shopper)
            except GaveUp as reason:
                if not self._stop.is_set():
                    self._fault(number, reason)
            except Exception as error:
                self._fault(number, error)

    def _arrive(self, number: int, client: ShopClient) -> Shopper:
        chance = random.Random(f"{self._seed}-{number}")  # noqa: S311 - decides what a shopper does
        asking = Asking(
            number=number, client=client, stop=self._stop, patience_s=self._patience_s, on_event=self._heard
        )
        account = asking.again("signUp", lambda: self._accounts(number))
        with self._lock:
            self._known.append(account)
        shopper = Shopper(account=account, asking=asking, ledger=self._ledger, random=chance, shelf=tuple(self._shelf))
        shopper.sign_in()
        return shopper

    def _visit(self, shopper: Shopper) -> None:
        try:
            shopper.visit()
        except GaveUp:
            with self._lock:
                self._gave_up += 1
        with self._lock:
            self._visits += 1
        if self._think_s:
            self._stop.wait(shopper.random.uniform(0, 2 * self._think_s))

    def _heard(self, event: Event) -> None:
        self._measures.add(event)
        self._on_event(event)

    def _fault(self, number: int, error: BaseException) -> None:
        with self._lock:
            self._faults.append(f"shopper {number}: {type(error).__name__}: {error}")

"""The load: shoppers in threads, from start to stop."""

import random
import threading
import time
from collections.abc import Callable
from types import TracebackType

from cloudshelf.catalog.credentials import Account
from cloudshelf.client import ShopClient
from cloudshelf.load import shelf
from cloudshelf.load.accounts import Accounts, newcomers
from cloudshelf.load.asking import ONCE, Asking, GaveUp
from cloudshelf.load.ledger import Ledger
from cloudshelf.load.measures import Event, Measures
from cloudshelf.load.outcome import Outcome
from cloudshelf.load.shopper import Shopper

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
            self._shelf = shelf.fill(self._url, self._admin, self._books, self._copies)
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
            shelf.clear(self._url, self._admin, self._shelf)
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

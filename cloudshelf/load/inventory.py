"""Accounts, requests and books for a load."""

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import quote, urljoin

import requests

from cloudshelf.client import Answer, ApiProblem, Backoff, IdentityProblem, NoAnswer, ShopClient
from cloudshelf.client.transport import BUSY
from cloudshelf.load.results import NO_ANSWER, Event
from cloudshelf.terminal import Account

Accounts = Callable[[int], Account]
KNOWN = "UsernameExistsException"
CONFIRMED = "NotAuthorizedException"


def newcomers(url: str) -> Accounts:
    """A new account for each number; the code of its mail comes from the local cloud's mailbox."""
    run, password = uuid.uuid4().hex[:10], f"Load-{uuid.uuid4().hex}-9"

    def account(number: int) -> Account:
        made = Account(f"load-{run}-{number}@example.com", password)
        with ShopClient(url) as client:
            _sign_up(client, made)
        return made

    return account


def _sign_up(client: ShopClient, account: Account) -> None:
    try:
        client.sign_up(account.email, account.password)
    except IdentityProblem as problem:
        if problem.kind != KNOWN:  # as it is when the answer to the first try was lost
            raise
    try:
        client.confirm_sign_up(account.email, _code(urljoin(client.url, f"_local/mail/{quote(account.email)}")))
    except IdentityProblem as problem:
        if problem.kind != CONFIRMED:
            raise


def _code(mailbox: str) -> str:
    with requests.Session() as session:
        session.trust_env = False  # a proxy cannot reach this machine
        try:
            mails = session.get(mailbox, timeout=30).json()["mails"]
        except (requests.RequestException, ValueError, LookupError):
            raise NoAnswer(f"{mailbox} gives no mail: sign-up without a person needs a shop on this machine") from None
    if not mails:
        raise NoAnswer(f"{mailbox} has no mail")
    return str(mails[-1]["code"])


ONCE = Backoff(attempts=1)
PAUSES = Backoff(base_s=0.1, cap_s=2.0)

Result = TypeVar("Result")


class GaveUp(Exception):
    """The shop gave no usable answer for as long as the shopper waits, or nobody wants one any more."""


@dataclass(kw_only=True)
class Asking:
    """One shopper's way to the shop. After `stop` only what is asked `firmly` is asked again.

    What a shopper asks here may be asked twice: reads, absolute quantities, an order with its key, a cancellation.
    """

    number: int
    client: ShopClient
    stop: threading.Event
    patience_s: float
    on_event: Callable[[Event], None]

    def call(
        self, operation: str, params: Mapping[str, object] | None = None, body: object = None, *, firmly: bool = False
    ) -> Answer:
        """ApiProblem where the shop refused, GaveUp where it stayed busy or away."""
        return self.again(operation, lambda: self.client.call(operation, params, body), firmly=firmly)

    def again(self, operation: str, ask: Callable[[], Result], *, firmly: bool = False) -> Result:
        until = time.monotonic() + self.patience_s
        attempt = 0
        while True:
            try:
                return self._measured(operation, ask)
            except ApiProblem as problem:
                if problem.status not in BUSY:
                    raise
                reason = str(problem)
            except NoAnswer as error:
                reason = str(error)
            wait = PAUSES.wait_s(attempt)
            if time.monotonic() + wait > until or (self.stop.is_set() and not firmly):
                raise GaveUp(f"{operation}: {reason}")
            self._pause(wait, firmly=firmly)
            attempt += 1

    def _pause(self, seconds: float, *, firmly: bool) -> None:
        if firmly:
            time.sleep(seconds)
        else:
            self.stop.wait(seconds)

    def _measured(self, operation: str, ask: Callable[[], Result]) -> Result:
        started, status, code = time.perf_counter(), NO_ANSWER, ""
        try:
            result = ask()
            status = result.status if isinstance(result, Answer) else 200
        except ApiProblem as problem:
            status, code = problem.status, problem.code
            raise
        else:
            return result
        finally:
            ms = (time.perf_counter() - started) * 1000
            event = Event(shopper=self.number, operation=operation, status=status, code=code, ms=ms, at=time.time())
            self.on_event(event)


CATEGORY = "Load test"


@contextmanager
def back_office(url: str, admin: Account) -> Iterator[ShopClient]:
    with ShopClient(url) as client:
        client.sign_in(admin.email, admin.password)
        yield client


def fill(url: str, admin: Account, books: int, copies: int) -> dict[str, int]:
    """Copies by the ids of the books it put on the shelves."""
    run = uuid.uuid4().hex[:10]
    shelf = {f"load-{run}-{number}": copies for number in range(books)}
    with back_office(url, admin) as client:
        for number, book_id in enumerate(shelf):
            body = {
                "category": CATEGORY,
                "title": f"Load test {run} {number}",
                "author": "CloudShelf",
                "price": 5 + number,
                "stock_quantity": copies,
            }
            client.call("putBook", {"book_id": book_id}, body)
    return shelf


def clear(url: str, admin: Account, shelf: Mapping[str, int]) -> None:
    """Takes the books out of the catalogue; orders keep what they say about them."""
    with back_office(url, admin) as client:
        for book_id in shelf:
            client.call("deleteBook", {"book_id": book_id})

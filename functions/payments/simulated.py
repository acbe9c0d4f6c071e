"""A provider that nobody pays: the token says how it answers.

    tok_ok            held, and taken when captured
    tok_declined      402, always; so does any token it does not know
    tok_timeout       no answer ever comes, and nothing is held
    tok_late_success  held, but the first answer is lost: the same key sent again finds it

An authorisation's id is made from its key, so that what one execution environment held another one can capture. What
was captured or voided is remembered by the environment alone: it is for tests to look at, no money hangs on it.
"""

from decimal import Decimal
from hashlib import sha256
from itertools import count
from threading import Lock

import msgspec
from shared.problems import PaymentDeclined, Unavailable

from payments.port import Authorisation, Voided

OK, DECLINED, TIMEOUT, LATE = "tok_ok", "tok_declined", "tok_timeout", "tok_late_success"
PREFIX = "sim_"
HELD, CAPTURED, RELEASED, REFUNDED = "held", "captured", "released", "refunded"


class Entry(msgspec.Struct):
    """One authorisation in the provider's books. `captures` is how many times money was taken."""

    authorisation: Authorisation | None = None
    state: str = HELD
    captures: int = 0


class Simulated:
    """Safe to use from many threads."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self._lock = Lock()

    def authorise(self, amount: Decimal, currency: str, token: str, key: str) -> Authorisation:
        if token == TIMEOUT:
            raise _no_answer()
        if token not in (OK, LATE):
            raise PaymentDeclined("The payment was declined. Nothing was bought: try another means of payment.")
        with self._lock:
            wanted = Authorisation(self._live(key), amount, currency)
            known = self.entries.setdefault(wanted.id, Entry())
            if known.authorisation is None:
                known.authorisation = wanted
                if token == LATE:
                    raise _no_answer()
            return known.authorisation

    def capture(self, authorisation: str) -> None:
        with self._lock:
            entry = self._entry(authorisation)
            if entry.state in (RELEASED, REFUNDED):
                raise Voided(authorisation)
            if entry.state == HELD:
                entry.state, entry.captures = CAPTURED, entry.captures + 1

    def void(self, authorisation: str) -> None:
        with self._lock:
            entry = self._entry(authorisation)
            entry.state = REFUNDED if entry.state in (CAPTURED, REFUNDED) else RELEASED

    def _live(self, key: str) -> str:
        """The id under this key that was not voided."""
        ids = (f"{PREFIX}{sha256(f'{voids}/{key}'.encode()).hexdigest()[:40]}" for voids in count())
        return next(each for each in ids if each not in self.entries or self.entries[each].state in (HELD, CAPTURED))

    def _entry(self, authorisation: str) -> Entry:
        """That of an id another environment gave out is made up as held."""
        return self.entries.setdefault(authorisation, Entry())


def _no_answer() -> Unavailable:
    return Unavailable("The payment provider does not answer. Try again with the same Idempotency-Key.")

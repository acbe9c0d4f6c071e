"""What a provider of payments does, whoever it is.

    held = provider().authorise(total, "USD", token, key)
    ... commit the order with held.id ...
    provider().capture(held.id)     or, when the order came to nothing:     provider().void(held.id)

An authorisation only holds the money; a capture takes it. Every call may be repeated: the key makes authorising, and
the id makes the others, the same thing done once.
"""

from decimal import Decimal
from typing import Protocol

import msgspec


class Voided(Exception):
    """The authorisation was undone before, so there is nothing to take."""


class Authorisation(msgspec.Struct, frozen=True):
    """Money held for an order. `id` is the provider's name of it."""

    id: str
    amount: Decimal
    currency: str


class Payments(Protocol):
    """All raise Unavailable when no answer came: it is not known then whether it was done."""

    def authorise(self, amount: Decimal, currency: str, token: str, key: str) -> Authorisation:
        """Holds the money, or raises PaymentDeclined.

        `token` stands for the shopper's means of payment, as the provider's own form made it. The same `key` answers
        with the same authorisation, also with one whose answer was lost; once that is voided the key is free again.
        """
        ...

    def capture(self, authorisation: str) -> None:
        """Takes what is held, once. Voided when it is held no more."""
        ...

    def void(self, authorisation: str) -> None:
        """Undoes it: releases what is held, pays back what was taken."""
        ...

"""Amounts of money: Decimal from the request to the store and back, never binary floating point."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
MOST = Decimal("99999.99")


class Money(Decimal):
    """An amount that came in from outside: a JSON number of 0 to 99999.99 with at most two decimals."""


class Total(Decimal):
    """A sum that came in from outside: as Money, without its upper limit."""


def cents(amount: Decimal | int | str) -> Decimal:
    """The amount with exactly two decimals, half a cent rounded up."""
    return Decimal(amount).quantize(CENT, ROUND_HALF_UP) + ZERO


def parsed(value: Any, kind: type[Decimal] = Money) -> Decimal:
    """What a JSON number says, as an amount. A string, even of digits, is no number."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("must be a number, without quotes")  # noqa: TRY004 - msgspec names the field of a ValueError
    most = MOST if kind is Money else Decimal("1e15")
    if not 0 <= value <= most:
        raise ValueError(f"must be from 0 to {most:f}")
    if value != (exact := cents(value)):
        raise ValueError("must have at most two decimals")
    return kind(exact)


def number(text: str) -> Decimal:
    """What a JSON number literal says; beyond all exponents there is only something too large."""
    try:
        return Decimal(text)
    except ArithmeticError:
        return Decimal("Infinity")

"""The shop's provider of payments. Another one is put in here."""

from functools import cache

from payments.port import Payments
from payments.simulated import Simulated


@cache
def provider() -> Payments:
    """One for each execution environment."""
    return Simulated()

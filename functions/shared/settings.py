"""What a function is told by its environment."""

import os
from decimal import Decimal


def table(name: str) -> str:
    """The physical name of a table."""
    return os.environ[f"{name.upper()}_TABLE_NAME"]


def phase() -> str:
    return os.environ["PHASE"]


def currency() -> str:
    return os.environ["CURRENCY"]


def tax_rate() -> Decimal:
    return Decimal(os.environ["TAX_RATE"])


def shipping_fee() -> Decimal:
    return Decimal(os.environ["SHIPPING_FEE"])


def cart_days() -> int:
    return int(os.environ["CART_TTL_DAYS"])


def capabilities() -> frozenset[str]:
    """What this phase has beyond the first: `full-text`, `sessions`, `reports`."""
    return frozenset(os.environ.get("CAPABILITIES", "").split(",")) - {""}

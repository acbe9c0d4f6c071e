"""What a function is told by its environment."""

import os
from decimal import Decimal


def table(name: str) -> str:
    """The physical name of a table."""
    return os.environ[f"{name.upper()}_TABLE_NAME"]


def phase() -> str:
    return os.environ["PHASE"]


def currency() -> str:
    """What amounts are in, as ISO 4217 has it."""
    return os.environ.get("CURRENCY", "USD")


def tax_rate() -> Decimal:
    return Decimal(os.environ["TAX_RATE"])


def shipping_fee() -> Decimal:
    return Decimal(os.environ["SHIPPING_FEE"])


def cart_days() -> int:
    return int(os.environ["CART_TTL_DAYS"])


def cart_layout() -> str:
    """How carts are stored: `document`, an item for a shopper, or `items`, an item for each book in a cart."""
    layout = os.environ.get("CART_LAYOUT", "document")
    if layout not in ("document", "items"):
        raise ValueError(f"CART_LAYOUT is {layout!r}; it must be document or items")
    return layout


def books_function() -> str:
    """The physical name of the function that looks books up."""
    return os.environ["BOOKS_FUNCTION_NAME"]


def session_hours() -> int:
    """How long a session lasts after its last use."""
    return int(os.environ["SESSION_HOURS"])


def session_most_hours() -> int:
    """How long a session lasts, however much it is used."""
    return int(os.environ["SESSION_MOST_HOURS"])


def capabilities() -> frozenset[str]:
    """What this phase has beyond the first: `full-text`, `sessions`, `reports`."""
    return frozenset(os.environ.get("CAPABILITIES", "").split(",")) - {""}

"""Positions of cursors as values for SQL. A cursor can be made up by anybody, so nothing of it is taken as it is."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from shared.parameters import NUMBER, check_text
from shared.problems import InvalidCursor


def positions(**parts: tuple[Callable[[str], Any], str]) -> dict[str, Any]:
    """Values by name, each read by its function; InvalidCursor when one is not what it should be."""
    try:
        return {name: read(given) for name, (read, given) in parts.items()}
    except ValueError:
        raise not_of_this_list() from None


def not_of_this_list() -> InvalidCursor:
    return InvalidCursor("The cursor is not one of this list with these filters. Start again without it.")


def text(given: str) -> str:
    check_text(given)
    return given


def digit(given: str) -> int:
    if len(given) != 1:
        raise ValueError(given)
    return int(given)


def amount(given: str) -> Decimal:
    if not NUMBER.fullmatch(given):
        raise ValueError(given)
    return Decimal(given)


def moment(given: str) -> datetime:
    found = datetime.fromisoformat(given)
    return found if found.tzinfo else found.replace(tzinfo=UTC)

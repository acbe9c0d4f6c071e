"""The time, always UTC."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """ISO 8601 to the second, with `Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def monotonic() -> float:
    """Seconds that only grow, for deadlines."""
    return time.monotonic()

"""Identifiers that sort by time."""

import secrets
from datetime import datetime

CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 26


def ulid(moment: datetime) -> str:
    """48 bits of milliseconds and 80 random ones, in 26 lower-case characters."""
    value = int(moment.timestamp() * 1000) << 80 | secrets.randbits(80)
    return "".join(CROCKFORD[value >> shift & 31] for shift in range(5 * (LENGTH - 1), -1, -5))

"""Trying again: a bounded number of times, within a deadline, with full jitter."""

import secrets
import time
from collections.abc import Iterator

from shared import clock

BASE_S = 0.02
CAP_S = 0.5

_random = secrets.SystemRandom()


def attempts(most: int, until: float) -> Iterator[int]:
    """Counts attempts, waiting before each but the first; ends early when `until` (monotonic) would pass."""
    for attempt in range(most):
        if attempt:
            pause = _random.uniform(0, min(CAP_S, BASE_S * 2**attempt))
            if clock.monotonic() + pause >= until:
                return
            time.sleep(pause)
        yield attempt

"""API Gateway's token bucket: `burst` requests at once, refilled at `rate` a second."""

import threading
import time
from collections.abc import Callable


class TokenBucket:
    """Thread-safe. On AWS the limits are applied on a best-effort basis; here they are exact."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate, burst, clock
        self._tokens, self._filled = float(burst), clock()
        self._lock = threading.Lock()

    def take(self) -> bool:
        """Whether one more request may pass now."""
        with self._lock:
            now = self._clock()
            self._tokens = min(self._burst, self._tokens + (now - self._filled) * self._rate)
            self._filled = now
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True

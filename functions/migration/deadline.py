"""How long a step may go on before it answers that it is not done."""

from shared import clock

LEAST_LEFT_S = 10.0


class Deadline:
    """Seconds from now on."""

    def __init__(self, seconds: float) -> None:
        self._until = clock.monotonic() + seconds

    @property
    def is_over(self) -> bool:
        return clock.monotonic() >= self._until

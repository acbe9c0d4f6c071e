"""The latest requests, for whoever looks."""

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from cloudshelf.local.gateway.messages import Request, Response

Listener = Callable[[Request, Response], None]
KEPT = 300
OWN = "/_local/"


@dataclass(frozen=True, kw_only=True)
class Line:
    """`number` counts from 1. Neither query nor body: both may be somebody's."""

    number: int
    at: float
    method: str
    path: str
    status: int
    ms: float


class RequestLog:
    """Thread-safe."""

    def __init__(self) -> None:
        self._lines: deque[Line] = deque(maxlen=KEPT)
        self._count = 0
        self._lock = threading.Lock()

    def saw(self, request: Request, response: Response) -> None:
        """All but what the page itself asks for."""
        if request.path.startswith(OWN):
            return
        with self._lock:
            self._count += 1
            line = Line(
                number=self._count,
                at=request.received,
                method=request.method,
                path=request.path,
                status=response.status,
                ms=round(request.age_ms, 1),
            )
            self._lines.append(line)

    def heard_by(self, also: Listener) -> Listener:
        """Keeps each request, and tells somebody else."""

        def both(request: Request, response: Response) -> None:
            self.saw(request, response)
            also(request, response)

        return both

    def after(self, number: int) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(line) for line in self._lines if line.number > number]

"""What passes through the gateway: a request as it came in, a response as it goes out."""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field, replace


@dataclass(frozen=True, kw_only=True)
class Request:
    """`path` is as sent, below the host, still percent-encoded; `headers` and `query` keep repeats and order."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: list[tuple[str, str]]
    body: bytes
    source_ip: str
    received: float = field(default_factory=time.time)
    request_id: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def age_ms(self) -> float:
        return (time.time() - self.received) * 1000

    def header(self, name: str) -> str | None:
        """The last value of a header, any case."""
        return next((v for n, v in reversed(self.headers) if n.lower() == name.lower()), None)

    def with_headers(self, headers: Mapping[str, str]) -> "Request":
        """The same with these headers, in place of those of the same names."""
        names = {name.lower() for name in headers}
        kept = [(name, value) for name, value in self.headers if name.lower() not in names]
        return replace(self, headers=[*kept, *headers.items()])


@dataclass(kw_only=True)
class Response:
    status: int
    headers: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def set_header(self, name: str, value: str) -> None:
        self.headers = [(n, v) for n, v in self.headers if n.lower() != name.lower()] + [(name, value)]

    def has_header(self, name: str) -> bool:
        return any(n.lower() == name.lower() for n, _ in self.headers)

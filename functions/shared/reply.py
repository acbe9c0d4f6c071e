"""What an operation answers with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

JSON = "application/json"
PERSONAL = "no-store"

_encoder = msgspec.json.Encoder(decimal_format="number")


@dataclass(frozen=True)
class Reply:
    """`content` becomes JSON, Decimal as a JSON number; bytes are taken as they are."""

    content: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Cache-Control": PERSONAL})
    content_type: str = JSON

    @property
    def body(self) -> str:
        if self.content is None:
            return ""
        return (self.content if isinstance(self.content, bytes) else encode(self.content)).decode()


def encode(content: Any) -> bytes:
    return _encoder.encode(content)


def public(content: Any, seconds: int) -> Reply:
    """The same for everybody: browsers and caches may keep it so long."""
    return Reply(content, headers={"Cache-Control": f"public, max-age={seconds}"})

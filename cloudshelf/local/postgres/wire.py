"""The beginning of PostgreSQL's protocol, as far as a login goes.

Messages: https://www.postgresql.org/docs/15/protocol-message-formats.html
"""

import asyncio
import struct
from collections.abc import Mapping

SSL_REQUEST, GSSENC_REQUEST, CANCEL_REQUEST, PROTOCOL_3 = 80877103, 80877104, 80877102, 3 << 16
# PostgreSQL's own limits on what it reads from somebody it does not know yet.
MOST_STARTUP_BYTES, MOST_PASSWORD_BYTES = 10_000, 65_535
CLEARTEXT_PASSWORD = b"R" + struct.pack("!ii", 8, 3)
INVALID_AUTHORIZATION, INVALID_PASSWORD = "28000", "28P01"


class ProtocolError(Exception):
    """What came is not PostgreSQL's protocol."""


async def read_startup(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """A request of the start: its code, and its contents after that."""
    (length,) = struct.unpack("!i", await reader.readexactly(4))
    if not 8 <= length <= MOST_STARTUP_BYTES:
        raise ProtocolError(f"a startup message of {length} bytes")
    (code,) = struct.unpack("!i", await reader.readexactly(4))
    return code, await reader.readexactly(length - 8)


async def read_password(reader: asyncio.StreamReader) -> str:
    kind, length = struct.unpack("!ci", await reader.readexactly(5))
    if kind != b"p" or not 5 <= length <= MOST_PASSWORD_BYTES:
        raise ProtocolError("no password message")
    return (await reader.readexactly(length - 4)).rstrip(b"\0").decode("utf-8", "replace")


def parameters(contents: bytes) -> dict[str, str]:
    """The parameters of a StartupMessage."""
    parts = contents.split(b"\0")
    names, values = parts[:-2:2], parts[1:-2:2]
    if len(parts) < 4 or len(names) != len(values) or contents[-2:] != b"\0\0":
        raise ProtocolError("a startup message that is no list of parameters")
    return {n.decode("utf-8", "replace"): v.decode("utf-8", "replace") for n, v in zip(names, values, strict=True)}


def startup(code: int, contents: bytes) -> bytes:
    return struct.pack("!ii", len(contents) + 8, code) + contents


def startup_message(given: Mapping[str, str]) -> bytes:
    pairs = "".join(f"{name}\0{value}\0" for name, value in given.items())
    return startup(PROTOCOL_3, f"{pairs}\0".encode())


def fatal(code: str, message: str) -> bytes:
    """An ErrorResponse of severity FATAL."""
    fields = {"S": "FATAL", "V": "FATAL", "C": code, "M": message}
    body = "".join(f"{name}{value}\0" for name, value in fields.items()).encode() + b"\0"
    return b"E" + struct.pack("!i", len(body) + 4) + body

"""Opaque cursors: where a page ended, bound to the question that was asked.

A cursor holds positions only. Who asks is always the token's `sub`, so a cursor somebody makes up reads nothing that
its maker could not read without it.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256

import msgspec

from shared.problems import InvalidCursor

TAG_BYTES = 9

Position = tuple[str | None, ...]

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(tuple[str | None, ...])


def encode(question: object, position: Position | None) -> str | None:
    """The cursor of a position; None where there is no next page."""
    if position is None:
        return None
    place = _encoder.encode(position)
    return urlsafe_b64encode(_tag(question, place) + place).decode().rstrip("=")


def decode(question: object, cursor: str | None) -> Position | None:
    """The position of a cursor that was made for the same question."""
    if cursor is None:
        return None
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        tag, place = raw[:TAG_BYTES], raw[TAG_BYTES:]
        if urlsafe_b64encode(raw).decode().rstrip("=") == cursor and tag == _tag(question, place):
            return _decoder.decode(place)
    except ValueError:
        pass
    raise InvalidCursor("The cursor is not one of this list with these filters. Start again without it.")


def _tag(question: object, place: bytes) -> bytes:
    return sha256(_encoder.encode(question) + b"\0" + place).digest()[:TAG_BYTES]

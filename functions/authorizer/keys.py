"""The keys a user pool signs its tokens with, as it publishes them (RFC 7517)."""

import urllib.error
import urllib.request

import jwt
import msgspec
from shared import clock
from shared.observability import logger
from shared.problems import Unavailable

TIMEOUT_S = 2.0
# Whoever sends tokens of unknown keys makes nobody ask more often.
PAUSE_S = 60.0
# A key that is no longer published is trusted no longer than this.
KEPT_S = 3600.0
MOST_BYTES = 64 * 1024
ALGORITHM = "RS256"


class Keys:
    """Asked for once, and again when a token names a key that is not known, or when they are old."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = self._asked_at = float("-inf")

    def find(self, key_id: str) -> jwt.PyJWK | None:
        """None for a key that is not the pool's. Unavailable while there is no way to know."""
        now = clock.monotonic()
        if not self._keys:
            self._fetch(now)
        elif (key_id not in self._keys or now - self._fetched_at >= KEPT_S) and now - self._asked_at >= PAUSE_S:
            self._refresh(now, needed=key_id not in self._keys)
        return self._keys.get(key_id)

    def _refresh(self, now: float, *, needed: bool) -> None:
        try:
            self._fetch(now)
        except Unavailable:
            if needed:
                raise

    def _fetch(self, now: float) -> None:
        self._asked_at = now
        try:
            with urllib.request.urlopen(self._url, timeout=TIMEOUT_S) as reply:  # noqa: S310 - the stack names it
                published = msgspec.json.decode(reply.read(MOST_BYTES))
            keys = {each["kid"]: jwt.PyJWK.from_dict(each, ALGORITHM) for each in published["keys"] if _signs(each)}
        except (OSError, ValueError, KeyError, TypeError, msgspec.DecodeError, jwt.PyJWTError) as error:
            logger().warning("keys", reason=f"{type(error).__name__}: {error}")
            raise Unavailable("Who calls cannot be checked just now. Try again in a moment.") from error
        self._keys, self._fetched_at = keys, now


def _signs(key: dict[str, str]) -> bool:
    return (key["kty"], key.get("use", "sig"), key.get("alg", ALGORITHM)) == ("RSA", "sig", ALGORITHM)

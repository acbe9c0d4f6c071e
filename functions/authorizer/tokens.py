"""ID tokens of a Cognito user pool.

What is checked: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-tokens-verifying-a-jwt.html
"""

from collections.abc import Mapping
from typing import Any

import jwt
import msgspec

from authorizer.keys import ALGORITHM, Keys

REQUIRED = ["exp", "iat", "iss", "aud", "sub", "token_use"]
# A token made a moment ago by a clock a moment ahead is no forgery.
OPTIONS: Any = {"require": REQUIRED, "verify_iat": False, "strict_aud": True}
SCHEME, ID_TOKEN = "Bearer ", "id"


class Refused(Exception):
    """The token proves nothing. The message says why, without anything of the token."""


class Who(msgspec.Struct, frozen=True):
    """Whom a token is about."""

    sub: str
    email: str
    groups: tuple[str, ...]

    def context(self) -> dict[str, str]:
        """For API Gateway, which hands on no lists."""
        # A group whose name has a comma would read as two.
        groups = ",".join(group for group in self.groups if "," not in group)
        return {"sub": self.sub, "email": self.email, "groups": groups}


class Tokens:
    """Those of one pool, made for one client."""

    def __init__(self, keys: Keys, issuer: str, client_id: str) -> None:
        self._keys, self._issuer, self._client_id = keys, issuer, client_id

    def who(self, header: str) -> Who:
        """Whom the token of an Authorization header is about; Refused unless all of it holds."""
        token = header.removeprefix(SCHEME)
        try:
            claims = self._claims(token)
        except jwt.PyJWTError as error:
            raise Refused(type(error).__name__) from None
        if claims["token_use"] != ID_TOKEN:
            raise Refused("NotAnIdToken")
        groups = claims.get("cognito:groups", ())
        return Who(str(claims["sub"]), str(claims.get("email", "")), tuple(str(group) for group in groups))

    def _claims(self, token: str) -> Mapping[str, Any]:
        # What the header says is not believed: it only tells which of the pool's own keys to try.
        key_id = jwt.get_unverified_header(token).get("kid")
        key = self._keys.find(key_id) if isinstance(key_id, str) else None
        if key is None:
            raise Refused("UnknownKey")
        return jwt.decode(
            token, key, algorithms=[ALGORITHM], audience=self._client_id, issuer=self._issuer, options=OPTIONS
        )

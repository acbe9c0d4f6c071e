"""API Gateway's Cognito authorizer: verifies the ID token of a declared user pool."""

from collections.abc import Callable
from typing import Any

import jwt

from cloudshelf.local.gateway.responses import Refused

Keys = Callable[[str], dict[str, Any]]


class CognitoAuthorizer:
    """`keys(pool_id)` answers the pool's JSON Web Key Set, `clients(pool_id)` its app client ids."""

    def __init__(self, keys: Keys, clients: Callable[[str], set[str]]) -> None:
        self._keys, self._clients = keys, clients

    def claims(self, header: str | None, provider_arns: list[str]) -> dict[str, str]:
        """The claims of a valid ID token as API Gateway hands them to functions: strings. Refused otherwise."""
        if not header:
            raise Refused("UNAUTHORIZED")
        token = header.removeprefix("Bearer ").strip()
        claims = self._verified(token, {arn.rsplit("/", 1)[-1] for arn in provider_arns})
        # Without scopes on the method, the authorizer takes ID tokens only.
        if claims.get("token_use") != "id":
            raise Refused("UNAUTHORIZED")
        return {name: ",".join(map(str, v)) if isinstance(v, list) else str(v) for name, v in claims.items()}

    def _verified(self, token: str, pools: set[str]) -> dict[str, Any]:
        try:
            unverified = jwt.decode(token, options={"verify_signature": False})
            pool_id = str(unverified.get("iss", "")).rsplit("/", 1)[-1]
            if pool_id not in pools:
                raise Refused("UNAUTHORIZED")
            kid = jwt.get_unverified_header(token).get("kid")
            key = next(k for k in jwt.PyJWKSet.from_dict(self._keys(pool_id)).keys if k.key_id == kid)
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=["RS256"],
                audience=list(self._clients(pool_id)),
                issuer=unverified["iss"],
                options={"require": ["exp", "iat", "sub", "aud", "iss"]},
            )
        except jwt.ExpiredSignatureError:
            raise Refused("EXPIRED_TOKEN") from None
        except (jwt.PyJWTError, StopIteration, ValueError):
            raise Refused("UNAUTHORIZED") from None
        return claims

"""Who may log in to an RDS instance: a database user with an IAM token, the master user with its password."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl

from cloudshelf.local.iam import Iam
from cloudshelf.local.postgres import wire
from cloudshelf.local.postgres.login import Attempt, Denied
from cloudshelf.local.sigv4 import EMPTY_HASH, SKEW, Scope, SignatureError, Signed, signed_at

SERVICE, ACTION = "rds-db", "rds-db:connect"
MOST_LIFETIME = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class RdsLogin:
    """`users_arn` is `arn:aws:rds-db:...:dbuser:<resource id>`; `master` and `password` None for a proxy.

    `takes_tokens` tells why a database user cannot log in with a token, and None when it can. `log` is told why
    somebody is not let in, which the client is not.
    """

    host: str
    port: int
    region: str
    users_arn: str
    iam: Iam
    takes_tokens: Callable[[str], str | None]
    log: Callable[[str], None]
    master: str | None = None
    password: str | None = field(default=None, repr=False)

    def __call__(self, attempt: Attempt) -> Denied | None:
        if self.master is not None and attempt.user == self.master:
            if self.password and hmac.compare_digest(self.password.encode(), attempt.password.encode()):
                return None
            return Denied(wire.INVALID_PASSWORD, f'password authentication failed for user "{attempt.user}"')
        try:
            self._check(attempt)
        except SignatureError as error:
            self.log(f"login of {attempt.user} at {self.host} refused: {error}")
            # RDS checks tokens in a PAM module, and this is all that it says.
            return Denied(wire.INVALID_AUTHORIZATION, f'PAM authentication failed for user "{attempt.user}"')
        return None

    def _check(self, attempt: Attempt) -> None:
        signed, given = parse(attempt.password, self.host, self.port)
        caller = self.iam.known(signed.scope.access_key, given.get("X-Amz-Security-Token"))
        signed.check(caller.secret_key)
        if given["DBUser"] != attempt.user:
            raise SignatureError(f"the token is for {given['DBUser']}")
        if (signed.scope.region, signed.scope.service) != (self.region, SERVICE):
            raise SignatureError(f"the token is for {signed.scope.service} in {signed.scope.region}")
        if not self.iam.allows(caller.role, ACTION, f"{self.users_arn}/{attempt.user}"):
            raise SignatureError(f"role {caller.role} has no {ACTION} on {self.users_arn}/{attempt.user}")
        if (reason := self.takes_tokens(attempt.user)) is not None:
            raise SignatureError(reason)


def parse(token: str, host: str, port: int) -> tuple[Signed, dict[str, str]]:
    """A token as the request it stands for, with its parameters. SignatureError for one that is not for this server
    and this moment.
    """
    address, question, query = token.partition("/?")
    if not question or address != f"{host}:{port}":
        raise SignatureError(f"the password is no token for {host}:{port}")
    pairs = parse_qsl(query, keep_blank_values=True)
    given = dict(pairs)
    needed = {"Action", "DBUser", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-Signature"}
    if len(given) != len(pairs) or not needed <= given.keys():
        raise SignatureError("a parameter of the token is missing or there twice")
    if given["Action"] != "connect" or given.get("X-Amz-SignedHeaders") != "host":
        raise SignatureError("the token is not signed for a connection to a host")
    scope = Scope.parse(given["X-Amz-Credential"])
    _check_time(given["X-Amz-Expires"], signed_at(given["X-Amz-Date"], scope))
    signed = Signed(
        method="GET",
        path="/",
        query=[(name, value) for name, value in pairs if name != "X-Amz-Signature"],
        headers=[("host", address)],
        payload_hash=EMPTY_HASH,
        scope=scope,
        stamp=given["X-Amz-Date"],
        signature=given["X-Amz-Signature"],
    )
    return signed, given


def _check_time(expires: str, made: datetime) -> None:
    if not expires.isdecimal() or not 0 < int(expires) <= MOST_LIFETIME.total_seconds():
        raise SignatureError(f"a token is good for at most {MOST_LIFETIME}, not for {expires} s")
    if not made - SKEW <= datetime.now(UTC) < made + timedelta(seconds=int(expires)):
        raise SignatureError("the token has expired, or its clock is wrong")

"""Signature Version 4, the checking end: who signed a request, and whether they did.

https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
"""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import quote

ALGORITHM = "AWS4-HMAC-SHA256"
STAMP = "%Y%m%dT%H%M%SZ"
SKEW = timedelta(minutes=5)
EMPTY_HASH = sha256(b"").hexdigest()
AUTHORIZATION = re.compile(
    rf"{ALGORITHM} Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{{64}})"
)


class SignatureError(Exception):
    """The request is not signed, or not by whom it says; the text is for a log."""


@dataclass(frozen=True)
class Scope:
    """What a signature is good for."""

    access_key: str
    day: str
    region: str
    service: str

    @classmethod
    def parse(cls, credential: str) -> "Scope":
        parts = credential.split("/")
        if len(parts) != 5 or parts[4] != "aws4_request":
            raise SignatureError("the credential is no access key with a scope")
        return cls(*parts[:4])


@dataclass(frozen=True, kw_only=True)
class Signed:
    """A request as it was signed. `path` is as sent, `headers` are the signed ones, names in lower case."""

    method: str
    path: str
    query: list[tuple[str, str]]
    headers: list[tuple[str, str]]
    payload_hash: str
    scope: Scope
    stamp: str
    signature: str

    def check(self, secret: str) -> None:
        """Raises SignatureError unless it was signed with this secret key."""
        query = "&".join(f"{_quoted(n)}={_quoted(v)}" for n, v in sorted(self.query))
        headers = "".join(f"{name}:{' '.join(value.split())}\n" for name, value in self.headers)
        names = ";".join(name for name, _ in self.headers)
        request = "\n".join([self.method, quote(self.path, safe="/~"), query, headers, names, self.payload_hash])
        scope = "/".join([self.scope.day, self.scope.region, self.scope.service, "aws4_request"])
        text = "\n".join([ALGORITHM, self.stamp, scope, sha256(request.encode()).hexdigest()])
        key = f"AWS4{secret}".encode()
        for part in scope.split("/"):
            key = hmac.digest(key, part.encode(), sha256)
        if not hmac.compare_digest(hmac.digest(key, text.encode(), sha256).hex(), self.signature):
            raise SignatureError("the signature does not match")


def signed_at(stamp: str, scope: Scope) -> datetime:
    try:
        at = datetime.strptime(stamp, STAMP).replace(tzinfo=UTC)
    except ValueError:
        raise SignatureError(f"{stamp} is no date as {STAMP}") from None
    if not stamp.startswith(scope.day):
        raise SignatureError("the date is another day than the credential's")
    return at


def from_headers(
    method: str, path: str, query: list[tuple[str, str]], header: Callable[[str], str | None], body: bytes
) -> Signed:
    """A request signed in its Authorization header; `header` answers by name, any case."""
    found = AUTHORIZATION.fullmatch((header("Authorization") or "").strip())
    if not found:
        raise SignatureError("there is no signature in the Authorization header")
    scope, names = Scope.parse(found[1]), found[2].split(";")
    if "host" not in names:
        raise SignatureError("the host is not signed")
    stamp = header("X-Amz-Date") or ""
    if abs(datetime.now(UTC) - signed_at(stamp, scope)) > SKEW:
        raise SignatureError("the signature has expired, or its clock is wrong")
    return Signed(
        method=method,
        path=path,
        query=query,
        headers=[(name, header(name) or "") for name in names],
        payload_hash=sha256(body).hexdigest(),
        scope=scope,
        stamp=stamp,
        signature=found[3],
    )


def _quoted(text: str) -> str:
    return quote(text, safe="-_.~")

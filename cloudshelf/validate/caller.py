"""Somebody who calls the API as it is, request by request: no retries, nothing parsed on the way."""

import json
from collections.abc import Mapping
from typing import Any

import requests

from cloudshelf.client.shop import LOOPBACK, shop_address

TIMEOUT_S = 30


class Caller:
    """At the shop of an address, with an ID token or, with none, as a passer-by."""

    def __init__(self, url: str, token: str = "") -> None:
        self.url, self.token = shop_address(url).rstrip("/"), token
        self._session = requests.Session()
        self._session.trust_env = not any(f"//{host}" in self.url for host in LOOPBACK)

    def api(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        headers: Mapping[str, str] | None = None,
        token: str | None = None,
    ) -> requests.Response:
        """`path` is below /api/v1, as it is to be sent. A body of bytes goes out as it is, any other as JSON."""
        bearer = self.token if token is None else token
        whole = {**({"Authorization": f"Bearer {bearer}"} if bearer else {}), **(headers or {})}
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        if data is not None:
            whole.setdefault("Content-Type", "application/json")
        return self.send(method, f"/api/v1{path}", data, whole)

    def send(
        self, method: str, path: str, data: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> requests.Response:
        """Any path of the shop; requests would tidy it up."""
        prepared = self._session.prepare_request(requests.Request(method, self.url, headers=headers, data=data))
        prepared.url = f"{self.url}{path}"
        # A shop sets cookies; whoever calls here shows only what it is given.
        self._session.cookies.clear()
        return self._session.send(prepared, timeout=TIMEOUT_S, allow_redirects=False)

    def close(self) -> None:
        self._session.close()


def told(answer: requests.Response) -> str:
    """Status and code of a problem."""
    try:
        body: Any = answer.json()
    except ValueError:
        body = {}
    code = body.get("code", "") if isinstance(body, dict) else ""
    return f"{answer.status_code} {code}".strip()

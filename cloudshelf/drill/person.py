"""One person at the shop, apart from the load: a newcomer whose requests are looked at one by one."""

from collections.abc import Mapping
from typing import Any

import requests

from cloudshelf.client import ShopClient
from cloudshelf.load.accounts import newcomers


class Person:
    """Signed up and signed in. `ask` answers with whatever came, unparsed."""

    def __init__(self, url: str) -> None:
        self._url = url
        account = newcomers(url)(0)
        with ShopClient(url) as client:
            client.sign_in(account.email, account.password)
            self.token = client.id_token() or ""
            self.user_id = str(client.call("getMe").body["user_id"])

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        token: str | None = None,
    ) -> requests.Response:
        """`path` below /api/v1, as it is to be sent; the person's own token unless another is given."""
        whole = {"Authorization": f"Bearer {self.token if token is None else token}", **(headers or {})}
        if body is not None:
            whole.setdefault("Content-Type", "application/json")
        with requests.Session() as session:
            session.trust_env = False
            prepared = session.prepare_request(requests.Request(method, self._url, headers=whole, data=body))
            prepared.url = f"{self._url}/api/v1{path}"
            return session.send(prepared, timeout=30)


def told(answer: requests.Response) -> str:
    """Status and code."""
    try:
        body: Any = answer.json()
    except ValueError:
        body = {}
    code = body.get("code", "") if isinstance(body, dict) else ""
    return f"{answer.status_code} {code}".strip()

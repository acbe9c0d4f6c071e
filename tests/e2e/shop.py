"""A shopper, an admin or a passer-by, over HTTP."""

import json
import uuid
from typing import Any

import requests

from cloudshelf.local.cloud import LocalCloud

ADDRESS = {"street": "1 Main St", "city": "Anytown", "postal_code": "12345", "country": "US"}
PASSWORD = "Correct-horse-9"


class Shop:
    """Calls the API as one person. `call` answers with the response; bodies go out as JSON."""

    def __init__(self, cloud: LocalCloud) -> None:
        self.cloud = cloud
        self.token: str | None = None
        self.http = requests.Session()
        self.config: dict[str, Any] = self.http.get(f"{cloud.url}/config.json", timeout=30).json()

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> requests.Response:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if self.token:
            given["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            given.setdefault("Content-Type", "application/json")
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        url = f"{self.cloud.url}{self.config['apiBaseUrl']}{path}"
        return self.http.request(method, url, data=content, headers=given, timeout=60)

    def identity(self, operation: str, **body: Any) -> requests.Response:
        target = f"AWSCognitoIdentityProviderService.{operation}"
        content = {"ClientId": self.config["identity"]["clientId"], **body}
        endpoint = f"http:{self.config['identity']['endpoint']}"
        return self.http.post(endpoint, json=content, headers={"X-Amz-Target": target}, timeout=30)

    def sign_in(self, email: str, password: str) -> "Shop":
        parameters = {"USERNAME": email, "PASSWORD": password}
        answer = self.identity("InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)
        assert answer.ok, answer.text
        self.token = answer.json()["AuthenticationResult"]["IdToken"]
        return self

    def sign_up(self) -> "Shop":
        """Somebody new, confirmed with the mailed code and signed in."""
        email = f"{uuid.uuid4().hex[:12]}@example.com"
        attributes = [{"Name": "email", "Value": email}]
        assert self.identity("SignUp", Username=email, Password=PASSWORD, UserAttributes=attributes).ok
        mails = self.http.get(f"{self.cloud.url}/_local/mail/{email}", timeout=30).json()["mails"]
        assert self.identity("ConfirmSignUp", Username=email, ConfirmationCode=mails[-1]["code"]).ok
        return self.sign_in(email, PASSWORD)

    def admin(self) -> "Shop":
        account = self.cloud.accounts["admin"]
        return self.sign_in(account.email, account.password)

    def new_book(self, *, price: float = 10.0, stock: int = 5, category: str = "Test", title: str = "A book") -> str:
        """As admin: a book of its own for a test; answers with its id."""
        book_id = f"book-{uuid.uuid4().hex[:12]}"
        body = {"category": category, "title": title, "author": "Somebody", "price": price, "stock_quantity": stock}
        assert self.call("PUT", f"/admin/books/{book_id}", body).status_code == 201
        return book_id

    def buy(self, *, expected: float, key: str | None = None) -> requests.Response:
        wish = {"expected_total": expected, "shipping_address": ADDRESS}
        return self.call("POST", "/orders", wish, Idempotency_Key=key or uuid.uuid4().hex)


def code(response: requests.Response) -> str:
    assert response.headers["Content-Type"] == "application/problem+json", response.text
    return str(response.json()["code"])

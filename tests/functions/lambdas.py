"""Calls the functions as API Gateway does, and looks at what they stored."""

import atexit
import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote

from cloudshelf.local.gateway.api import RestApi, Stage
from cloudshelf.local.gateway.event import to_event
from cloudshelf.local.gateway.messages import Request
from components import contract
from components.api_body import api_body
from tests.functions.stores import Row, Store

# A handler reads the contract when it is imported, and tests import handlers.
CONTRACT = Path(tempfile.mkdtemp(prefix="contract-")) / "contract.json"
CONTRACT.write_text(json.dumps(contract.load()))
atexit.register(shutil.rmtree, CONTRACT.parent)
os.environ["CONTRACT_PATH"] = str(CONTRACT)

ADDRESS = {"street": "1 Main St", "city": "Anytown", "postal_code": "12345", "country": "US"}


@dataclass(frozen=True)
class Answer:
    """What a function answered; numbers with a decimal point are Decimal."""

    status: int
    headers: Mapping[str, str]
    text: str

    @property
    def body(self) -> Any:
        return json.loads(self.text, parse_float=Decimal)

    @property
    def code(self) -> str:
        return str(self.body["code"])


class Context:
    """What Lambda tells a function of itself."""

    function_name = "test"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:1:function:test"
    aws_request_id = "request"


class Lambdas:
    """`call` goes as API Gateway would route it, to the function's real handler."""

    def __init__(self, store: Store) -> None:
        self.store = store
        uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:"
        body = api_body("shop", {service: f"{uri}{service}/invocations" for service in contract.services()}, ["arn"])
        self._api = RestApi(api_id="abc", region="us-east-1", account_id="1", body=body)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        user: str | None = None,
        groups: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        path, _, query = path.partition("?")
        raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body, default=float).encode()
        given = {**({"Content-Type": "application/json"} if raw else {}), **(headers or {})}
        request = Request(
            method=method,
            path=f"/api/v1{quote(path)}",
            query=parse_qsl(query, keep_blank_values=True),
            headers=list(given.items()),
            body=raw,
            source_ip="127.0.0.1",
        )
        matched = self._api.match(method, request.path.removeprefix("/api"))
        assert matched is not None, path
        route, parameters = matched
        told = self.store.identity(user, groups) if user else None
        event = to_event(request, self._api, Stage(name="api"), route, parameters, told)
        answer = import_module(f"{route.function_name}.handler").lambda_handler(json.loads(event), Context())
        flat = {name: values[0] for name, values in (answer.get("multiValueHeaders") or {}).items()}
        return Answer(answer["statusCode"], {**(answer.get("headers") or {}), **flat}, answer.get("body") or "")

    def admin(self, method: str, path: str, body: Any = None) -> Answer:
        return self.call(method, path, body, user="the-admin", groups="admin")

    def new_book(self, *, price: str = "10.00", stock: int = 5, category: str = "Test", title: str = "A book") -> str:
        book_id = f"book-{uuid.uuid4().hex[:12]}"
        body = {
            "category": category,
            "title": title,
            "author": "Somebody",
            "price": float(price),
            "stock_quantity": stock,
        }
        answer = self.admin("PUT", f"/admin/books/{book_id}", body)
        assert answer.status == 201, answer.text
        return book_id

    def stock(self, book_id: str) -> int:
        return int(self.call("GET", f"/books/{book_id}").body["stock_quantity"])

    def fill(self, user: str, **quantities: int) -> None:
        for book_id, quantity in quantities.items():
            path = f"/cart/items/{book_id.replace('_', '-')}"
            assert self.call("PUT", path, {"quantity": quantity}, user=user).status == 200

    def buy(self, user: str, *, expected: str, key: str) -> Answer:
        wish = {"expected_total": float(expected), "shipping_address": ADDRESS}
        return self.call("POST", "/orders", wish, user=user, headers={"Idempotency-Key": key})

    def orders_of(self, user: str) -> list[Row]:
        return self.store.orders_of(user)

    def cart_of(self, user: str) -> dict[str, int]:
        items = self.call("GET", "/cart", user=user).body["items"]
        return {item["book_id"]: item["quantity"] for item in items}


def somebody() -> str:
    return f"user-{uuid.uuid4().hex[:12]}"

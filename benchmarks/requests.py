"""Requests as API Gateway hands them to a function, and the environment a function has."""

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from cloudshelf.local.gateway.api import RestApi, Stage
from cloudshelf.local.gateway.event import to_event
from cloudshelf.local.gateway.messages import Request
from components import contract
from components.api_body import api_body

ADDRESS = {"street": "1 Main St", "city": "Anytown", "postal_code": "12345", "country": "US"}
SHOPPER = {"claims": {"sub": "4a6f2c1e-0000-4000-8000-000000000001", "email": "shopper@example.com"}}
SETTINGS = {
    "PHASE": "phase2",
    "CAPABILITIES": "full-text,sessions,reports",
    "CURRENCY": "USD",
    "TAX_RATE": "0.08",
    "SHIPPING_FEE": "5.99",
    "CART_TTL_DAYS": "30",
    "SESSION_HOURS": "24",
    "SESSION_MOST_HOURS": "168",
}


class Context:
    """What Lambda tells a function of itself."""

    function_name = "bench"
    memory_limit_in_mb = 512
    invoked_function_arn = "arn:aws:lambda:us-east-1:1:function:bench"
    aws_request_id = "request"


def prepare() -> None:
    """What a handler needs when it is imported."""
    path = Path(tempfile.gettempdir()) / f"cloudshelf-contract-{os.getpid()}.json"
    path.write_text(json.dumps(contract.load()))
    os.environ.update(SETTINGS, CONTRACT_PATH=str(path))


class Gateway:
    """Routes by the contract."""

    def __init__(self) -> None:
        uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:"
        body = api_body("shop", {service: f"{uri}{service}/invocations" for service in contract.services()}, ["arn"])
        self._api = RestApi(api_id="abc", region="us-east-1", account_id="1", body=body)

    def event(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        signed_in: bool = True,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """The event of a request to `path` below the API's base."""
        path, _, query = path.partition("?")
        raw = b"" if body is None else json.dumps(body).encode()
        request = Request(
            method=method,
            path=f"/api/v1{path}",
            query=parse_qsl(query),
            headers=[("Host", "shop.example"), ("Content-Type", "application/json"), *(headers or {}).items()],
            body=raw,
            source_ip="127.0.0.1",
        )
        matched = self._api.match(method, request.path.removeprefix("/api"))
        if matched is None:
            raise LookupError(f"no operation {method} {path}")
        route, parameters = matched
        told = SHOPPER if signed_in else None
        event: dict[str, Any] = json.loads(to_event(request, self._api, Stage(name="api"), route, parameters, told))
        return event

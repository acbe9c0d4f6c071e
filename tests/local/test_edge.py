"""CloudFront on this machine: what it adds on the way to the API, and what plain HTTP takes away."""

import http.client
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest

from cloudshelf.local.edge.origins import ApiOrigin
from cloudshelf.local.edge.server import Front
from cloudshelf.local.edge.wsgi import WsgiServer
from cloudshelf.local.gateway.messages import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class Gateway:
    """Answers with the headers it was sent."""

    def handle(self, request: Request) -> Response:
        return Response(status=200, body=json.dumps(request.headers).encode())


def sent(headers: list[tuple[str, str]]) -> list[list[str]]:
    origin = ApiOrigin({"api": Gateway()}, {"x-api-key": "storefront"})  # type: ignore[dict-item]
    request = Request(method="GET", path="/api/v1/books", query=[], headers=headers, body=b"", source_ip="127.0.0.1")
    found: list[list[str]] = json.loads(origin.fetch(request).body)
    return found


def test_the_origins_own_headers_go_with_every_request_and_replace_the_viewers() -> None:
    assert sent([]) == [["x-api-key", "storefront"]]
    viewers = [("X-API-Key", "stolen"), ("Cookie", "a=b"), ("x-api-key", "again")]
    assert sent(viewers) == [["Cookie", "a=b"], ["x-api-key", "storefront"]]


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("a=b; Path=/; HttpOnly; Secure; SameSite=Strict", "a=b; Path=/; HttpOnly; SameSite=Strict"),
        ("a=b; secure", "a=b"),
        ("Secure=1; Path=/", "Secure=1; Path=/"),
        ("a=b; Path=/Secure", "a=b; Path=/Secure"),
    ],
)
def test_plain_http_carries_cookies_that_clients_send_back(given: str, plain: str) -> None:
    response = Response(status=200, headers=[("Set-Cookie", given), ("Set-Cookie", "second=1"), ("Secure", "; Secure")])
    front = Front(8000, {"": lambda _: response}, lambda _request, _response: None)
    seen: list[Any] = []
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "HTTP_HOST": "127.0.0.1:8000"}
    front(environ, lambda _status, headers: seen.extend(headers))  # type: ignore[arg-type,func-returns-value]
    assert [value for name, value in seen if name == "Set-Cookie"] == [plain, "second=1"]
    assert ("Secure", "; Secure") in seen


def empty(_environ: "WSGIEnvironment", begin: "StartResponse") -> Iterable[bytes]:
    begin("200 OK", [("Content-Length", "0")])
    return []


def test_more_than_a_hundred_connections_are_answered_though_nobody_lets_go_of_one() -> None:
    server = WsgiServer(0, 4)
    server.start(empty)
    kept = [http.client.HTTPConnection("127.0.0.1", server.port, timeout=10) for _ in range(150)]
    try:
        for connection in kept:
            connection.request("GET", "/")
            assert connection.getresponse().read() == b""
    finally:
        for connection in kept:
            connection.close()
        server.stop()

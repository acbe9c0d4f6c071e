"""A shop over HTTP, as far as an import needs one: sign-in, and PUT of a book by the contract's rules."""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from jsonschema import Draft202012Validator
from werkzeug import Request, Response
from werkzeug.serving import WSGIRequestHandler, make_server

from cloudshelf.client import Contract

EMAIL, PASSWORD = "admin@example.com", "correct horse"
PREFIX = "/api/v1/admin/books/"
BODY = Draft202012Validator(Contract.load().schema("BookInput"))

Fault = Callable[[Request], Response | None]


@dataclass
class FakeShop:
    """`faults` are used up one a request, before the shop does its work; one that answers None lets it go on."""

    expires_in: int = 3600
    admin: bool = True
    url: str = ""
    books: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: deque[Fault] = field(default_factory=deque)
    refused: set[str] = field(default_factory=set)
    puts: list[str] = field(default_factory=list)
    sign_ins: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        with self.lock:
            return self._answer(Request(environ))(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path == "/config.json":
            host = request.host
            identity = {"endpoint": f"//{host}/_cognito/", "clientId": "client"}
            return reply(200, {"apiBaseUrl": "/api/v1", "identity": identity})
        if request.path == "/_cognito/":
            return self._sign_in(request)
        if self.faults and (answer := self.faults.popleft()(request)):
            return answer
        return self._put(request)

    def _sign_in(self, request: Request) -> Response:
        asked = json.loads(request.data)
        given = asked["AuthParameters"]
        self.sign_ins.append(asked["AuthFlow"])
        known = given in ({"USERNAME": EMAIL, "PASSWORD": PASSWORD}, {"REFRESH_TOKEN": "refresh"})
        if asked["ClientId"] != "client" or not known:
            return reply(400, {"__type": "NotAuthorizedException", "message": "Incorrect username or password."})
        result = {"IdToken": f"token {len(self.sign_ins)}", "ExpiresIn": self.expires_in}
        if "PASSWORD" in given:
            result["RefreshToken"] = "refresh"
        return reply(200, {"AuthenticationResult": result})

    def _put(self, request: Request) -> Response:
        book_id, body = request.path.removeprefix(PREFIX), json.loads(request.data)
        self.puts.append(book_id)
        if request.headers.get("Authorization") != f"Bearer token {len(self.sign_ins)}":
            return problem(401, "unauthorized", "Sign in first.")
        if not self.admin:
            return problem(403, "forbidden", "Not in the group admin.")
        if wrong := [error.message for error in BODY.iter_errors(body)]:
            return problem(400, "invalid_request", "The body is wrong.", wrong)
        if book_id in self.refused:
            return problem(409, "conflict", "The book changed meanwhile.")
        known = self.books.get(book_id)
        self.books[book_id] = body | ({"stock_quantity": known["stock_quantity"]} if known else {})
        return reply(200 if known else 201, {"book_id": book_id})


def reply(status: int, body: object, **headers: str) -> Response:
    return Response(json.dumps(body), status, headers, content_type="application/json")


def problem(status: int, code: str, detail: str, errors: list[str] | None = None, retry_after: str = "") -> Response:
    body = {"type": "about:blank", "title": code, "status": status, "code": code, "detail": detail}
    headers = {"Retry-After": retry_after} if retry_after else {}
    return reply(status, body | ({"errors": errors} if errors else {}), **headers)


def busy(status: int, retry_after: str = "0") -> Fault:
    return lambda _request: problem(status, "unavailable", "Later.", retry_after=retry_after)


def dropped(request: Request) -> None:
    """Cuts the connection before the request is worked on."""
    request.environ["werkzeug.socket"].shutdown(2)
    raise ConnectionResetError


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        pass


@contextmanager
def served(shop: FakeShop) -> Iterator[FakeShop]:
    server = make_server("127.0.0.1", 0, shop, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    shop.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield shop
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

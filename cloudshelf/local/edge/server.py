"""The one HTTP server of the local cloud: the distribution, Cognito's public API, and what only exists here."""

import re
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from cloudshelf.local.gateway.messages import Request, Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

SECURE = re.compile(r";\s*Secure(?=;|$)", re.IGNORECASE)
Handler = Callable[[Request], Response]


class Front:
    """A WSGI application: the first matching prefix answers.

    Only loopback host names are served: a page on another site cannot reach the shop by re-binding its DNS name.
    """

    def __init__(
        self, port: int, handlers: dict[str, Handler], on_request: Callable[[Request, Response], None]
    ) -> None:
        self._port, self._handlers, self._on_request = port, handlers, on_request

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        request = to_request(environ)
        response = self._respond(request)
        self._on_request(request, response)
        if not response.has_header("Content-Length") and response.status not in (204, 304):
            response.set_header("Content-Length", str(len(response.body)))
        start_response(f"{response.status} ", [(name, _plain(name, value)) for name, value in response.headers])
        return [] if request.method == "HEAD" else [response.body]

    def _respond(self, request: Request) -> Response:
        host = (request.header("Host") or "").lower()
        if host == f"localhost:{self._port}" and request.method == "GET":
            target = f"http://127.0.0.1:{self._port}{request.path}"
            return Response(status=307, headers=[("Location", target)])
        if host != f"127.0.0.1:{self._port}":
            text = f"This is 127.0.0.1:{self._port}, not {host}.".encode()
            return Response(status=421, headers=[("Content-Type", "text/plain")], body=text)
        return next(handle for prefix, handle in self._handlers.items() if request.path.startswith(prefix))(request)


def _plain(name: str, value: str) -> str:
    """A header as plain HTTP can carry it: few clients send a cookie for HTTPS alone to a loopback address."""
    return SECURE.sub("", value) if name.lower() == "set-cookie" else value


def to_request(environ: "WSGIEnvironment") -> Request:
    """A WSGI environment as a request. Header names come back in their usual spelling: WSGI lost the sent one."""
    headers = [
        (name.removeprefix("HTTP_").replace("_", "-").title(), value)
        for name, value in environ.items()
        if name.startswith("HTTP_") and isinstance(value, str)
    ]
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if environ.get(name):
            headers.append((name.replace("_", "-").title(), environ[name]))
    return Request(
        method=environ["REQUEST_METHOD"],
        path=_raw_path(environ),
        query=parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True),
        headers=headers,
        body=environ["wsgi.input"].read() if environ.get("CONTENT_LENGTH") or _chunked(environ) else b"",
        source_ip=environ.get("REMOTE_ADDR", "127.0.0.1"),
    )


def _chunked(environ: "WSGIEnvironment") -> bool:
    return bool(environ.get("wsgi.input_terminated"))


def _raw_path(environ: "WSGIEnvironment") -> str:
    # waitress keeps the target as sent; PATH_INFO is decoded and would turn %2F into a separator.
    target = str(environ.get("REQUEST_URI") or environ["PATH_INFO"])
    return target.partition("?")[0] or "/"

"""A CloudFront distribution as declared: behaviours, origins, response headers, error pages."""

import fnmatch
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from cloudshelf.local.edge.under_way import UnderWay
from cloudshelf.local.gateway.messages import Request, Response


class Origin(Protocol):
    def fetch(self, request: Request) -> Response: ...


@dataclass(frozen=True, kw_only=True)
class Passed:
    """What a viewer-request function lets through, and to which origin; `origin_id` None leaves it as declared."""

    request: Request
    origin_id: str | None = None


# A function at the edge: it answers itself, or lets through.
ViewerRequest = Callable[[Request], Response | Passed]


@dataclass(frozen=True, kw_only=True)
class Behavior:
    path_pattern: str
    origin_id: str
    allowed_methods: frozenset[str]
    response_headers: Mapping[str, str]
    viewer_request: ViewerRequest | None = None

    def matches(self, path: str) -> bool:
        """CloudFront's patterns: `*` any run, `?` one character, case counts, the leading slash does not."""
        return fnmatch.fnmatchcase(path.removeprefix("/"), self.path_pattern.removeprefix("/"))


@dataclass(frozen=True, kw_only=True)
class ErrorPage:
    code: int
    response_code: int
    path: str


@dataclass(frozen=True, kw_only=True)
class Distribution:
    """`behaviors` in precedence order, the default one last with pattern `*`."""

    domain_name: str
    default_root_object: str
    behaviors: list[Behavior]
    origins: Mapping[str, Origin]
    error_pages: list[ErrorPage]
    under_way: UnderWay = field(default_factory=UnderWay)

    def handle(self, request: Request) -> Response:
        behavior = next(b for b in self.behaviors if b.matches(request.path))
        response = self._fetch(behavior, request)
        for name, value in behavior.response_headers.items():
            response.set_header(name, value)
        return response

    def _fetch(self, behavior: Behavior, request: Request) -> Response:
        if request.method not in behavior.allowed_methods:
            return _plain(403, "This distribution is not configured to allow this method here.")
        response = self._origin(behavior, request)
        page = next((p for p in self.error_pages if p.code == response.status), None)
        if page is None:
            return response
        response = self.origins[self.behaviors[-1].origin_id].fetch(_with_path(request, page.path))
        response.status = page.response_code
        return response

    def _origin(self, behavior: Behavior, request: Request) -> Response:
        origin_id = behavior.origin_id
        with self.under_way.one() as going_to:
            if behavior.viewer_request:
                passed = behavior.viewer_request(request)
                if isinstance(passed, Response):
                    return passed
                request, origin_id = passed.request, passed.origin_id or origin_id
            going_to(origin_id)
            path = f"/{self.default_root_object}" if request.path == "/" and self.default_root_object else request.path
            return self.origins[origin_id].fetch(_with_path(request, path))


def security_headers(policy: Mapping[str, Any]) -> dict[str, str]:
    """The headers a response headers policy adds. The override flags are taken as true."""
    security = policy.get("securityHeadersConfig") or {}
    headers = {}
    if csp := security.get("contentSecurityPolicy"):
        headers["Content-Security-Policy"] = csp["contentSecurityPolicy"]
    if "contentTypeOptions" in security:
        headers["X-Content-Type-Options"] = "nosniff"
    if frame := security.get("frameOptions"):
        headers["X-Frame-Options"] = frame["frameOption"]
    if referrer := security.get("referrerPolicy"):
        headers["Referrer-Policy"] = referrer["referrerPolicy"]
    if hsts := security.get("strictTransportSecurity"):
        flags = ["includeSubDomains"] * bool(hsts.get("includeSubdomains")) + ["preload"] * bool(hsts.get("preload"))
        age = f"max-age={int(hsts['accessControlMaxAgeSec'])}"
        headers["Strict-Transport-Security"] = "; ".join([age, *flags])
    for item in (policy.get("customHeadersConfig") or {}).get("items", []):
        headers[item["header"]] = item["value"]
    return headers


def _with_path(request: Request, path: str) -> Request:
    if path == request.path:
        return request
    return Request(
        method=request.method,
        path=path,
        query=request.query,
        headers=request.headers,
        body=request.body,
        source_ip=request.source_ip,
        received=request.received,
        request_id=request.request_id,
    )


def _plain(status: int, text: str) -> Response:
    return Response(status=status, headers=[("Content-Type", "text/plain; charset=utf-8")], body=text.encode())

"""The gateway: route, throttle, authorize, validate, invoke - in API Gateway's order."""

import fnmatch
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from cloudshelf.local.gateway.api import RestApi, Route, Stage
from cloudshelf.local.gateway.authorizer import CognitoAuthorizer
from cloudshelf.local.gateway.event import to_event, to_response
from cloudshelf.local.gateway.messages import Request, Response
from cloudshelf.local.gateway.responses import Refused, render, substitute
from cloudshelf.local.gateway.throttle import TokenBucket
from cloudshelf.local.gateway.validation import validate
from cloudshelf.local.lambdas.environment import FunctionFailed
from cloudshelf.local.lambdas.function import TooManyRequests

MOST_BODY_BYTES = 10 * 1024 * 1024


class Functions(Protocol):
    """Invokes by name, and knows who may."""

    def invoke(self, name: str, event: bytes) -> bytes: ...
    def permitted(self, name: str, source_arn: str) -> bool: ...


@dataclass(frozen=True)
class Permission:
    """A resource-based policy statement of a function."""

    function_name: str
    principal: str
    source_arn: str

    def allows(self, name: str, principal: str, source_arn: str) -> bool:
        return (
            self.function_name == name
            and self.principal == principal
            and fnmatch.fnmatchcase(source_arn, self.source_arn)
        )


class Gateway:
    """Serves one stage of one API."""

    def __init__(
        self,
        api: RestApi,
        stage: Stage,
        functions: Functions,
        authorizer: CognitoAuthorizer,
        access_log: Callable[[str], None],
    ) -> None:
        self._api, self._stage = api, stage
        self._functions, self._authorizer, self._access_log = functions, authorizer, access_log
        limited = stage.rate is not None and stage.burst is not None
        self._bucket = TokenBucket(stage.rate or 0, stage.burst or 0) if limited else None

    def handle(self, request: Request) -> Response:
        context = {
            "requestId": request.request_id,
            "httpMethod": request.method,
            "path": request.path,
            "stage": self._stage.name,
            "protocol": "HTTP/1.1",
            "identity.sourceIp": request.source_ip,
            "requestTimeEpoch": str(int(request.received * 1000)),
        }
        try:
            response = self._pass(request, context)
        except Refused as refused:
            response = render(refused, self._api.gateway_responses, context)
        response.set_header("x-amzn-RequestId", request.request_id)
        self._log(request, response, context)
        return response

    def _pass(self, request: Request, context: dict[str, str]) -> Response:
        if len(request.body) > MOST_BODY_BYTES:
            raise Refused("REQUEST_TOO_LARGE")
        matched = self._api.match(request.method, request.path.removeprefix(f"/{self._stage.name}"))
        if matched is None:
            raise Refused("MISSING_AUTHENTICATION_TOKEN")
        route, path = matched
        context["resourcePath"] = route.resource
        if self._bucket and not self._bucket.take():
            raise Refused("THROTTLED")
        claims = self._authorize(route, request)
        context.update({f"authorizer.claims.{name}": value for name, value in (claims or {}).items()})
        validate(self._api, route, request)
        return self._integrate(route, to_event(request, self._api, self._stage, route, path, claims))

    def _authorize(self, route: Route, request: Request) -> dict[str, str] | None:
        if not route.authorizers:
            return None
        scheme = self._api.security_scheme(route.authorizers[0])
        authorizer: dict[str, Any] = scheme["x-amazon-apigateway-authorizer"]
        return self._authorizer.claims(request.header(scheme["name"]), authorizer["providerARNs"])

    def _integrate(self, route: Route, event: bytes) -> Response:
        source = f"{self._api.execution_arn}/{self._stage.name}/{route.method}{route.resource}"
        if not self._functions.permitted(route.function_name, source):
            raise Refused("API_CONFIGURATION_ERROR", "Invalid permissions on Lambda function")
        try:
            return to_response(self._functions.invoke(route.function_name, event))
        except TooManyRequests:
            raise Refused("INTEGRATION_FAILURE", status=500) from None
        except FunctionFailed:
            raise Refused("API_CONFIGURATION_ERROR", "Internal server error", status=502) from None

    def _log(self, request: Request, response: Response, context: dict[str, str]) -> None:
        if self._stage.log_format:
            values = {
                **context,
                "status": str(response.status),
                "responseLength": str(len(response.body)),
                "responseLatency": str(int(request.age_ms)),
            }
            escaped = {name: json.dumps(value)[1:-1] for name, value in values.items()}
            self._access_log(substitute(self._stage.log_format, escaped))

"""The gateway: route, throttle, authorize, meter, validate, look into the cache, invoke."""

import fnmatch
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from cloudshelf.local.gateway.api import AUTHORIZER, RestApi, Route, Stage, function_name
from cloudshelf.local.gateway.authorizer import CognitoAuthorizer
from cloudshelf.local.gateway.cache import CACHED_METHOD, StageCache, key_of
from cloudshelf.local.gateway.event import to_event, to_response
from cloudshelf.local.gateway.keys import HEADER, ApiKeys
from cloudshelf.local.gateway.lambda_authorizer import LambdaAuthorizer
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
        cognito: CognitoAuthorizer,
        access_log: Callable[[str], None],
        keys: ApiKeys | None = None,
        cache: StageCache | None = None,
        clock: Callable[[], float] = time.monotonic,
        measure: Callable[[str, float], None] = lambda _metric, _value: None,
    ) -> None:
        self._api, self._stage = api, stage
        self._functions, self._cognito, self._access_log = functions, cognito, access_log
        self._keys, self._cache, self._clock = keys or ApiKeys(), cache or StageCache(), clock
        self._measure = measure
        self._buckets = {
            name: TokenBucket(settings.rate, settings.burst)
            for name, settings in stage.settings.items()
            if settings.rate is not None and settings.burst is not None
        }
        self._authorizers = {
            name: self._lambda_authorizer(name, scheme[AUTHORIZER])
            for name, scheme in api.body["components"].get("securitySchemes", {}).items()
            if scheme.get(AUTHORIZER, {}).get("type") == "token"
        }

    def flush_authorizers(self) -> None:
        """Every token is asked about anew."""
        for authorizer in self._authorizers.values():
            authorizer.flush()

    def handle(self, request: Request) -> Response:
        context = {
            "apiId": self._api.api_id,
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
            context["error.responseType"] = refused.kind
            response = render(refused, self._api.gateway_responses, context)
        response.set_header("x-amzn-RequestId", request.request_id)
        self._log(request, response, context)
        self._count(request, response)
        return response

    def _pass(self, request: Request, context: dict[str, str]) -> Response:
        if len(request.body) > MOST_BODY_BYTES:
            raise Refused("REQUEST_TOO_LARGE")
        matched = self._api.match(request.method, request.path.removeprefix(f"/{self._stage.name}"))
        if matched is None:
            raise Refused("MISSING_AUTHENTICATION_TOKEN")
        route, path = matched
        context["resourcePath"] = route.resource
        setting, settings = self._stage.settings_of(route)
        if setting in self._buckets and not self._buckets[setting].take():
            raise Refused("THROTTLED")
        authorized = self._authorize(route, request)
        context.update(_flat("authorizer", authorized or {}))
        if self._api.wants_key(route):
            key = self._keys.spend(self._api.api_id, self._stage.name, request.header(HEADER))
            context["identity.apiKeyId"] = key
        validate(self._api, route, request)
        event = to_event(request, self._api, self._stage, route, path, authorized)
        if not self._stage.caches or settings.cache_seconds is None or route.method != CACHED_METHOD:
            return self._integrate(route, event)
        cached = key_of(route, request, path)
        response = self._cache.find(cached)
        self._measure("CacheMissCount" if response is None else "CacheHitCount", 1)
        if response is None:
            response = self._integrate(route, event)
            self._cache.keep(cached, response, settings.cache_seconds)
        return response

    def _authorize(self, route: Route, request: Request) -> Mapping[str, Any] | None:
        """What the function is told of who calls; None for a method that anybody may call."""
        name = self._api.authorizer(route)
        if name is None:
            return None
        scheme = self._api.security_scheme(name)
        if name in self._authorizers:
            authorizer = self._authorizers[name]
            return authorizer.authorize(request.header(authorizer.header), self._method_arn(route, request))
        declared: dict[str, Any] = scheme[AUTHORIZER]
        return {"claims": self._cognito.claims(request.header(scheme["name"]), declared["providerARNs"])}

    def _lambda_authorizer(self, name: str, declared: Mapping[str, Any]) -> LambdaAuthorizer:
        function = function_name(declared["authorizerUri"])

        def ask(event: bytes) -> bytes:
            if function is None or not self._functions.permitted(
                function, f"{self._api.execution_arn}/authorizers/{name}"
            ):
                raise Refused("AUTHORIZER_CONFIGURATION_ERROR")
            return self._functions.invoke(function, event)

        return LambdaAuthorizer(declared, ask, self._clock)

    def _method_arn(self, route: Route, request: Request) -> str:
        below_stage = request.path.removeprefix(f"/{self._stage.name}")
        return f"{self._api.execution_arn}/{self._stage.name}/{route.method}{below_stage}"

    def _integrate(self, route: Route, event: bytes) -> Response:
        source = f"{self._api.execution_arn}/{self._stage.name}/{route.method}{route.resource}"
        if not self._functions.permitted(route.function_name, source):
            raise Refused("API_CONFIGURATION_ERROR", "Invalid permissions on Lambda function")
        started = time.perf_counter()
        try:
            return to_response(self._functions.invoke(route.function_name, event))
        except TooManyRequests:
            raise Refused("INTEGRATION_FAILURE", status=500) from None
        except FunctionFailed:
            raise Refused("API_CONFIGURATION_ERROR", "Internal server error", status=502) from None
        finally:
            self._measure("IntegrationLatency", (time.perf_counter() - started) * 1000)

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

    def _count(self, request: Request, response: Response) -> None:
        """CloudWatch's metrics of a stage: for errors a 0 or a 1 a request, so that their average is a rate."""
        self._measure("Count", 1)
        self._measure("4XXError", 400 <= response.status < 500)
        self._measure("5XXError", response.status >= 500)
        self._measure("Latency", request.age_ms)


def _flat(name: str, value: Mapping[str, Any]) -> dict[str, str]:
    """Nested values as $context names them."""
    flat: dict[str, str] = {}
    for key, item in value.items():
        flat |= _flat(f"{name}.{key}", item) if isinstance(item, Mapping) else {f"{name}.{key}": str(item)}
    return flat

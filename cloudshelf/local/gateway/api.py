"""A deployed REST API: its routes and rules, read from the OpenAPI body the program gave API Gateway."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import unquote

METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
AUTHORIZER, KEY_HEADER = "x-amazon-apigateway-authorizer", "x-api-key"
FUNCTION = re.compile(r":function:([^/:]+)(?::[^/]+)?/invocations$")
PARAMETER = re.compile(r"\{(\w+)\+?\}")


@dataclass(frozen=True, kw_only=True)
class Route:
    """One method of one resource."""

    method: str
    resource: str
    operation: dict[str, Any]
    function_name: str

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        parts = PARAMETER.split(self.resource)
        names = iter(range(len(parts)))
        return re.compile("".join(f"(?P<{p}>[^/]+)" if next(names) % 2 else re.escape(p) for p in parts))

    @property
    def schemes(self) -> list[str]:
        """The security schemes the operation names."""
        return [name for requirement in self.operation.get("security", []) for name in requirement]

    @property
    def setting(self) -> str:
        """What a stage's settings for this method are found by."""
        return f"{self.resource.lstrip('/')}/{self.method}"

    @property
    def validator(self) -> str | None:
        return self.operation.get("x-amazon-apigateway-request-validator")


@dataclass(frozen=True, kw_only=True)
class MethodSettings:
    """How a method behaves in a stage. `cache_seconds` None caches nothing."""

    rate: float | None = None
    burst: int | None = None
    cache_seconds: int | None = None


@dataclass(kw_only=True)
class Stage:
    """A stage with its access log's format, and the group it goes to.

    `settings` are by method, those of EVERY_METHOD for all others.
    """

    EVERY_METHOD = "*/*"

    name: str
    log_format: str | None = None
    log_group: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    caches: bool = False
    settings: dict[str, MethodSettings] = field(default_factory=dict)

    def settings_of(self, route: Route) -> tuple[str, MethodSettings]:
        """The settings of a method, and the name they are declared under."""
        name = route.setting if route.setting in self.settings else self.EVERY_METHOD
        return name, self.settings.get(name, MethodSettings())


@dataclass(kw_only=True)
class RestApi:
    """A REST API as imported. `stages` are added as the program declares them."""

    api_id: str
    region: str
    account_id: str
    body: dict[str, Any]
    name: str = ""
    stages: dict[str, Stage] = field(default_factory=dict)

    @property
    def domain_name(self) -> str:
        return f"{self.api_id}.execute-api.{self.region}.amazonaws.com"

    @property
    def execution_arn(self) -> str:
        return f"arn:aws:execute-api:{self.region}:{self.account_id}:{self.api_id}"

    @cached_property
    def routes(self) -> list[Route]:
        """Fixed paths before paths with parameters, as API Gateway matches them."""
        found = [
            Route(
                method=method.upper(),
                resource=resource,
                operation={"security": self.body.get("security", []), **item[method]},
                function_name=_function_name(item[method]),
            )
            for resource, item in self.body["paths"].items()
            for method in METHODS
            if method in item
        ]
        return sorted(found, key=lambda route: PARAMETER.sub("\uffff", route.resource))

    def match(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """The route of a request path below the stage, with its decoded path parameters."""
        for route in self.routes:
            if route.method == method and (found := route.pattern.fullmatch(path)):
                return route, {name: unquote(value) for name, value in found.groupdict().items()}
        return None

    def validator(self, route: Route) -> dict[str, bool]:
        name = route.validator or self.body.get("x-amazon-apigateway-request-validator")
        return self.body.get("x-amazon-apigateway-request-validators", {}).get(name, {}) if name else {}

    def authorizer(self, route: Route) -> str | None:
        """The scheme that says who may call; None for anybody."""
        named = [name for name in route.schemes if AUTHORIZER in self.security_scheme(name)]
        if len(named) > 1:
            raise ValueError(f"{route.setting}: API Gateway asks one authorizer, not {', '.join(named)}")
        return named[0] if named else None

    def wants_key(self, route: Route) -> bool:
        """Whether a call must carry an API key."""
        return any(
            AUTHORIZER not in scheme and scheme.get("name", "").lower() == KEY_HEADER
            for scheme in map(self.security_scheme, route.schemes)
        )

    def security_scheme(self, name: str) -> dict[str, Any]:
        scheme: dict[str, Any] = self.body["components"]["securitySchemes"][name]
        return scheme

    @property
    def gateway_responses(self) -> dict[str, Any]:
        responses: dict[str, Any] = self.body.get("x-amazon-apigateway-gateway-responses", {})
        return responses


def function_name(uri: str) -> str | None:
    """The function an integration or authorizer URI leads to."""
    found = FUNCTION.search(uri)
    return found[1] if found else None


def _function_name(operation: dict[str, Any]) -> str:
    integration = operation["x-amazon-apigateway-integration"]
    kind, found = integration["type"].lower(), function_name(integration["uri"])
    if kind != "aws_proxy" or not found:
        raise ValueError(
            f"{operation.get('operationId')}: the local gateway serves aws_proxy to a function, not {kind}"
        )
    return found

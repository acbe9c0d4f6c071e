"""A deployed REST API: its routes and rules, read from the OpenAPI body the program gave API Gateway."""

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import unquote

METHODS = ("get", "put", "post", "delete", "options", "head", "patch")
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
    def authorizers(self) -> list[str]:
        return [name for requirement in self.operation.get("security", []) for name in requirement]

    @property
    def validator(self) -> str | None:
        return self.operation.get("x-amazon-apigateway-request-validator")


@dataclass(kw_only=True)
class Stage:
    """A stage with its method settings for `*/*` and its access log format."""

    name: str
    log_format: str | None = None
    rate: float | None = None
    burst: int | None = None
    variables: dict[str, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class RestApi:
    """A REST API as imported. `stages` are added as the program declares them."""

    api_id: str
    region: str
    account_id: str
    body: dict[str, Any]
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

    def security_scheme(self, name: str) -> dict[str, Any]:
        scheme: dict[str, Any] = self.body["components"]["securitySchemes"][name]
        return scheme

    @property
    def gateway_responses(self) -> dict[str, Any]:
        responses: dict[str, Any] = self.body.get("x-amazon-apigateway-gateway-responses", {})
        return responses


def _function_name(operation: dict[str, Any]) -> str:
    integration = operation["x-amazon-apigateway-integration"]
    kind = integration["type"].lower()
    found = re.search(r":function:([^/:]+)(?::[^/]+)?/invocations$", integration["uri"])
    if kind != "aws_proxy" or not found:
        raise ValueError(
            f"{operation.get('operationId')}: the local gateway serves aws_proxy to a function, not {kind}"
        )
    return found[1]

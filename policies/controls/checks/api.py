"""A REST API as its OpenAPI document says it is."""

from collections.abc import Iterator, Mapping
from typing import Any

from .. import tokens
from ..control import Violation, violation
from ..rules import alone, among
from ..stack import Resource, Stack, as_list, mappings

PREFIX = "/v1"
# Anyone may call these: shop windows, and what a guest has by the cookie of a session.
PUBLIC = frozenset(
    (method, PREFIX + path)
    for method, path in (
        ("GET", "/bestsellers"),
        ("GET", "/books"),
        ("GET", "/books/{book_id}"),
        ("GET", "/books/{book_id}/related"),
        ("GET", "/categories"),
        ("GET", "/health"),
        ("GET", "/meta"),
        ("GET", "/openapi.json"),
        ("POST", "/sessions"),
        ("GET", "/sessions/me"),
        ("PATCH", "/sessions/me"),
        ("DELETE", "/sessions/me"),
        ("GET", "/sessions/me/cart"),
        ("DELETE", "/sessions/me/cart"),
        ("PUT", "/sessions/me/cart/items/{book_id}"),
        ("DELETE", "/sessions/me/cart/items/{book_id}"),
    )
)
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "x-amazon-apigateway-any-method")
AUTHORIZER = "x-amazon-apigateway-authorizer"
INTEGRATION = "x-amazon-apigateway-integration"
VALIDATOR = "x-amazon-apigateway-request-validator"
RESPONSES = "x-amazon-apigateway-gateway-responses"
LONGEST_KEPT_S = 300
ACCOUNT_RATE, ACCOUNT_BURST = 10_000, 5_000
LOGGED = ("requestId", "ip", "status", "latencyMs", "user")

Operation = tuple[str, str, Mapping[str, Any]]


def operations(api: Resource) -> Iterator[Operation]:
    """Method, path and definition of each."""
    for path, item in (api.get("body.paths") or {}).items():
        for method in METHODS:
            if method in item:
                yield method.upper(), path, item[method]


def _schemes(api: Resource) -> Mapping[str, Any]:
    schemes: Mapping[str, Any] = api.get("body.components.securitySchemes") or {}
    return schemes


def _used(operation: Mapping[str, Any]) -> set[str]:
    return {name for scheme in mappings(operation.get("security")) for name in scheme}


@alone
def authorized(api: Resource) -> Iterator[str]:
    guards = {name for name, scheme in _schemes(api).items() if AUTHORIZER in scheme}
    for method, path, operation in operations(api):
        if not guards & _used(operation) and (method, path) not in PUBLIC:
            yield f"{method} {path} has no authorizer: give the operation `security` in the contract"


@alone
def validated(api: Resource) -> Iterator[str]:
    name = api.get(f"body.{VALIDATOR}")
    validator = api.get(f"body.{VALIDATOR}s.{name}") or {}
    if not (validator.get("validateRequestBody") and validator.get("validateRequestParameters")):
        yield f"{VALIDATOR} does not check both body and parameters: name one that does"
    for method, path, operation in operations(api):
        if VALIDATOR in operation:
            yield f"{method} {path} has a validator of its own: leave it to the API's"
    for schema, definition in (api.get("body.components.schemas") or {}).items():
        if definition.get("type") == "object" and definition.get("additionalProperties") is not False:
            yield f"schema {schema} takes any property: set additionalProperties to false"


@alone
def pinned_identity(api: Resource) -> Iterator[str]:
    for name, scheme in _schemes(api).items():
        authorizer = scheme.get(AUTHORIZER)
        if authorizer is None:
            continue
        if (scheme.get("in"), scheme.get("name")) != ("header", "Authorization"):
            yield f"authorizer {name} reads something else than the Authorization header"
        if authorizer.get("type") not in ("token", "request", "cognito_user_pools"):
            yield f"authorizer {name} is of type {authorizer.get('type')}: make it token, request or cognito_user_pools"
        if authorizer.get("type") != "cognito_user_pools":
            if authorizer.get("identitySource") != "method.request.header.Authorization":
                yield f"authorizer {name} has another identitySource than method.request.header.Authorization"
            if int(authorizer.get("authorizerResultTtlInSeconds", LONGEST_KEPT_S + 1)) > LONGEST_KEPT_S:
                yield f"authorizer {name} keeps results for over {LONGEST_KEPT_S} seconds: let a disabled account out"


@alone
def only_functions(api: Resource) -> Iterator[str]:
    for method, path, operation in operations(api):
        if operation.get(INTEGRATION, {}).get("type") not in ("aws_proxy", "mock"):
            yield f"{method} {path} calls a back end over HTTP: no client certificate would prove who calls"


@alone
def told_in_json(api: Resource) -> Iterator[str]:
    responses = api.get(f"body.{RESPONSES}") or {}
    for kind in ("DEFAULT_4XX", "DEFAULT_5XX"):
        if kind not in responses:
            yield f"there is no gateway response {kind}: AWS's own has no problem+json in it"
    for kind, response in responses.items():
        parameters = response.get("responseParameters") or {}
        if "problem+json" not in parameters.get("gatewayresponse.header.Content-Type", ""):
            yield f"gateway response {kind} is no application/problem+json"
        if "*" in parameters.get("gatewayresponse.header.Access-Control-Allow-Origin", ""):
            yield f"gateway response {kind} lets every site read it: name the site's origin, or leave the header out"


@alone
def logged_as_json(stage: Resource) -> Iterator[str]:
    logged = stage.get("accessLogSettings.format")
    fields = stage.get("accessLogSettings.format.requestId") and [
        name for name in LOGGED if stage.get(f"accessLogSettings.format.{name}") is None
    ]
    if logged is None or fields is None or fields:
        yield f"accessLogSettings.format is no JSON with {', '.join(LOGGED)}"


@among
def called_by_this_api(permission: Resource, stack: Stack) -> Iterator[str]:
    if permission.get("principal") == "apigateway.amazonaws.com" and not stack.sources(
        permission, "sourceArn", tokens.REST_API
    ):
        yield "sourceArn is not of this stack's API: any API of any account could call"


@alone
def cached_safely(settings: Resource) -> Iterator[str]:
    if settings.get("settings.cachingEnabled") is not True:
        return
    path, _, method = str(settings.get("methodPath")).rpartition("/")
    if method != "GET" or ("GET", f"/{path.replace('~1', '/').strip('/')}") not in PUBLIC:
        yield f"{settings.get('methodPath')} is cached: only public GETs may be, an answer would reach somebody else"
    if settings.get("settings.cacheDataEncrypted") is not True:
        yield "settings.cacheDataEncrypted is not true: set it"


@alone
def keyed_where_used(method: Resource) -> Iterator[str]:
    if method.get("authorization") in (None, "NONE"):
        yield "authorization is NONE: an API key proves nobody's identity"


def behind_the_edge(stack: Stack) -> Iterator[Violation]:
    """A request that does not come through CloudFront is refused: it lacks the key CloudFront adds."""
    origins = [origin for each in stack.of(tokens.DISTRIBUTION) for origin in as_list(each.get("origins"))]
    headers = [header.get("name") for origin in origins for header in as_list(origin.get("customHeaders"))]
    for api in stack.of(tokens.REST_API):
        if stack.of(tokens.API_DOMAIN):
            if api.get("disableExecuteApiEndpoint") is not True:
                yield violation(api, "disableExecuteApiEndpoint is not true although there is a domain name: set it")
            continue
        if "x-api-key" not in headers:
            yield violation(api, "CloudFront's API origin adds no x-api-key header: the API's own address would do too")
        for method, path, operation in operations(api):
            if "api_key" not in _used(operation):
                yield violation(api, f"{method} {path} asks for no API key: it can be called around CloudFront")

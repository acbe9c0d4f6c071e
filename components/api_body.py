"""The contract as API Gateway imports it.

Extensions: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
"""

from collections.abc import Iterator, Mapping, Set
from typing import Any

from components import contract
from components.gateway_responses import gateway_responses

VALIDATOR = "body-and-parameters"
API_KEY = "api_key"
API_KEY_SCHEME = {"type": "apiKey", "name": "x-api-key", "in": "header"}
PARAMETER_PLACES = {"path": "path", "query": "querystring", "header": "header"}
# What is no bearer token is refused before the function is asked.
BEARER = "^Bearer [-0-9a-zA-Z._~+/]+=*$"
# A disabled account may go on for so long.
AUTHORIZED_SECONDS = 60


def api_body(
    title: str,
    invoke_arns: Mapping[str, str],
    user_pool_arns: list[str],
    *,
    authorizer_uri: str | None = None,
    capabilities: Set[str] | None = None,
    api_key: bool = False,
) -> dict[str, Any]:
    """An OpenAPI document for a REST API. `invoke_arns` are by service; every service of the contract needs one.

    `authorizer_uri` is a function that checks tokens in place of Cognito's own authorizer. `capabilities` None takes
    every operation. With `api_key` every call carries a key as well: it meters, it lets nobody in.
    """
    prefix = contract.base()[1]
    paths: dict[str, Any] = {}
    for operation in contract.operations(capabilities):
        paths.setdefault(prefix + operation.path, {})[operation.method] = _operation(operation, invoke_arns, api_key)
    schemas = _schemas(paths)
    schemes = _authorizers(user_pool_arns, authorizer_uri) | ({API_KEY: API_KEY_SCHEME} if api_key else {})
    return {
        "openapi": "3.0.1",
        "info": {"title": title, "description": "CloudShelf", "version": contract.load()["info"]["version"]},
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": schemes},
        "x-amazon-apigateway-request-validators": {
            VALIDATOR: {"validateRequestBody": True, "validateRequestParameters": True}
        },
        "x-amazon-apigateway-request-validator": VALIDATOR,
        "x-amazon-apigateway-gateway-responses": gateway_responses(),
    }


def _operation(operation: contract.Operation, invoke_arns: Mapping[str, str], api_key: bool) -> dict[str, Any]:
    integration: dict[str, Any] = {
        "type": "aws_proxy",
        "httpMethod": "POST",
        "uri": invoke_arns[operation.service],
        "passthroughBehavior": "when_no_match",
    }
    parameters = list(operation.parameters)
    if operation.cache_seconds:
        # Who signs in, as the back office does, is given no answer of the cache's but one to the same token.
        parameters.append({"name": "Authorization", "in": "header"})
        if "304" in operation.definition["responses"]:
            # API Gateway keeps a 304 like any answer: it is for those who have that copy alone.
            parameters.append({"name": "If-None-Match", "in": "header"})
        # A cached answer is found by these; what is left out would give one question another's answer.
        integration["cacheKeyParameters"] = [
            f"method.request.{PARAMETER_PLACES[p['in']]}.{p['name']}" for p in parameters
        ]
    body: dict[str, Any] = {
        "operationId": operation.operation_id,
        # API Gateway checks that a required parameter is there; what is in it is the function's to check.
        "parameters": [
            {"name": p["name"], "in": p["in"], "required": p.get("required", False), "schema": {"type": "string"}}
            for p in parameters
        ],
        "responses": {"default": {"description": "See the contract."}},
        "x-amazon-apigateway-integration": integration,
    }
    if "requestBody" in operation.definition:
        body["requestBody"] = operation.definition["requestBody"]
    if security := _security(operation, api_key):
        body["security"] = security
    return body


def _security(operation: contract.Operation, api_key: bool) -> list[dict[str, Any]]:
    schemes: list[dict[str, Any]] = [{name: []} for name in operation.token_schemes]
    if not api_key:
        return schemes
    return [{**scheme, API_KEY: []} for scheme in schemes or [{}]]


def _authorizers(user_pool_arns: list[str], authorizer_uri: str | None) -> dict[str, Any]:
    scheme = _lambda_authorizer(authorizer_uri) if authorizer_uri else _cognito_authorizer(user_pool_arns)
    header = {"type": "apiKey", "name": "Authorization", "in": "header"}
    return {name: {**header, **scheme} for name in contract.token_schemes()}


def _cognito_authorizer(user_pool_arns: list[str]) -> dict[str, Any]:
    return {
        "x-amazon-apigateway-authtype": "cognito_user_pools",
        "x-amazon-apigateway-authorizer": {"type": "cognito_user_pools", "providerARNs": user_pool_arns},
    }


def _lambda_authorizer(uri: str) -> dict[str, Any]:
    return {
        "x-amazon-apigateway-authtype": "custom",
        "x-amazon-apigateway-authorizer": {
            "type": "token",
            "authorizerUri": uri,
            "identitySource": "method.request.header.Authorization",
            "identityValidationExpression": BEARER,
            "authorizerResultTtlInSeconds": AUTHORIZED_SECONDS,
        },
    }


def _schemas(paths: dict[str, Any]) -> dict[str, Any]:
    """The schemas that requests use: API Gateway makes a model of each."""
    known = contract.load()["components"]["schemas"]
    wanted = sorted(_references(paths))
    found: dict[str, Any] = {}
    while wanted:
        name = wanted.pop()
        if name not in found:
            found[name] = known[name]
            wanted += sorted(_references(known[name]))
    return dict(sorted(found.items()))


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if "$ref" in value:
            yield str(value["$ref"]).rpartition("/")[2]
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)

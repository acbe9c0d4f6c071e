"""The contract as API Gateway imports it.

Extensions: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions.html
"""

from collections.abc import Iterator, Mapping
from typing import Any

from components import contract
from components.gateway_responses import gateway_responses

VALIDATOR = "body-and-parameters"


def api_body(title: str, invoke_arns: Mapping[str, str], user_pool_arns: list[str]) -> dict[str, Any]:
    """An OpenAPI document for a REST API. `invoke_arns` are by service; every service of the contract needs one."""
    prefix = contract.base()[1]
    paths: dict[str, Any] = {}
    for operation in contract.operations():
        paths.setdefault(prefix + operation.path, {})[operation.method] = _operation(operation, invoke_arns)
    schemas = _schemas(paths)
    return {
        "openapi": "3.0.1",
        "info": {"title": title, "description": "CloudShelf", "version": contract.load()["info"]["version"]},
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": _authorizers(user_pool_arns)},
        "x-amazon-apigateway-request-validators": {
            VALIDATOR: {"validateRequestBody": True, "validateRequestParameters": True}
        },
        "x-amazon-apigateway-request-validator": VALIDATOR,
        "x-amazon-apigateway-gateway-responses": gateway_responses(),
    }


def _operation(operation: contract.Operation, invoke_arns: Mapping[str, str]) -> dict[str, Any]:
    body: dict[str, Any] = {
        "operationId": operation.operation_id,
        # API Gateway checks that a required parameter is there; what is in it is the function's to check.
        "parameters": [
            {"name": p["name"], "in": p["in"], "required": p.get("required", False), "schema": {"type": "string"}}
            for p in operation.parameters
        ],
        "responses": {"default": {"description": "See the contract."}},
        "x-amazon-apigateway-integration": {
            "type": "aws_proxy",
            "httpMethod": "POST",
            "uri": invoke_arns[operation.service],
            "passthroughBehavior": "when_no_match",
        },
    }
    for key in ("requestBody", "security"):
        if key in operation.definition:
            body[key] = operation.definition[key]
    return body


def _authorizers(user_pool_arns: list[str]) -> dict[str, Any]:
    authorizer = {"type": "cognito_user_pools", "providerARNs": user_pool_arns}
    return {
        name: {
            "type": "apiKey",
            "name": "Authorization",
            "in": "header",
            "x-amazon-apigateway-authtype": "cognito_user_pools",
            "x-amazon-apigateway-authorizer": authorizer,
        }
        for name in contract.load()["components"]["securitySchemes"]
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

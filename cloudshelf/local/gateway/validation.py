"""API Gateway's basic request validation: required parameters are there, a JSON body fits its model."""

import json
from functools import lru_cache
from typing import Any

from jsonschema import Draft4Validator

from cloudshelf.local.gateway.api import RestApi, Route
from cloudshelf.local.gateway.messages import Request
from cloudshelf.local.gateway.responses import Refused


def validate(api: RestApi, route: Route, request: Request) -> None:
    """Raises Refused as the route's validator says. Values of parameters are not checked, as on AWS."""
    wanted = api.validator(route)
    if wanted.get("validateRequestParameters"):
        _check_parameters(route, request)
    if wanted.get("validateRequestBody"):
        _check_body(api, route, request)


def _check_parameters(route: Route, request: Request) -> None:
    given = {
        "header": {name.lower() for name, value in request.headers if value.strip()},
        "query": {name.lower() for name, value in request.query if value.strip()},
    }
    missing = [
        parameter["name"]
        for parameter in route.operation.get("parameters", [])
        if parameter.get("required") and parameter["in"] in given
        if parameter["name"].lower() not in given[parameter["in"]]
    ]
    if missing:
        raise Refused("BAD_REQUEST_PARAMETERS", f"Missing required request parameters: [{', '.join(missing)}]")


def _check_body(api: RestApi, route: Route, request: Request) -> None:
    content = route.operation.get("requestBody", {}).get("content", {})
    media_type = (request.header("Content-Type") or "application/json").partition(";")[0].strip().lower()
    # A content type without a model passes unchecked, as on AWS: the function answers for it.
    if media_type not in content:
        return
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        raise Refused("BAD_REQUEST_BODY") from None
    schema = json.dumps(content[media_type]["schema"])
    try:
        valid = _validator(schema, json.dumps(api.body["components"])).is_valid(body)
    except RecursionError:
        valid = False
    if not valid:
        raise Refused("BAD_REQUEST_BODY")


@lru_cache(maxsize=256)
def _validator(schema: str, components: str) -> Draft4Validator:
    whole: dict[str, Any] = {"allOf": [json.loads(schema)], "components": json.loads(components)}
    return Draft4Validator(whole)

"""The Lambda proxy integration of REST APIs: request to event, the function's answer to response.

Shapes: https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
"""

import base64
import binascii
import json
import time
from collections.abc import Mapping
from typing import Any

from cloudshelf.local.gateway.api import RestApi, Route, Stage
from cloudshelf.local.gateway.messages import Request, Response
from cloudshelf.local.gateway.responses import Refused


def to_event(
    request: Request,
    api: RestApi,
    stage: Stage,
    route: Route,
    path: dict[str, str],
    authorized: Mapping[str, Any] | None,
) -> bytes:
    """The event a function gets; `authorized` is what the authorizer tells it."""
    below_stage = request.path.removeprefix(f"/{stage.name}")
    body, encoded = _body(request.body)
    event = {
        "resource": route.resource,
        "path": below_stage,
        "httpMethod": request.method,
        "headers": dict(request.headers) or None,
        "multiValueHeaders": _grouped(request.headers),
        "queryStringParameters": dict(request.query) or None,
        "multiValueQueryStringParameters": _grouped(request.query),
        "pathParameters": path or None,
        "stageVariables": stage.variables or None,
        "requestContext": _context(request, api, stage, route, authorized),
        "body": body,
        "isBase64Encoded": encoded,
    }
    return json.dumps(event).encode()


def _context(
    request: Request, api: RestApi, stage: Stage, route: Route, authorized: Mapping[str, Any] | None
) -> dict[str, Any]:
    context: dict[str, Any] = {
        "accountId": api.account_id,
        "apiId": api.api_id,
        "domainName": api.domain_name,
        "domainPrefix": api.api_id,
        "extendedRequestId": request.request_id,
        "httpMethod": request.method,
        "identity": {"sourceIp": request.source_ip, "userAgent": request.header("User-Agent")},
        "path": request.path,
        "protocol": "HTTP/1.1",
        "requestId": request.request_id,
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(request.received)),
        "requestTimeEpoch": int(request.received * 1000),
        "resourcePath": route.resource,
        "stage": stage.name,
    }
    if operation := route.operation.get("operationId"):
        context["operationName"] = operation
    if authorized is not None:
        context["authorizer"] = authorized
    return context


def _body(body: bytes) -> tuple[str | None, bool]:
    if not body:
        return None, False
    # Without binary media types API Gateway treats a body as text, replacing what is not UTF-8.
    return body.decode("utf-8", errors="replace"), False


def _grouped(pairs: list[tuple[str, str]]) -> dict[str, list[str]] | None:
    grouped: dict[str, list[str]] = {}
    for name, value in pairs:
        grouped.setdefault(name, []).append(value)
    return grouped or None


def to_response(payload: bytes) -> Response:
    """The response a function's answer stands for; a malformed one is a 502, as on AWS."""
    try:
        answer = json.loads(payload)
        headers = [(name, str(value)) for name, value in (answer.get("headers") or {}).items()]
        for name, values in (answer.get("multiValueHeaders") or {}).items():
            headers = [(n, v) for n, v in headers if n.lower() != name.lower()]
            headers += [(name, str(value)) for value in values]
        body = answer.get("body") or ""
        content = base64.b64decode(body, validate=True) if answer.get("isBase64Encoded") else body.encode()
        response = Response(status=int(answer["statusCode"]), headers=headers, body=content)
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        raise Refused("API_CONFIGURATION_ERROR", "Malformed Lambda proxy response", status=502) from None
    if not response.has_header("Content-Type"):
        response.set_header("Content-Type", "application/json")
    return response

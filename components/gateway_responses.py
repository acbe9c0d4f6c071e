"""What API Gateway answers itself, as problem+json with the contract's codes.

Types: https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

import json
from dataclasses import dataclass
from typing import Any

SEE_CONTRACT = "Compare the request with this operation in /api/v1/openapi.json."


@dataclass(frozen=True)
class GatewayResponse:
    """`detail` None passes on API Gateway's own message."""

    status: int
    code: str
    detail: str | None = None
    retry_after: int | None = None


# RFC 9110's phrases, written out: http.HTTPStatus has others in another Python, and the API would be deployed again.
TITLES = {
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    404: "Not Found",
    413: "Content Too Large",
    415: "Unsupported Media Type",
    429: "Too Many Requests",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
SIGN_IN = "Sign in and send the ID token as `Authorization: Bearer <token>`."
RESPONSES = {
    "ACCESS_DENIED": GatewayResponse(403, "forbidden"),
    "API_CONFIGURATION_ERROR": GatewayResponse(502, "internal_error", "The shop failed to answer. Try again later."),
    "AUTHORIZER_CONFIGURATION_ERROR": GatewayResponse(500, "internal_error", "The shop cannot check who you are."),
    "AUTHORIZER_FAILURE": GatewayResponse(503, "unavailable", "The shop cannot check who you are. Try again.", 2),
    "BAD_REQUEST_BODY": GatewayResponse(400, "invalid_request", f"The body does not fit its schema. {SEE_CONTRACT}"),
    "BAD_REQUEST_PARAMETERS": GatewayResponse(400, "invalid_request"),
    "DEFAULT_4XX": GatewayResponse(400, "invalid_request"),
    "DEFAULT_5XX": GatewayResponse(500, "internal_error", "The shop failed to answer. Try again later."),
    "EXPIRED_TOKEN": GatewayResponse(401, "unauthorized", "The token has expired. Refresh it or sign in again."),
    "INTEGRATION_FAILURE": GatewayResponse(503, "unavailable", "The shop is busy. Try again.", 2),
    "INTEGRATION_TIMEOUT": GatewayResponse(504, "unavailable", "The shop took too long. Try again.", 2),
    "INVALID_API_KEY": GatewayResponse(403, "forbidden"),
    "INVALID_SIGNATURE": GatewayResponse(401, "unauthorized", SIGN_IN),
    # API Gateway answers so for every path and method that does not exist.
    "MISSING_AUTHENTICATION_TOKEN": GatewayResponse(
        404, "not_found", "There is no such path or method. See /api/v1/openapi.json."
    ),
    "QUOTA_EXCEEDED": GatewayResponse(429, "too_many_requests", "The quota of this API key is used up."),
    "REQUEST_TOO_LARGE": GatewayResponse(413, "payload_too_large"),
    "RESOURCE_NOT_FOUND": GatewayResponse(404, "not_found"),
    "THROTTLED": GatewayResponse(429, "too_many_requests", "Too many requests. Wait a second, then try again.", 1),
    "UNAUTHORIZED": GatewayResponse(401, "unauthorized", SIGN_IN),
    "UNSUPPORTED_MEDIA_TYPE": GatewayResponse(415, "unsupported_media_type"),
    "WAF_FILTERED": GatewayResponse(403, "blocked", "The shop's firewall took this request for an attack."),
}


def gateway_responses() -> dict[str, Any]:
    """The x-amazon-apigateway-gateway-responses of the API."""
    return {kind: _declared(response) for kind, response in RESPONSES.items()}


def _declared(response: GatewayResponse) -> dict[str, Any]:
    headers = {"Content-Type": "application/problem+json", "Cache-Control": "no-store"}
    if response.retry_after is not None:
        headers["Retry-After"] = str(response.retry_after)
    return {
        "statusCode": str(response.status),
        "responseParameters": {f"gatewayresponse.header.{name}": f"'{value}'" for name, value in headers.items()},
        "responseTemplates": {"application/json": _template(response)},
    }


def _template(response: GatewayResponse) -> str:
    """Only $context variables are substituted here; messageString brings its own quotes."""
    problem = {
        "type": "about:blank",
        "title": TITLES[response.status],
        "status": response.status,
        "code": response.code,
        "detail": response.detail or "$message",
        "request_id": "$context.requestId",
    }
    return json.dumps(problem).replace('"$message"', "$context.error.messageString")

"""Gateway responses: what API Gateway answers itself, in the form the API declares.

Types, default statuses and messages:
https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
"""

import json
import re
from typing import Any

from cloudshelf.local.gateway.messages import Response

VARIABLE = re.compile(r"\$context\.([\w.]+)")
DEFAULTS = {
    "ACCESS_DENIED": (403, "User is not authorized to access this resource"),
    "API_CONFIGURATION_ERROR": (500, "Internal server error"),
    "AUTHORIZER_CONFIGURATION_ERROR": (500, "Internal server error"),
    "AUTHORIZER_FAILURE": (500, "Internal server error"),
    "BAD_REQUEST_BODY": (400, "Invalid request body"),
    "BAD_REQUEST_PARAMETERS": (400, "Invalid request parameters"),
    "EXPIRED_TOKEN": (403, "The incoming token has expired"),
    "INTEGRATION_FAILURE": (504, "Internal server error"),
    "INTEGRATION_TIMEOUT": (504, "Endpoint request timed out"),
    "INVALID_API_KEY": (403, "Forbidden"),
    "MISSING_AUTHENTICATION_TOKEN": (403, "Missing Authentication Token"),
    "QUOTA_EXCEEDED": (429, "Limit Exceeded"),
    "REQUEST_TOO_LARGE": (413, "Request Too Long"),
    "THROTTLED": (429, "Too Many Requests"),
    "UNAUTHORIZED": (401, "Unauthorized"),
}


class Refused(Exception):
    """The gateway answers itself, with a gateway response of this type."""

    def __init__(self, kind: str, message: str | None = None, *, status: int | None = None) -> None:
        super().__init__(kind)
        self.kind = kind
        self.message = message or DEFAULTS[kind][1]
        self.status = status or DEFAULTS[kind][0]


def render(refused: Refused, declared: dict[str, Any], context: dict[str, str]) -> Response:
    """The declared response of this type, else of its family, else API Gateway's own."""
    family = "DEFAULT_4XX" if refused.status < 500 else "DEFAULT_5XX"
    response = declared.get(refused.kind) or declared.get(family) or {}
    template = response.get("responseTemplates", {}).get("application/json", '{"message":$context.error.messageString}')
    variables = {
        **context,
        "error.message": refused.message,
        "error.messageString": json.dumps(refused.message),
    }
    result = Response(
        status=int(response.get("statusCode") or refused.status),
        headers=[("Content-Type", "application/json"), ("x-amzn-ErrorType", refused.kind)],
        body=substitute(template, variables).encode(),
    )
    for target, value in response.get("responseParameters", {}).items():
        if target.startswith("gatewayresponse.header.") and value.startswith("'"):
            result.set_header(target.removeprefix("gatewayresponse.header."), value.strip("'"))
    return result


def substitute(template: str, variables: dict[str, str]) -> str:
    """API Gateway's simple substitution: an unknown variable becomes a dash."""
    return VARIABLE.sub(lambda found: variables.get(found[1], "-"), template)

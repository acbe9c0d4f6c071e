"""A CloudFront function at the viewer's request, run by V8 as CloudFront's own runtime runs it.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
"""

import base64
import json
import re
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from cloudshelf.local.edge.distribution import Passed
from cloudshelf.local.gateway.messages import Request, Response

RUNTIME = "cloudfront-js-2.0"
HOST = Path(__file__).with_name("cloudfront_runtime.js")
# A script has no imports; what this one gives is a global of the host's.
IMPORT = re.compile(r"^import (\w+) from 'cloudfront';$", re.MULTILINE)
RUN = "answer = undefined; answered(handler, {event}, {values}); 0"


class EdgeFunctionError(Exception):
    """The function failed, or did what the local edge does not do."""


class ViewerFunction:
    """Callable with a request, from any thread. `values` are those of its key-value store as they are now."""

    def __init__(self, name: str, code: str, values: Callable[[], Mapping[str, str]]) -> None:
        # Only a stack that runs such a function needs V8.
        from py_mini_racer import MiniRacer

        self._name, self._values = name, values
        self._lock = threading.Lock()
        self._v8 = MiniRacer()
        self._v8.eval(HOST.read_text())
        self._v8.eval(IMPORT.sub(r"const \1 = cloudfront;", code))

    def __call__(self, request: Request) -> Response | Passed:
        event, values = json.dumps(_event(request)), json.dumps(dict(self._values()))
        with self._lock:
            self._v8.eval(RUN.format(event=event, values=values))
            text = self._v8.eval("answer")
        answer: dict[str, Any] = json.loads(str(text)) if text else {"error": "it did not come to an end"}
        if "error" in answer:
            raise EdgeFunctionError(f"{self._name}: {answer['error']}")
        given: dict[str, Any] = answer["given"]
        if "statusCode" in given:
            return _response(given)
        if given != _event(request)["request"]:
            raise EdgeFunctionError(f"{self._name}: the local edge lets a function answer or choose an origin, no more")
        return Passed(request=request, origin_id=answer["origin"])

    def close(self) -> None:
        self._v8.close()


def _event(request: Request) -> dict[str, Any]:
    return {
        "version": "1.0",
        "context": {"eventType": "viewer-request", "requestId": request.request_id},
        "viewer": {"ip": request.source_ip},
        "request": {
            "method": request.method,
            "uri": request.path,
            "querystring": _many(request.query),
            "headers": _many([(name.lower(), value) for name, value in request.headers if name.lower() != "cookie"]),
            "cookies": _many(_cookies(request)),
        },
    }


def _cookies(request: Request) -> list[tuple[str, str]]:
    parts = (part.strip().partition("=") for part in (request.header("Cookie") or "").split(";"))
    return [(name, value) for name, _, value in parts if name]


def _many(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """A value by name; all of them where there are several."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name not in found:
            found[name] = {"value": value}
        else:
            found[name].setdefault("multiValue", [{"value": found[name]["value"]}]).append({"value": value})
    return found


def _response(given: Mapping[str, Any]) -> Response:
    body = given.get("body", "")
    encoding, data = (body["encoding"], body["data"]) if isinstance(body, dict) else ("text", body)
    return Response(
        status=int(given["statusCode"]),
        headers=[(name, header["value"]) for name, header in given.get("headers", {}).items()],
        body=base64.b64decode(data) if encoding == "base64" else data.encode(),
    )

"""`/_local/router/...`: what the router's function reads, and when every request let in before has been answered.

On AWS the values are CloudFront's KeyValueStore API's; the other thing only this machine knows.
"""

import json
from collections.abc import Mapping
from typing import Any

from cloudshelf.local.edge.under_way import UnderWay
from cloudshelf.local.gateway.messages import Request, Response

SETTLE_SECONDS = 60.0


class RouterPages:
    """`stores` are CloudFront's key-value stores by ARN, of which there is one where there is a router."""

    PREFIX = "/_local/router/"

    def __init__(self, stores: Mapping[str, dict[str, str]], under_way: UnderWay) -> None:
        self._stores, self._under_way = stores, under_way

    def handle(self, request: Request) -> Response:
        if not self._stores:
            return _json(404, {"detail": "this stack has no router: deploy it with cloudshelf:migrateTo"})
        values = next(iter(self._stores.values()))
        match request.method, request.path.removeprefix(self.PREFIX):
            case "GET", "values":
                return _json(200, {"values": values, "under_way": self._under_way.by_origin()})
            case "PUT", "values":
                return self._put(values, request.body)
            case "POST", "settle":
                return _json(200, {"settled": self._under_way.settle(SETTLE_SECONDS)})
        return _json(404, {"detail": f"{request.method} {request.path}: there is GET and PUT values, and POST settle"})

    def _put(self, values: dict[str, str], body: bytes) -> Response:
        try:
            given = json.loads(body)
        except ValueError:
            given = None
        if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
            return _json(400, {"detail": "send an object of texts"})
        values.update(given)
        return _json(200, {"values": values})


def _json(status: int, body: dict[str, Any]) -> Response:
    headers = [("Content-Type", "application/json"), ("Cache-Control", "no-store")]
    return Response(status=status, headers=headers, body=json.dumps(body).encode())

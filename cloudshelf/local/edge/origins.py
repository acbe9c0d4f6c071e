"""What a distribution fetches from: the site bucket through origin access control, and the API."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

from cloudshelf.local.gateway.gateway import Gateway
from cloudshelf.local.gateway.messages import Request, Response

# S3 hides whether a key exists from those who may not list the bucket.
DENIED = (403, "AccessDenied")


class BucketOrigin:
    """A private bucket. `policy` is the bucket's policy document; the distribution reads only what it allows."""

    def __init__(
        self, s3: Any, bucket: str, distribution_arn: str, policy: Callable[[], Mapping[str, Any] | None]
    ) -> None:
        self._s3, self._bucket = s3, bucket
        self._distribution_arn, self._policy = distribution_arn, policy

    def fetch(self, request: Request) -> Response:
        if not allows_read(self._policy(), self._bucket, self._distribution_arn):
            return _error(*DENIED)
        try:
            found = self._s3.get_object(Bucket=self._bucket, Key=request.path.removeprefix("/"), **_conditions(request))
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if status == 304:
                return Response(status=304)
            return _error(*DENIED)
        headers = [("Content-Type", found["ContentType"]), ("ETag", found["ETag"])]
        headers += [("Cache-Control", found["CacheControl"])] if "CacheControl" in found else []
        return Response(status=200, headers=headers, body=found["Body"].read())


class ApiOrigin:
    """The stages of a REST API. `headers` go with every request, whatever the viewer sent under their names."""

    def __init__(self, stages: Mapping[str, Gateway], headers: Mapping[str, str]) -> None:
        self._stages, self._headers = stages, headers

    def fetch(self, request: Request) -> Response:
        name = request.path.split("/")[1]
        if gateway := self._stages.get(name):
            return gateway.handle(request.with_headers(self._headers))
        return Response(status=403, headers=[("Content-Type", "application/json")], body=b'{"message":"Forbidden"}')


class NeighbourOrigin:
    """Another distribution on this machine, under its own host name, once it is open."""

    def __init__(self, domain_name: str, neighbours: Mapping[str, Callable[[Request], Response]]) -> None:
        self._domain_name, self._neighbours = domain_name, neighbours

    def fetch(self, request: Request) -> Response:
        if neighbour := self._neighbours.get(self._domain_name):
            return neighbour(request.with_headers({"Host": self._domain_name}))
        body = f"{self._domain_name} does not answer".encode()
        return Response(status=502, headers=[("Content-Type", "text/plain")], body=body)


def allows_read(policy: Mapping[str, Any] | None, bucket: str, distribution_arn: str) -> bool:
    """Whether a bucket policy lets this distribution read objects."""
    return any(_allows(s, bucket, distribution_arn) for s in (policy or {}).get("Statement", []))


def _allows(statement: Mapping[str, Any], bucket: str, distribution_arn: str) -> bool:
    condition = statement.get("Condition", {}).get("StringEquals", {})
    return (
        statement["Effect"] == "Allow"
        and statement.get("Principal") == {"Service": "cloudfront.amazonaws.com"}
        and "s3:GetObject" in _listed(statement["Action"])
        and f"arn:aws:s3:::{bucket}/*" in _listed(statement["Resource"])
        and condition.get("AWS:SourceArn") == distribution_arn
    )


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def _conditions(request: Request) -> dict[str, str]:
    etag = request.header("If-None-Match")
    return {"IfNoneMatch": etag} if etag else {}


def _error(status: int, code: str) -> Response:
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code></Error>'
    return Response(status=status, headers=[("Content-Type", "application/xml")], body=body.encode())


def policy_document(text: str | None) -> Mapping[str, Any] | None:
    document: Mapping[str, Any] | None = json.loads(text) if text else None
    return document

"""The one address behind which functions find AWS's APIs.

A call is let through when it is signed by a function and that function's role, and the policy of the endpoint it comes
through, allow it. The services are moto's, but Lambda's: that runs the stack's own functions.
"""

import io
import json
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from cloudshelf.local.iam import Caller, Iam, document_allows
from cloudshelf.local.identity import KEY_SET
from cloudshelf.local.lambdas.environment import FunctionFailed
from cloudshelf.local.lambdas.function import TooManyRequests
from cloudshelf.local.services.permissions import Arn, Needed, of_dynamodb, of_s3, of_ssm, parsed
from cloudshelf.local.sigv4 import SignatureError, from_headers

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

INVOKE = re.compile(r"/2015-03-31/functions/([A-Za-z0-9_-]+)/invocations")


class ApiError(Exception):
    """What a service answers in place of what was asked for."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(code)
        self.status, self.code, self.message = status, code, message


@dataclass(frozen=True)
class Call:
    """A call as it came in; `operation` is empty where method and path tell it. A bucket of S3 is in the path."""

    service: str
    operation: str
    method: str
    path: str
    body: bytes
    kind: str


@dataclass(frozen=True, kw_only=True)
class Apis:
    """A WSGI application.

    `invoke` runs a function by name; `endpoint_policies` are those a function's calls of a service come under.
    `parameter_keys` are KMS keys by the names of parameters, `key_set` is what a user pool publishes at a path.
    `log` is told what is refused.
    """

    iam: Iam
    backend: "WSGIApplication"
    arn: Arn
    account_id: str
    invoke: Callable[[str, bytes], bytes]
    endpoint_policies: Callable[[str, str], list[Mapping[str, Any]]]
    parameter_keys: Mapping[str, str]
    key_set: Callable[[str], bytes | None]
    log: Callable[[str], None]

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        body = environ["wsgi.input"].read()
        try:
            if environ["REQUEST_METHOD"] == "GET" and KEY_SET.fullmatch(environ["PATH_INFO"]):
                return self._publish(environ["PATH_INFO"], start_response)
            caller, call = self._signed(environ, body)
            self._authorize(caller, call)
            if call.service == "lambda":
                return self._invoke(call, start_response)
            return self._pass_on({**environ, "PATH_INFO": call.path}, body, start_response)
        except ApiError as error:
            self.log(f"{error.code}: {error.message}")
            headers = [("Content-Type", "application/x-amz-json-1.0"), ("x-amzn-ErrorType", error.code)]
            start_response(f"{error.status} ", headers)
            return [json.dumps({"__type": error.code, "message": error.message}).encode()]

    def _signed(self, environ: "WSGIEnvironment", body: bytes) -> tuple[Caller, Call]:
        def header(name: str) -> str | None:
            key = name.upper().replace("-", "_")
            return environ.get(key) if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else environ.get(f"HTTP_{key}")

        query = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
        try:
            signed = from_headers(environ["REQUEST_METHOD"], environ["PATH_INFO"], query, header, body)
            caller = self.iam.known(signed.scope.access_key, header("X-Amz-Security-Token"))
            signed.check(caller.secret_key)
        except SignatureError as error:
            raise ApiError(403, "InvalidSignatureException", f"The request is not good: {error}.") from None
        operation = (header("X-Amz-Target") or "").rpartition(".")[2]
        kind = header("X-Amz-Invocation-Type") or "RequestResponse"
        path = path_of(environ, signed.scope.service)
        return caller, Call(signed.scope.service, operation, environ["REQUEST_METHOD"], path, body, kind)

    def _authorize(self, caller: Caller, call: Call) -> None:
        policies = self.endpoint_policies(caller.name, call.service)
        context = {"aws:PrincipalAccount": self.account_id}
        for needed in self._needed(call):
            ways = [document_allows(policy, needed.action, needed.resource, context) for policy in policies]
            if not all(ways):
                raise _denied(caller, needed, "because no VPC endpoint policy allows it")
            if not self.iam.allows(caller.role, needed.action, needed.resource, {**context, **needed.context}):
                raise _denied(caller, needed, "because no identity-based policy allows it")

    def _needed(self, call: Call) -> list[Needed]:
        try:
            if call.service == "dynamodb":
                return of_dynamodb(call.operation, parsed(call.body), self.arn)
            if call.service == "ssm":
                return of_ssm(call.operation, parsed(call.body), self.arn, self.parameter_keys)
            if call.service == "secretsmanager" and call.operation == "GetSecretValue":
                return [Needed("secretsmanager:GetSecretValue", parsed(call.body)["SecretId"])]
            if call.service == "s3":
                return of_s3(call.method, call.path)
            if call.service == "lambda" and (found := INVOKE.fullmatch(call.path)):
                return [Needed("lambda:InvokeFunction", self.arn("lambda", f"function:{found[1]}"))]
        except (ValueError, KeyError, AttributeError, TypeError) as error:
            raise ApiError(400, "SerializationException", f"The body is not one of {call.operation}: {error}") from None
        raise ApiError(501, "UnknownOperationException", f"the local cloud offers functions no {call.service} for this")

    def _invoke(self, call: Call, start_response: "StartResponse") -> Iterable[bytes]:
        found = INVOKE.fullmatch(call.path)
        assert found  # noqa: S101 - _needed has refused any other path
        event = call.body or b"{}"
        if call.kind == "Event":
            threading.Thread(target=self._run, args=(found[1], event), daemon=True).start()
            start_response("202 Accepted", [])
            return []
        failed, payload = self._run(found[1], event)
        headers = [("Content-Type", "application/json"), ("X-Amz-Executed-Version", "$LATEST")]
        start_response("200 OK", headers + ([("X-Amz-Function-Error", "Unhandled")] if failed else []))
        return [payload]

    def _run(self, name: str, event: bytes) -> tuple[bool, bytes]:
        try:
            return False, self.invoke(name, event)
        except KeyError:
            raise ApiError(404, "ResourceNotFoundException", f"Function not found: {name}") from None
        except TooManyRequests:
            raise ApiError(429, "TooManyRequestsException", "Rate Exceeded.") from None
        except FunctionFailed as error:
            told = {"errorType": error.kind, "errorMessage": str(error).partition(": ")[2]}
            return True, json.dumps(told).encode()

    def _publish(self, path: str, start_response: "StartResponse") -> Iterable[bytes]:
        published = self.key_set(path)
        if published is None:
            start_response("503 Service Unavailable", [])
            return []
        start_response("200 OK", [("Content-Type", "application/json")])
        return [published]

    def _pass_on(self, environ: "WSGIEnvironment", body: bytes, start_response: "StartResponse") -> Iterable[bytes]:
        # moto would find a service by the host's name, where the signature tells it better.
        local = {"wsgi.input": io.BytesIO(body), "HTTP_HOST": "127.0.0.1"}
        return self.backend({**environ, **local}, start_response)


def path_of(environ: Mapping[str, Any], service: str) -> str:
    """With the bucket, which S3's clients have in the host."""
    bucket, is_bucket, _ = environ.get("HTTP_HOST", "").partition(".s3.")
    path = str(environ["PATH_INFO"])
    return f"/{bucket}{path}" if service == "s3" and is_bucket else path


def _denied(caller: Caller, needed: Needed, why: str) -> ApiError:
    message = (
        f"{caller.role}/{caller.name} is not authorized to perform: {needed.action} on resource: {needed.resource}"
    )
    return ApiError(400, "AccessDeniedException", f"User: {message} {why}")

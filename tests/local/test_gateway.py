"""The gateway enforces what is deployed; each rule is proved by a request it stops and one it lets through."""

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from cloudshelf.local.gateway.api import MethodSettings, RestApi, Stage
from cloudshelf.local.gateway.authorizer import CognitoAuthorizer
from cloudshelf.local.gateway.gateway import MOST_BODY_BYTES, Gateway, Permission
from cloudshelf.local.gateway.messages import Request, Response
from cloudshelf.local.gateway.throttle import TokenBucket
from cloudshelf.local.lambdas.environment import FunctionFailed
from cloudshelf.local.lambdas.function import TooManyRequests
from components.api_body import api_body
from components.contract import services

POOL, CLIENT, REGION = "us-east-1_pool", "client", "us-east-1"
ISSUER = f"https://cognito-idp.{REGION}.amazonaws.com/{POOL}"
POOL_ARN = f"arn:aws:cognito-idp:{REGION}:1:userpool/{POOL}"
KEY = rsa.generate_private_key(65537, 2048)
OTHER_KEY = rsa.generate_private_key(65537, 2048)
ADDRESS = {"street": "1 Main St", "city": "Anytown", "postal_code": "12345", "country": "US"}


def body() -> dict[str, Any]:
    path = "lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:{}/invocations"
    uri = f"arn:aws:apigateway:us-east-1:{path}"
    return api_body("shop", {service: uri.format(service) for service in services()}, [POOL_ARN])


class Functions:
    """Answers with the event, or does what `behave` says."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.behave: Callable[[], bytes] = lambda: json.dumps({"statusCode": 200, "body": "{}"}).encode()
        self.permission = Permission("books", "apigateway.amazonaws.com", "*")

    def invoke(self, name: str, event: bytes) -> bytes:
        self.events.append({"function": name, **json.loads(event)})
        return self.behave()

    def permitted(self, name: str, source_arn: str) -> bool:
        self.permission = replace(self.permission, function_name=name)
        return self.permission.allows(name, "apigateway.amazonaws.com", source_arn)


@pytest.fixture
def functions() -> Functions:
    return Functions()


@pytest.fixture
def gateway(functions: Functions) -> Gateway:
    return make_gateway(functions, Stage(name="api"))


def make_gateway(functions: Functions, stage: Stage, log: Callable[[str], None] = lambda _: None) -> Gateway:
    api = RestApi(api_id="abc", region=REGION, account_id="1", body=body())
    public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
    keys = {"keys": [{**public, "kid": "k1", "alg": "RS256", "use": "sig"}]}
    return Gateway(api, stage, functions, CognitoAuthorizer(lambda _: keys, lambda _: {CLIENT}), log)


def throttled(rate: float, burst: int) -> Stage:
    return Stage(name="api", settings={Stage.EVERY_METHOD: MethodSettings(rate=rate, burst=burst)})


def request(method: str, path: str, *, token: str | None = None, content: Any = None, **headers: str) -> Request:
    listed = [(name.replace("_", "-"), value) for name, value in headers.items()]
    listed += [("Authorization", f"Bearer {token}")] if token else []
    raw = content if isinstance(content, bytes) else b"" if content is None else json.dumps(content).encode()
    return Request(method=method, path=f"/api/v1{path}", query=[], headers=listed, body=raw, source_ip="127.0.0.1")


def token(*, key: Any = KEY, kid: str = "k1", algorithm: str = "RS256", **changes: Any) -> str:
    now = int(time.time())
    claims = {"sub": "u1", "aud": CLIENT, "iss": ISSUER, "token_use": "id", "iat": now, "exp": now + 60}
    given = {name: value for name, value in {**claims, **changes}.items() if value is not None}
    return jwt.encode(given, key, algorithm=algorithm, headers={"kid": kid})


def code(response: Response) -> str:
    return str(json.loads(response.body)["code"])


def test_a_public_operation_reaches_its_function(gateway: Gateway, functions: Functions) -> None:
    response = gateway.handle(request("GET", "/books/book%2Fslash"))
    assert response.status == 200
    (event,) = functions.events
    assert (event["function"], event["resource"]) == ("books", "/v1/books/{book_id}")
    assert event["pathParameters"] == {"book_id": "book/slash"}
    assert event["path"] == "/v1/books/book%2Fslash"


@pytest.mark.parametrize(("method", "path"), [("GET", "/nothing"), ("DELETE", "/books"), ("GET", "/books/a/b/c")])
def test_what_the_contract_does_not_have_is_not_found(gateway: Gateway, method: str, path: str) -> None:
    response = gateway.handle(request(method, path))
    assert (response.status, code(response)) == (404, "not_found")


def test_fixed_paths_win_over_parameters(gateway: Gateway, functions: Functions) -> None:
    gateway.handle(
        request(
            "POST",
            "/cart/merge",
            token=token(),
            content={"merge_id": "x" * 8, "items": [{"book_id": "abc", "quantity": 1}]},
        )
    )
    assert functions.events[0]["resource"] == "/v1/cart/merge"


def test_claims_of_a_valid_token_reach_the_function_as_strings(gateway: Gateway, functions: Functions) -> None:
    given = token(**{"cognito:groups": ["admin", "staff"], "email_verified": True})
    assert gateway.handle(request("GET", "/cart", token=given)).status == 200
    claims = functions.events[0]["requestContext"]["authorizer"]["claims"]
    assert (claims["sub"], claims["cognito:groups"]) == ("u1", "admin,staff")
    assert all(isinstance(value, str) for value in claims.values())


HS256_WITH_THE_PUBLIC_KEY = jwt.encode({"sub": "u1"}, "x" * 32, algorithm="HS256", headers={"kid": "k1"})
BAD_TOKENS = {
    "no token": None,
    "not a token": "nonsense",
    "another key": token(key=OTHER_KEY),
    "an unknown key id": token(kid="k9"),
    "no signature": jwt.encode({"sub": "u1", "iss": ISSUER, "aud": CLIENT}, None, algorithm="none"),
    "a shared secret": HS256_WITH_THE_PUBLIC_KEY,
    "an access token": token(token_use="access"),
    "another client": token(aud="other"),
    "another pool": token(iss=ISSUER + "x"),
    "no expiry": token(exp=None),
    "not yet valid": token(nbf=int(time.time()) + 3600),
    "expired": token(exp=int(time.time()) - 10),
    "eight kilobytes": token(padding="x" * 8192, aud="other"),
}


@pytest.mark.parametrize("name", BAD_TOKENS)
def test_a_token_that_is_not_good_gets_no_further(gateway: Gateway, functions: Functions, name: str) -> None:
    response = gateway.handle(request("GET", "/cart", token=BAD_TOKENS[name]))
    assert (response.status, code(response)) == (401, "unauthorized")
    assert functions.events == []


def test_a_body_that_does_not_fit_its_model_gets_no_further(gateway: Gateway, functions: Functions) -> None:
    for content in ({"quantity": 100}, {"quantity": "2"}, {"quantity": 1, "price": 1}, {}, b"{", b"", b"[" * 100_000):
        response = gateway.handle(request("PUT", "/cart/items/abc", token=token(), content=content))
        assert (response.status, code(response)) == (400, "invalid_request"), content
    assert functions.events == []
    assert gateway.handle(request("PUT", "/cart/items/abc", token=token(), content={"quantity": 2})).status == 200


def test_another_content_type_is_left_to_the_function(gateway: Gateway, functions: Functions) -> None:
    gateway.handle(request("PUT", "/cart/items/abc", token=token(), content=b"x", Content_Type="text/plain"))
    assert functions.events[0]["body"] == "x"


def test_a_required_header_must_be_there(gateway: Gateway, functions: Functions) -> None:
    content = {"expected_total": 1, "shipping_address": ADDRESS}
    response = gateway.handle(request("POST", "/orders", token=token(), content=content))
    assert response.status == 400
    assert "Idempotency-Key" in json.loads(response.body)["detail"]
    assert functions.events == []
    assert gateway.handle(request("POST", "/orders", token=token(), content=content, idempotency_key="k")).status == 200


def test_a_body_over_ten_megabytes_is_refused(gateway: Gateway) -> None:
    response = gateway.handle(request("PUT", "/cart/items/abc", token=token(), content=b"x" * (MOST_BODY_BYTES + 1)))
    assert (response.status, code(response)) == (413, "payload_too_large")


def test_the_stage_throttles_after_its_burst(functions: Functions) -> None:
    gateway = make_gateway(functions, throttled(rate=0.001, burst=3))
    statuses = [gateway.handle(request("GET", "/health")).status for _ in range(5)]
    assert statuses == [200, 200, 200, 429, 429]


def test_a_throttled_answer_says_when_to_come_back(functions: Functions) -> None:
    response = make_gateway(functions, throttled(rate=0.001, burst=0)).handle(request("GET", "/health"))
    assert dict(response.headers)["Retry-After"] == "1"
    assert dict(response.headers)["Content-Type"] == "application/problem+json"
    assert code(response) == "too_many_requests"


def test_a_token_bucket_refills_at_its_rate_up_to_its_burst() -> None:
    now = [0.0]
    bucket = TokenBucket(rate=2, burst=4, clock=lambda: now[0])
    assert [bucket.take() for _ in range(5)] == [True] * 4 + [False]
    now[0] = 1.0
    assert [bucket.take() for _ in range(3)] == [True, True, False]
    now[0] = 100.0
    assert [bucket.take() for _ in range(5)] == [True] * 4 + [False]


def test_a_function_without_permission_for_this_api_is_not_invoked(gateway: Gateway, functions: Functions) -> None:
    functions.permission = Permission("*", "apigateway.amazonaws.com", "arn:aws:execute-api:us-east-1:1:other/*")
    assert gateway.handle(request("GET", "/health")).status == 502
    assert functions.events == []


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"not json", 502),
        (b'"text"', 502),
        (b'{"body": "{}"}', 502),
        (b'{"statusCode": 200, "body": "%", "isBase64Encoded": true}', 502),
        (b'{"statusCode": 204}', 204),
    ],
)
def test_an_answer_that_is_no_proxy_response_is_a_bad_gateway(
    gateway: Gateway, functions: Functions, answer: bytes, status: int
) -> None:
    functions.behave = lambda: answer
    assert gateway.handle(request("GET", "/health")).status == status


@pytest.mark.parametrize(
    ("error", "status", "expected"),
    [(FunctionFailed("Unhandled", "x"), 502, "internal_error"), (TooManyRequests("x"), 503, "unavailable")],
)
def test_a_failing_function_is_a_problem_without_its_details(
    gateway: Gateway, functions: Functions, error: Exception, status: int, expected: str
) -> None:
    def fail() -> bytes:
        raise error

    functions.behave = fail
    response = gateway.handle(request("GET", "/health"))
    assert (response.status, code(response)) == (status, expected)
    assert b"Unhandled" not in response.body


def test_the_access_log_has_the_declared_form_and_no_query_or_token(functions: Functions) -> None:
    lines: list[str] = []
    form = '{"status":"$context.status","user":"$context.authorizer.claims.sub","path":"$context.resourcePath"}'
    gateway = make_gateway(functions, Stage(name="api", log_format=form), lines.append)
    gateway.handle(request("GET", "/cart", token=token(sub='u"1')))
    gateway.handle(request("GET", "/nothing"))
    assert json.loads(lines[0]) == {"status": "200", "user": 'u"1', "path": "/v1/cart"}
    assert json.loads(lines[1]) == {"status": "404", "user": "-", "path": "-"}

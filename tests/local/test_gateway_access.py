"""Who gets through the gateway and how often: the Lambda authorizer, API keys with their plans, the stage's cache."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from cloudshelf.local.gateway.api import MethodSettings, RestApi, Stage
from cloudshelf.local.gateway.authorizer import CognitoAuthorizer
from cloudshelf.local.gateway.cache import StageCache
from cloudshelf.local.gateway.gateway import Gateway
from cloudshelf.local.gateway.keys import ApiKeys, UsagePlan
from cloudshelf.local.gateway.messages import Request, Response
from cloudshelf.local.lambdas.environment import FunctionFailed
from cloudshelf.local.lambdas.function import TooManyRequests
from components.api_body import AUTHORIZED_SECONDS, api_body
from components.contract import services

URI = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:{}/invocations"
STAGE_ARN = "arn:aws:execute-api:us-east-1:1:abc/api"
ALLOW_ALL = {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": f"{STAGE_ARN}/*"}
KEY = "partner-key"


class Functions:
    """Answers every event with how many came; the authorizer's answer is `policy`, or what `judge` does."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.asked: list[dict[str, Any]] = []
        self.statements: list[dict[str, Any]] = [ALLOW_ALL]
        self.context: dict[str, Any] = {"sub": "u1", "groups": "admin", "age": 7, "vip": True}
        self.judge: Callable[[], bytes] = self._policy
        self.status = 200
        self.allowed = True

    def _policy(self) -> bytes:
        policy = {"Version": "2012-10-17", "Statement": self.statements}
        return json.dumps({"principalId": "u1", "policyDocument": policy, "context": self.context}).encode()

    def invoke(self, name: str, event: bytes) -> bytes:
        if name == "authorizer":
            self.asked.append(json.loads(event))
            return self.judge()
        self.events.append(json.loads(event))
        return json.dumps({"statusCode": self.status, "body": str(len(self.events))}).encode()

    def permitted(self, name: str, source_arn: str) -> bool:
        return self.allowed or (name, source_arn) != (
            "authorizer",
            "arn:aws:execute-api:us-east-1:1:abc/authorizers/shopper",
        )


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class World:
    def __init__(self) -> None:
        self.functions, self.clock = Functions(), Clock()
        self.keys = ApiKeys(values={"k1": KEY}, members=[("plan", "k1")])
        self.keys.plans["plan"] = UsagePlan(stages=frozenset({("abc", "api")}))
        self.stage = Stage(name="api")
        self.lines: list[str] = []
        self._gateway: Gateway | None = None

    def call(self, method: str, path: str, *, query: Any = (), content: Any = None, **headers: str) -> Response:
        if self._gateway is None:
            self._gateway = self._make()
        listed = [(name.replace("_", "-"), value) for name, value in {"x_api_key": KEY, **headers}.items() if value]
        body = b"" if content is None else json.dumps(content).encode()
        sent = Request(
            method=method, path=f"/api/v1{path}", query=list(query), headers=listed, body=body, source_ip="127.0.0.1"
        )
        return self._gateway.handle(sent)

    def _make(self) -> Gateway:
        arns = {service: URI.format(service) for service in services()}
        declared = api_body("shop", arns, [], authorizer_uri=URI.format("authorizer"), api_key=True)
        api = RestApi(api_id="abc", region="us-east-1", account_id="1", body=declared)
        cognito = CognitoAuthorizer(lambda _: {}, lambda _: set())
        log, cache = self.lines.append, StageCache(self.clock)
        return Gateway(api, self.stage, self.functions, cognito, log, self.keys, cache, self.clock)


@pytest.fixture
def world() -> World:
    return World()


def code(response: Response) -> str:
    return str(json.loads(response.body)["code"])


def test_the_authorizers_context_reaches_the_function_as_text(world: World) -> None:
    assert world.call("GET", "/cart", Authorization="Bearer abc").status == 200
    told = world.functions.events[0]["requestContext"]["authorizer"]
    assert told == {"principalId": "u1", "sub": "u1", "groups": "admin", "age": "7", "vip": "true"}
    (asked,) = world.functions.asked
    assert asked == {
        "type": "TOKEN",
        "authorizationToken": "Bearer abc",
        "methodArn": f"{STAGE_ARN}/GET/v1/cart",
    }


@pytest.mark.parametrize("token", ["", "abc", "Bearer ", "Bearer a b", "Basic abc"])
def test_what_is_no_bearer_token_is_refused_unasked(world: World, token: str) -> None:
    response = world.call("GET", "/cart", Authorization=token)
    assert (response.status, code(response)) == (401, "unauthorized")
    assert world.functions.asked == world.functions.events == []


def test_an_answer_is_kept_for_its_token_for_as_long_as_declared(world: World) -> None:
    for _ in range(3):
        world.call("GET", "/cart", Authorization="Bearer abc")
    assert len(world.functions.asked) == 1
    world.call("GET", "/cart", Authorization="Bearer other")
    assert len(world.functions.asked) == 2
    world.clock.now = AUTHORIZED_SECONDS + 1
    world.call("GET", "/cart", Authorization="Bearer abc")
    assert len(world.functions.asked) == 3


@pytest.mark.parametrize(
    "statements",
    [
        [{**ALLOW_ALL, "Effect": "Deny"}],
        [ALLOW_ALL, {**ALLOW_ALL, "Effect": "Deny"}],
        [{**ALLOW_ALL, "Resource": f"{STAGE_ARN}/GET/v1/orders"}],
        [{**ALLOW_ALL, "Action": "execute-api:Manage"}],
        [],
    ],
)
def test_a_policy_that_does_not_allow_the_method_forbids_it(world: World, statements: list[dict[str, Any]]) -> None:
    world.functions.statements = statements
    response = world.call("GET", "/cart", Authorization="Bearer abc")
    assert (response.status, code(response)) == (403, "forbidden")
    assert world.functions.events == []


def test_a_kept_policy_is_asked_for_each_method(world: World) -> None:
    world.functions.statements = [{**ALLOW_ALL, "Resource": f"{STAGE_ARN}/GET/v1/cart"}]
    assert world.call("GET", "/cart", Authorization="Bearer abc").status == 200
    assert world.call("DELETE", "/cart", Authorization="Bearer abc").status == 403
    assert len(world.functions.asked) == 1


def _fail(error: Exception) -> Callable[[], bytes]:
    def judge() -> bytes:
        raise error

    return judge


@pytest.mark.parametrize(
    ("judge", "status"),
    [
        (_fail(FunctionFailed("Exception", "Unauthorized")), 401),
        (_fail(FunctionFailed("Exception", "a detail")), 503),
        (_fail(TooManyRequests("x")), 503),
        (lambda: b"null", 500),
        (lambda: b'{"principalId": "u1"}', 500),
        (
            lambda: json.dumps({"principalId": "u", "policyDocument": {"Statement": [{"Effect": "Allow"}]}}).encode(),
            500,
        ),
    ],
)
def test_an_authorizer_that_does_not_answer_lets_nobody_in(
    world: World, judge: Callable[[], bytes], status: int
) -> None:
    world.functions.judge = judge
    assert world.call("GET", "/cart", Authorization="Bearer abc").status == status
    assert world.functions.events == []


def test_an_authorizer_the_api_may_not_ask_is_not_asked(world: World) -> None:
    world.functions.allowed = False
    assert world.call("GET", "/cart", Authorization="Bearer abc").status == 500
    assert world.functions.asked == []


@pytest.mark.parametrize("key", ["", "wrong", KEY + "x"])
def test_without_a_key_of_a_plan_nobody_gets_through(world: World, key: str) -> None:
    response = world.call("GET", "/books", x_api_key=key)
    assert (response.status, code(response)) == (403, "forbidden")
    assert world.functions.events == []
    assert world.call("GET", "/books").status == 200


def test_a_key_of_another_stages_plan_is_no_key_here(world: World) -> None:
    world.keys.plans["plan"] = UsagePlan(stages=frozenset({("abc", "other")}))
    assert world.call("GET", "/books").status == 403


def test_a_plan_limits_its_keys_rate_and_its_quota(world: World) -> None:
    stages = frozenset({("abc", "api")})
    world.keys.plans["plan"] = UsagePlan(stages=stages, rate=0.001, burst=2)
    assert [world.call("GET", "/books").status for _ in range(3)] == [200, 200, 429]
    world.keys.plans["plan2"] = UsagePlan(stages=stages, quota=2, period="DAY")
    world.keys.values["k2"] = "second"
    world.keys.members.append(("plan2", "k2"))
    answers = [world.call("GET", "/books", x_api_key="second") for _ in range(3)]
    assert [answer.status for answer in answers] == [200, 200, 429]
    assert b"quota" in answers[-1].body


BOOKS = "v1/books/GET"


def cached(world: World, setting: str = BOOKS, seconds: int = 60) -> None:
    world.stage.caches = True
    world.stage.settings = {Stage.EVERY_METHOD: MethodSettings(), setting: MethodSettings(cache_seconds=seconds)}


def test_the_stages_cache_answers_who_asks_the_same(world: World) -> None:
    cached(world)
    first = world.call("GET", "/books", query=[("q", "a")])
    again = world.call("GET", "/books", query=[("q", "a")])
    assert first.body == again.body == b"1"
    assert world.call("GET", "/books", query=[("q", "b")]).body == b"2"
    assert world.call("GET", "/books").body == b"3"
    # What is no cache key does not tell one question from another, whatever the function makes of it.
    assert world.call("GET", "/books", query=[("q", "a"), ("nonsense", "1")], User_Agent="x").body == b"1"
    world.clock.now = 61
    assert world.call("GET", "/books", query=[("q", "a")]).body == b"4"


def test_an_empty_parameter_is_not_a_missing_one(world: World) -> None:
    cached(world)
    assert world.call("GET", "/books").body == b"1"
    assert world.call("GET", "/books", query=[("q", "")]).body == b"2"


def test_who_is_signed_in_has_answers_of_ones_own(world: World) -> None:
    cached(world)
    answers = [world.call("GET", "/books", Authorization=token).body for token in ("one", "two", "one")]
    assert answers == [b"1", b"2", b"1"]
    assert world.call("GET", "/books").body == b"3"


def test_each_path_has_an_answer_of_its_own(world: World) -> None:
    cached(world, "v1/books/{book_id}/GET")
    assert [world.call("GET", f"/books/{name}").body for name in ("a", "b", "a")] == [b"1", b"2", b"1"]


@pytest.mark.parametrize("status", [404, 503])
def test_the_stages_cache_keeps_errors_too_as_long_as_answers(world: World, status: int) -> None:
    cached(world)
    world.functions.status = status
    assert world.call("GET", "/books").body == b"1"
    world.functions.status = 200
    assert world.call("GET", "/books").body == b"1"
    world.clock.now = 61
    assert world.call("GET", "/books").body == b"2"


def test_a_304_of_the_cache_is_for_who_has_that_copy_alone(world: World) -> None:
    cached(world, "v1/books/{book_id}/GET")
    world.functions.status = 304
    assert world.call("GET", "/books/a", If_None_Match='"one"').status == 304
    world.functions.status = 200
    assert world.call("GET", "/books/a").status == 200
    assert world.call("GET", "/books/a", If_None_Match='"two"').status == 200
    assert world.call("GET", "/books/a", If_None_Match='"one"').status == 304


def test_what_is_not_declared_cached_is_not(world: World) -> None:
    cached(world)
    assert [world.call("GET", "/categories").body for _ in range(2)] == [b"1", b"2"]
    world.stage.caches = False
    assert [world.call("GET", "/books").body for _ in range(2)] == [b"3", b"4"]


def test_a_cached_answer_still_needs_a_key(world: World) -> None:
    cached(world)
    assert world.call("GET", "/books").status == 200
    assert world.call("GET", "/books", x_api_key="").status == 403


def test_a_method_with_settings_of_its_own_has_a_limit_of_its_own(world: World) -> None:
    limit, none = MethodSettings(rate=0.001, burst=1), MethodSettings(rate=0.001, burst=3)
    world.stage.settings = {Stage.EVERY_METHOD: none, BOOKS: limit}
    assert [world.call("GET", "/books").status for _ in range(2)] == [200, 429]
    assert [world.call("GET", "/categories").status for _ in range(4)] == [200, 200, 200, 429]

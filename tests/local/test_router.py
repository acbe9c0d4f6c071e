"""The router, the very JavaScript CloudFront runs: who goes where while a shop moves, and who waits."""

import base64
import json
import random
from collections.abc import Callable, Iterator, Mapping

import pytest
from migration.buckets import BUCKETS, bucket, is_targets

from cloudshelf.local.edge.distribution import Passed
from cloudshelf.local.edge.viewer_function import EdgeFunctionError, ViewerFunction
from cloudshelf.local.gateway.messages import Request, Response
from components import contract
from components.migration.router import AT_FIRST, SOURCE, TARGET_ORIGIN

SEED = 20261121
WRITES = ("POST", "PUT", "PATCH", "DELETE")
READS = ("GET", "HEAD", "OPTIONS")
Route = Callable[..., Response | Passed]


@pytest.fixture(scope="module")
def values() -> dict[str, str]:
    return {}


@pytest.fixture(scope="module")
def router(values: dict[str, str]) -> Iterator[ViewerFunction]:
    made = ViewerFunction("router", SOURCE.read_text(), lambda: values)
    yield made
    made.close()


@pytest.fixture
def route(router: ViewerFunction, values: dict[str, str]) -> Route:
    """Where a request goes, with the values the router reads."""

    def go(method: str, path: str, shopper: str | None = None, **changes: object) -> Response | Passed:
        values.clear()
        values.update({**AT_FIRST, **{name: str(value) for name, value in changes.items()}})
        return router(request(method, path, f"Bearer {token(shopper)}" if shopper is not None else None))

    return go


def request(method: str, path: str, authorization: str | None = None) -> Request:
    headers = [("Host", "shop.example.com"), ("Cookie", "session=1")]
    headers += [("Authorization", authorization)] if authorization is not None else []
    return Request(method=method, path=path, query=[("q", "a"), ("q", "b")], headers=headers, body=b"", source_ip="::1")


def token(shopper: str, claims: Mapping[str, object] | None = None) -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value, ensure_ascii=False).encode()).decode().rstrip("=")

    return f"{part({'alg': 'RS256'})}.{part({'sub': shopper, **(claims or {})})}.signature"


def side(answer: Response | Passed) -> str:
    if isinstance(answer, Passed):
        return answer.origin_id or "source"
    assert answer.status == 503
    return "held"


def shoppers(count: int) -> list[str]:
    draw = random.Random(SEED)
    uuids = [f"{draw.getrandbits(128):032x}" for _ in range(count)]
    return ["", "a", "Ünïcode-漢字-😀", *(f"{u[:8]}-{u[8:12]}-{u[12:16]}-{u[16:20]}-{u[20:]}" for u in uuids)]


def test_javascript_and_python_agree_on_who_owns_a_shopper(route: Route) -> None:
    draw = random.Random(SEED)
    for shopper in shoppers(1000):
        weight = draw.randrange(BUCKETS + 1)
        wanted = TARGET_ORIGIN if shopper and is_targets(shopper, weight) else "source"
        if not shopper and weight == BUCKETS:
            wanted = TARGET_ORIGIN
        assert side(route("GET", "/api/v1/cart", shopper, weight=weight)) == wanted, (shopper, weight)


def test_javascript_and_python_agree_to_the_last_bucket(route: Route) -> None:
    for shopper in shoppers(200)[1:]:
        own = bucket(shopper)
        assert side(route("POST", "/api/v1/orders", shopper, hold_from=own, hold_to=own + 1)) == "held"
        assert side(route("POST", "/api/v1/orders", shopper, hold_from=own + 1, hold_to=100)) == "source"
        assert side(route("POST", "/api/v1/orders", shopper, hold_from=0, hold_to=own)) == "source"


@pytest.mark.parametrize("weight", [0, 1, 50, 99])
def test_who_has_not_signed_in_stays_until_everybody_has_moved(route: Route, weight: int) -> None:
    assert side(route("GET", "/api/v1/books", weight=weight)) == "source"
    assert side(route("GET", "/api/v1/books", weight=100)) == TARGET_ORIGIN


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Bearer a.b.c", "Basic YTpi", "Bearer e30.bnVsbA.x"])
def test_what_is_no_token_is_nobody(router: ViewerFunction, values: dict[str, str], header: str) -> None:
    values.update({**AT_FIRST, "weight": "99"})
    assert side(router(request("GET", "/api/v1/cart", header))) == "source"


def test_a_token_counts_with_and_without_its_scheme(router: ViewerFunction, values: dict[str, str]) -> None:
    values.update({**AT_FIRST, "weight": str(bucket("ann") + 1)})
    for header in (token("ann"), f"Bearer {token('ann')}", f"bearer  {token('ann')}"):
        assert side(router(request("GET", "/api/v1/cart", header))) == TARGET_ORIGIN


@pytest.mark.parametrize("method", READS)
def test_reading_goes_on_where_it_was_while_a_shopper_changes_sides(route: Route, method: str) -> None:
    assert side(route(method, "/api/v1/cart", "ann", hold_from=0, hold_to=100)) == "source"
    assert side(route(method, "/api/v1/cart", "ann", weight=100, hold_from=0, hold_to=100)) == TARGET_ORIGIN


@pytest.mark.parametrize("method", WRITES)
def test_whoever_changes_sides_is_asked_to_write_again_later(route: Route, method: str) -> None:
    answer = route(method, "/api/v1/cart", "ann", hold_from=0, hold_to=100)
    assert isinstance(answer, Response)
    assert dict(answer.headers) == {
        "content-type": "application/problem+json",
        "retry-after": "5",
        "cache-control": "no-store",
    }
    problem = json.loads(answer.body)
    assert (answer.status, problem["status"], problem["code"]) == (503, 503, "unavailable")
    declared = contract.load()["components"]["schemas"]["Problem"]
    assert set(declared["required"]) <= problem.keys() <= declared["properties"].keys()


@pytest.mark.parametrize(
    ("changes", "writes"),
    [
        ({}, "source"),
        ({"weight": 1}, "held"),
        ({"weight": 99}, "held"),
        ({"weight": 100}, TARGET_ORIGIN),
        ({"hold_from": 0, "hold_to": 5}, "held"),
        ({"back_office": "held"}, "held"),
        ({"weight": 100, "back_office": "held"}, "held"),
    ],
)
def test_the_back_office_writes_on_one_side_or_not_at_all(
    route: Route, changes: dict[str, object], writes: str
) -> None:
    reads = TARGET_ORIGIN if changes.get("weight") == 100 else "source"
    for path in admin_paths():
        assert side(route("POST", path, "ann", **changes)) == writes
        assert side(route("GET", path, "ann", **changes)) == reads


def admin_paths() -> list[str]:
    """Every path of the contract that is the back office's."""
    spec = contract.load()
    base = spec["servers"][0]["url"]
    paths = [
        base + path.replace("{", "").replace("}", "")
        for path, operations in spec["paths"].items()
        if any(isinstance(o, dict) and o.get("x-cloudshelf-role") == "admin" for o in operations.values())
    ]
    assert paths
    return paths


def test_only_the_back_office_is_held_as_the_back_office(route: Route) -> None:
    assert side(route("POST", "/api/v1/administrators", back_office="held")) == "source"


@pytest.mark.parametrize("broken", [{"weight": ""}, {"weight": "101"}, {"hold_to": "x"}, {"weight": None}])
def test_nobody_is_let_through_when_nothing_is_known(
    router: ViewerFunction, values: dict[str, str], broken: dict[str, str | None]
) -> None:
    values.clear()
    values.update({name: value for name, value in {**AT_FIRST, **broken}.items() if value is not None})
    assert side(router(request("GET", "/api/v1/books"))) == "held"


def test_a_function_that_changes_the_request_is_refused_locally() -> None:
    code = "async function handler(event) { event.request.uri = '/x'; return event.request; }"
    made = ViewerFunction("other", code, dict)
    with pytest.raises(EdgeFunctionError, match="answer or choose an origin"):
        made(request("GET", "/api/v1/books"))
    made.close()


def test_a_function_that_fails_is_told() -> None:
    made = ViewerFunction("other", "function handler(event) { return nobody; }", dict)
    with pytest.raises(EdgeFunctionError, match="nobody"):
        made(request("GET", "/api/v1/books"))
    made.close()

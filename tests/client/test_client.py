"""The client of the shop's API."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path

import pytest
import requests
from werkzeug import Request, Response

from cloudshelf.client import ApiProblem, Backoff, Contract, IdentityProblem, NoAnswer, ShopClient
from cloudshelf.client.problems import InsecureShop, NotAShop
from cloudshelf.client.transport import retry_after_s
from tests.catalog.fake_shop import EMAIL, PASSWORD, FakeShop, busy, dropped, problem, reply

BODY = {"category": "Fiction", "title": "Emma", "author": "A", "price": Decimal("9.10"), "stock_quantity": 5}
BOOK = {"book_id": "book-1"}


@pytest.fixture
def client(shop: FakeShop) -> Iterator[ShopClient]:
    with ShopClient(shop.url, backoff=Backoff(attempts=3, base_s=0)) as client:
        yield client


@pytest.fixture
def asked(shop: FakeShop) -> list[Request]:
    """The requests to the API; each is answered with an empty object."""
    seen: list[Request] = []

    def keep(request: Request) -> Response:
        request.get_data()
        seen.append(request)
        return reply(200, {})

    shop.faults.extend([keep] * 10)
    return seen


def test_an_operation_is_called_by_its_id(client: ShopClient, asked: list[Request]) -> None:
    client.call("listBooks", {"q": "a & b", "limit": 5, "in_stock": True})
    client.call("getBook", {"book_id": "a/b ?"})
    client.call("createOrder", {"Idempotency-Key": "k1"}, {"expected_total": Decimal("9.10")})
    first, second, third = asked
    assert (first.method, first.path, first.args.to_dict()) == (
        "GET",
        "/api/v1/books",
        {"q": "a & b", "limit": "5", "in_stock": "true"},
    )
    assert second.environ["RAW_URI"] == "/api/v1/books/a%2Fb%20%3F"
    assert (third.method, third.path, third.headers["Idempotency-Key"]) == ("POST", "/api/v1/orders", "k1")
    assert third.data == b'{"expected_total": 9.1}'


def test_every_operation_of_the_contract_has_a_place_for_each_parameter() -> None:
    contract = Contract.load()
    items = contract._document["paths"].values()
    ids = [spec["operationId"] for item in items for spec in item.values() if isinstance(spec, dict)]
    assert len(ids) > 25
    for operation_id in ids:
        operation = contract.operation(operation_id)
        placed = operation.place(dict.fromkeys(operation.places, "x"))
        assert "{" not in placed.path


@pytest.mark.parametrize(
    ("operation", "params", "message"),
    [
        ("listBook", {}, "no operation"),
        ("getBook", {}, "needs the parameter book_id"),
        ("listBooks", {"page": 2}, "no parameter page"),
    ],
)
def test_what_the_contract_does_not_know_is_not_sent(
    client: ShopClient, operation: str, params: dict[str, object], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        client.call(operation, params)


def test_a_text_is_sent_in_as_few_bytes_as_utf_8_needs(client: ShopClient, asked: list[Request]) -> None:
    client.call("updateMe", None, {"first_name": "Zoë 𝄞"})
    assert asked[0].data == '{"first_name": "Zoë 𝄞"}'.encode()


def test_amounts_are_decimal(shop: FakeShop, client: ShopClient) -> None:
    shop.faults.append(lambda _: reply(200, {"price": 9.10}))
    assert client.call("listBooks").body == {"price": Decimal("9.1")}


def test_only_operations_that_need_it_get_the_token(client: ShopClient, asked: list[Request]) -> None:
    client.sign_in(EMAIL, PASSWORD)
    client.call("listBooks")
    client.call("getCart")
    client.sign_out()
    client.call("getCart")
    assert [request.headers.get("Authorization") for request in asked] == [None, "Bearer token 1", None]


def test_a_netrc_does_not_replace_the_token(
    client: ShopClient, asked: list[Request], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    client._transport._trust = True
    client.sign_in(EMAIL, PASSWORD)
    client.call("getCart")
    client.call("listBooks")
    assert [request.headers.get("Authorization") for request in asked] == ["Bearer token 1", None]


def test_a_proxy_is_not_asked_for_this_machine(
    shop: FakeShop, client: ShopClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    shop.faults.append(lambda _: reply(200, {}))
    assert client.call("listBooks").status == 200


def test_a_token_is_exchanged_before_it_expires(shop: FakeShop, client: ShopClient, asked: list[Request]) -> None:
    shop.expires_in = 59
    client.sign_in(EMAIL, PASSWORD)
    client.call("getCart")
    shop.expires_in = 3600
    client.call("getCart")
    client.call("getCart")
    assert shop.sign_ins == ["USER_PASSWORD_AUTH", "REFRESH_TOKEN_AUTH", "REFRESH_TOKEN_AUTH"]
    tokens = [request.headers["Authorization"] for request in asked]
    assert tokens == ["Bearer token 2", "Bearer token 3", "Bearer token 3"]


def test_a_refused_sign_in_says_why(client: ShopClient) -> None:
    with pytest.raises(IdentityProblem, match="Incorrect username or password") as raised:
        client.sign_in(EMAIL, "wrong")
    assert raised.value.kind == "NotAuthorizedException"


def test_a_problem_is_an_exception_with_its_code(shop: FakeShop, client: ShopClient) -> None:
    shop.faults.append(lambda _: problem(409, "conflict", "Changed.", ["price: is another"]))
    with pytest.raises(ApiProblem, match="409 conflict: Changed") as raised:
        client.call("putBook", BOOK, BODY)
    assert (raised.value.status, raised.value.code, raised.value.errors) == (409, "conflict", ("price: is another",))


@pytest.mark.parametrize("status", [302, 403, 500])
def test_an_answer_from_something_on_the_way_is_a_problem_too(shop: FakeShop, client: ShopClient, status: int) -> None:
    shop.faults.extend([lambda _: Response("<html>", status, {"Location": "/elsewhere"})] * 3)
    with pytest.raises(ApiProblem) as raised:
        client.call("listBooks")
    assert (raised.value.status, raised.value.code) == (status, "unreadable")


@pytest.mark.parametrize("fault", [busy(429), busy(503), dropped])
def test_a_repeatable_call_is_repeated(shop: FakeShop, client: ShopClient, fault: object) -> None:
    client.sign_in(EMAIL, PASSWORD)
    shop.faults.extend([fault, fault])  # type: ignore[list-item]
    assert client.call("putBook", BOOK, BODY).status == 201


def test_repeating_has_an_end(shop: FakeShop, client: ShopClient) -> None:
    shop.faults.extend([busy(503)] * 5)
    with pytest.raises(ApiProblem, match="503"):
        client.call("listBooks")
    assert len(shop.faults) == 2
    shop.faults.clear()
    shop.faults.extend([dropped] * 5)
    with pytest.raises(NoAnswer):
        client.call("listBooks")
    assert len(shop.faults) == 2


def test_a_call_that_could_count_twice_is_sent_once(shop: FakeShop, client: ShopClient) -> None:
    for operation, params in [("cancelOrder", {"order_id": "o"}), ("changeStock", BOOK), ("createBook", {})]:
        shop.faults.extend([busy(503), busy(503)])
        with pytest.raises(ApiProblem):
            client.call(operation, params, {})
        assert len(shop.faults) == 1
        shop.faults.clear()


def test_an_order_is_repeated_because_its_key_makes_it_count_once(shop: FakeShop, client: ShopClient) -> None:
    shop.faults.extend([busy(503), lambda _: reply(201, {"order_id": "o"})])
    assert client.call("createOrder", {"Idempotency-Key": "k"}, {}).status == 201


def test_the_wait_is_at_least_what_the_server_asks_for(shop: FakeShop) -> None:
    waits: list[float] = []
    with ShopClient(shop.url, backoff=Backoff(attempts=9), pause=waits.append) as client:
        shop.faults.extend([busy(429, "7"), busy(503, "86400"), busy(503, "soon"), lambda _: reply(200, {})])
        client.call("listBooks")
    assert 7 <= waits[0] <= 7.2
    assert 120 <= waits[1] <= 120.4
    assert waits[2] <= 0.8


def test_the_wait_may_be_given_as_a_date() -> None:
    answer = requests.Response()
    answer.headers["Retry-After"] = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 80 < retry_after_s(answer) <= 90


def test_backoff_spreads_over_its_whole_range_and_is_bounded() -> None:
    waits = [Backoff().wait_s(20) for _ in range(200)]
    assert min(waits) < 5
    assert 15 < max(waits) <= 20


def test_something_else_at_the_address_is_no_shop(client: ShopClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FakeShop, "_answer", lambda *_: Response("<html>Welcome</html>"))
    with pytest.raises(NotAShop, match=r"config.json \(200\) is not a CloudShelf"):
        client.call("listBooks")


def test_a_password_needs_https_unless_the_shop_is_on_this_machine() -> None:
    with ShopClient("http://shop.example.com") as client, pytest.raises(InsecureShop):
        client.sign_in(EMAIL, PASSWORD)


@pytest.mark.parametrize("url", ["shop.example.com", "ftp://shop.example.com", "http://", ""])
def test_an_address_without_scheme_or_host_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="no address of a shop"):
        ShopClient(url)


def test_a_body_that_is_no_json_is_refused_before_it_is_sent(client: ShopClient) -> None:
    with pytest.raises(TypeError):
        client.call("putBook", BOOK, {"price": object()})
    with pytest.raises(ValueError, match="JSON"):
        client.call("putBook", BOOK, {"price": float("nan")})


def test_the_contracts_references_are_replaced() -> None:
    assert "$ref" not in json.dumps(Contract.load().schema("NewBook"))

"""Checkout while DynamoDB refuses a part of the requests: each is tried again a few times, after pauses that differ."""

import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from shared import dynamo

from tests.functions.lambdas import Lambdas, somebody
from tests.oracle import Journal

pytestmark = [pytest.mark.stores("dynamodb"), pytest.mark.usefixtures("pauses")]
ONE, COPIES, BUYERS = "16.79", 90, 8
REFUSALS = {
    "ThrottlingException": 400,
    "ProvisionedThroughputExceededException": 400,
    "TransactionConflictException": 400,
    "InternalServerError": 500,
}
# The Kolmogorov-Smirnov distance that one of a hundred samples of 40 or more is above.
FAR = 1.63


class Body:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self._content


class Refusing:
    """Answers a share of the client's requests in DynamoDB's place. `attempts` counts those of each call."""

    def __init__(self, share: float, fault: str) -> None:
        self._share, self._fault = share, fault
        self._random = random.Random(fault)
        self.attempts: Counter[str] = Counter()

    def __call__(self, request: Any, **_: Any) -> AWSResponse | None:
        self.attempts[request.headers["amz-sdk-invocation-id"].decode()] += 1
        if self._random.random() >= self._share:
            return None
        name = f"com.amazonaws.dynamodb.v20120810#{self._fault}"
        body: Any = Body(f'{{"__type": "{name}", "message": "refused"}}'.encode())
        headers = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-RequestId": "refused"}
        return AWSResponse(request.url, REFUSALS[self._fault], headers, body)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What would have been waited, in seconds."""
    random.seed(7)
    taken: list[float] = []
    monkeypatch.setattr("botocore.endpoint.time.sleep", taken.append)
    return taken


@pytest.fixture
def refuse() -> Iterator[Any]:
    # A client of its own: its quota of retries is 500, of which each takes 5 and none comes back from a failure.
    dynamo.client.cache_clear()
    events = dynamo.client().meta.events
    registered: list[Refusing] = []

    def begin(share: float, fault: str) -> Refusing:
        registered.append(Refusing(share, fault))
        events.register("before-send.dynamodb", registered[-1])
        return registered[-1]

    def end() -> None:
        while registered:
            events.unregister("before-send.dynamodb", registered.pop())

    begin.end = end  # type: ignore[attr-defined]
    yield begin
    end()
    dynamo.client.cache_clear()


@pytest.mark.parametrize("fault", REFUSALS)
@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_every_checkout_ends_as_an_order_or_as_nothing_and_a_retry_buys_once(
    lambdas: Lambdas, refuse: Any, share: float, fault: str
) -> None:
    book, journal = lambdas.new_book(stock=COPIES), Journal(lambdas)
    journal.gave(book, COPIES)
    shoppers = [somebody() for _ in range(BUYERS)]
    for shopper in shoppers:
        lambdas.fill(shopper, **{book: 1})
    refusing = refuse(share, fault)
    for shopper in shoppers:
        answer = lambdas.buy(shopper, expected=ONE, key="k")
        assert answer.status == 201 or (answer.status == 503 and answer.headers["Retry-After"]), answer.text
        journal.answered(shopper, "k", answer)
    assert max(refusing.attempts.values()) <= dynamo.ATTEMPTS
    refuse.end()
    for shopper in shoppers:
        answer = lambdas.buy(shopper, expected=ONE, key="k")
        assert answer.status == 201, answer.text
        journal.answered(shopper, "k", answer)
    journal.check()
    assert lambdas.stock(book) == COPIES - BUYERS


def test_one_request_in_ten_refused_is_noticed_by_hardly_anybody(lambdas: Lambdas, refuse: Any) -> None:
    book, shopper = lambdas.new_book(stock=COPIES), somebody()
    refusing = refuse(0.1, "ThrottlingException")
    statuses = Counter(
        lambdas.call("PUT", f"/cart/items/{book}", {"quantity": 1 + n % 9}, user=shopper).status for n in range(200)
    )
    assert statuses[200] >= 200 * 0.999
    assert sum(refusing.attempts.values()) > len(refusing.attempts)


def test_the_pauses_between_attempts_are_spread_evenly_up_to_their_cap(
    lambdas: Lambdas, refuse: Any, pauses: list[float]
) -> None:
    book, shopper = lambdas.new_book(stock=COPIES), somebody()
    lambdas.fill(shopper, **{book: 1})
    refuse(1.0, "ThrottlingException")
    for _ in range(45):
        assert lambdas.buy(shopper, expected=ONE, key="k").status == 503
    assert len(pauses) == 90
    for cap, taken in ((1.0, pauses[::2]), (2.0, pauses[1::2])):
        values = sorted(taken)
        assert values[0] >= 0
        assert values[-1] <= cap
        distance = max(abs(value / cap - n / len(values)) for n, value in enumerate(values))
        assert distance < FAR / len(values) ** 0.5

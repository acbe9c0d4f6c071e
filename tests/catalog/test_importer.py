"""Books on their way into the shop."""

import threading
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import count

import pytest
from werkzeug import Request, Response

from cloudshelf.catalog.record import Fault
from cloudshelf.catalog.upload import AHEAD, HOPELESS, Failed, Importer, Outcome, Put, Refused, Sender, Summary
from cloudshelf.catalog.validation import Accepted, Rejected
from cloudshelf.client import Backoff, ShopClient
from tests.catalog import fake_shop
from tests.catalog.fake_shop import EMAIL, PASSWORD, FakeShop, busy, dropped, problem

EAGER = Backoff(attempts=8, base_s=0)


def accepted(line: int) -> Accepted:
    body = {
        "category": "Fiction",
        "title": f"Book {line}",
        "author": "A",
        "price": Decimal("9.99"),
        "stock_quantity": 5,
    }
    return Accepted(line, {"book_id": f"book-{line:03}", **body})


BOOKS = [accepted(line) for line in range(2, 42)]
IDS = {each.book["book_id"] for each in BOOKS}


class Run:
    """An importer whose rejects are kept."""

    def __init__(self, put: Put, *, stop: threading.Event | None = None, workers: int = 4) -> None:
        self.stop = stop or threading.Event()
        self.rejects: list[Rejected] = []
        self.done: list[int] = []
        self._importer = Importer(
            put,
            workers=workers,
            stop=self.stop,
            on_reject=self.rejects.append,
            on_step=lambda summary: self.done.append(summary.done),
        )

    def __call__(self, verdicts: Sequence[Accepted | Rejected]) -> Summary:
        return self._importer.run(verdicts)


@pytest.fixture
def client(shop: FakeShop) -> Iterator[ShopClient]:
    with ShopClient(shop.url, backoff=EAGER) as client:
        client.sign_in(EMAIL, PASSWORD)
        yield client


def test_every_book_arrives_as_the_file_says(shop: FakeShop, client: ShopClient) -> None:
    summary = Run(Sender(client).put)(BOOKS)
    assert summary.outcomes == {Outcome.CREATED: len(BOOKS)}
    assert shop.books.keys() == IDS
    assert shop.books["book-002"] == {
        "category": "Fiction",
        "title": "Book 2",
        "author": "A",
        "price": 9.99,
        "stock_quantity": 5,
    }


def test_importing_twice_doubles_nothing_and_leaves_the_stock(shop: FakeShop, client: ShopClient) -> None:
    Run(Sender(client).put)(BOOKS)
    shop.books["book-002"]["stock_quantity"] = 1
    summary = Run(Sender(client).put)(BOOKS)
    assert summary.outcomes == {Outcome.UPDATED: len(BOOKS)}
    assert shop.books.keys() == IDS
    assert shop.books["book-002"]["stock_quantity"] == 1


def test_a_busy_shop_and_dropped_connections_cost_no_book(shop: FakeShop, client: ShopClient) -> None:
    shop.faults.extend([busy(429), dropped, busy(503), dropped, busy(502), busy(504)])
    summary = Run(Sender(client).put, workers=8)(BOOKS)
    assert not shop.faults
    assert (summary.outcomes, summary.rejected) == ({Outcome.CREATED: len(BOOKS)}, 0)
    assert shop.books.keys() == IDS


def test_what_the_shop_refuses_is_rejected_with_its_words_and_the_rest_goes_on(
    shop: FakeShop, client: ShopClient
) -> None:
    shop.refused.add("book-005")
    bad = accepted(7)
    bad.book["stock_quantity"] = -1
    run = Run(Sender(client).put)
    summary = run([accepted(5), accepted(6), bad, accepted(8)])
    assert summary.outcomes == {Outcome.CREATED: 2}
    assert [(each.line, each.title) for each in run.rejects] == [(5, "Book 5"), (7, "Book 7")]
    assert "The book changed meanwhile." in run.rejects[0].faults[0].text
    assert "-1 is less than the minimum of 0" in run.rejects[1].faults[0].text


def test_rejects_come_in_the_order_of_the_file(shop: FakeShop, client: ShopClient) -> None:
    shop.refused |= {f"book-{line:03}" for line in range(0, 100, 3)}
    unusable = Rejected(19, "None", (Fault("title missing", "title is missing"),))
    run = Run(Sender(client).put, workers=8)
    run([*BOOKS[:17], unusable, *BOOKS[18:]])
    lines = [each.line for each in run.rejects]
    assert 19 in lines
    assert lines == sorted(lines)


def test_a_shop_that_fails_on_every_book_ends_the_run_where_it_began_to_fail(
    shop: FakeShop, client: ShopClient
) -> None:
    shop.faults.extend([*[lambda _: None] * 5, *[busy(503)] * 1000])
    run = Run(Sender(client).put, workers=1)
    summary = run(BOOKS)
    assert summary.outcomes == {Outcome.CREATED: 5}
    assert summary.next_line == BOOKS[5].line
    # Rows that were sent before the last of the failures was looked at are rejected, too.
    assert HOPELESS <= summary.rejected <= HOPELESS + AHEAD + 1
    assert summary.stopped is not None
    assert "503" in summary.stopped
    assert len(shop.faults) > 900


@pytest.mark.parametrize("refused_between", [True, False])
def test_failures_between_answers_do_not_end_the_run(refused_between: bool) -> None:
    numbers, fault = count(), Fault("failed", "it failed")

    def put(_book: object) -> Outcome:
        if next(numbers) % 2:
            raise Failed(fault)
        if refused_between:
            raise Refused(fault)
        return Outcome.CREATED

    summary = Run(put, workers=1)(BOOKS)
    assert len(BOOKS) // 2 > HOPELESS
    assert (summary.stopped, summary.done) == (None, len(BOOKS))


def test_an_account_that_is_no_admin_ends_the_run_at_once(shop: FakeShop, client: ShopClient) -> None:
    shop.admin = False
    summary = Run(Sender(client).put, workers=2)(BOOKS)
    assert summary.stopped is not None
    assert "admin" in summary.stopped
    assert (summary.done, summary.next_line) == (0, 2)
    assert len(shop.puts) < len(BOOKS)


def page_of_cloudfront(_request: Request) -> Response:
    return Response("<html><h1>403 ERROR</h1>Request blocked.</html>", 403, content_type="text/html")


def answer_of_the_stage(_request: Request) -> Response:
    return problem(403, "blocked", "The shop's firewall took this request for an attack.")


@pytest.mark.parametrize("firewall", [page_of_cloudfront, answer_of_the_stage])
def test_a_book_that_a_firewall_blocks_is_rejected_and_the_others_go_in(
    shop: FakeShop, client: ShopClient, firewall: fake_shop.Fault
) -> None:
    blocked = BOOKS[3].book["book_id"]
    shop.faults.extend([lambda asked: firewall(asked) if asked.path.endswith(f"/{blocked}") else None] * len(BOOKS))
    run = Run(Sender(client).put, workers=2)
    summary = run(BOOKS)
    assert (summary.stopped, summary.done, summary.rejected) == (None, len(BOOKS), 1)
    assert list(summary.reasons) == ["blocked by the shop's firewall"]
    assert blocked not in shop.books


def test_where_a_firewall_blocks_every_book_the_run_ends_with_the_reason_and_where_to_go_on(
    shop: FakeShop, client: ShopClient
) -> None:
    shop.faults.extend([page_of_cloudfront] * len(BOOKS))
    summary = Run(Sender(client).put, workers=1)(BOOKS)
    assert summary.stopped is not None
    assert "firewall" in summary.stopped
    assert "admin" not in summary.stopped
    assert summary.next_line == 2


@pytest.mark.parametrize("stop_at", [1, 2, 17, 39, 40])
def test_an_import_that_was_stopped_anywhere_goes_on_where_it_says(
    shop: FakeShop, client: ShopClient, stop_at: int
) -> None:
    stop, sent, lock = threading.Event(), count(1), threading.Lock()
    sender = Sender(client)

    def put(book: dict[str, object]) -> Outcome:
        with lock:
            if next(sent) == stop_at:
                stop.set()
        return sender.put(book)

    first = Run(put, stop=stop)(BOOKS)
    assert first.rejected == 0
    assert first.outcomes[Outcome.CREATED] == len(shop.books)
    start = first.next_line or 1_000
    second = Run(sender.put)([each for each in BOOKS if each.line >= start])
    assert second.rejected == 0
    assert shop.books.keys() == IDS


def test_waiting_for_a_busy_shop_ends_with_the_wish_to_stop(shop: FakeShop) -> None:
    stop = threading.Event()

    def ask_to_stop(request: Request) -> Response | None:
        stop.set()
        return busy(429, retry_after="3600")(request)

    shop.faults.append(ask_to_stop)
    with ShopClient(shop.url, pause=stop.wait) as client:
        client.sign_in(EMAIL, PASSWORD)
        summary = Run(Sender(client).put, stop=stop, workers=1)(BOOKS)
    assert (summary.done, summary.next_line) == (0, 2)


def test_progress_only_grows(client: ShopClient) -> None:
    run = Run(Sender(client).put)
    run(BOOKS)
    assert run.done == list(range(1, len(BOOKS) + 1))

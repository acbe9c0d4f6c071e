"""The same two operations as most people would write them: FastAPI behind Mangum, over the same faked store."""

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from typing import Annotated, Any
from unittest.mock import patch

from fastapi import FastAPI, Header, Path, Request
from mangum import Mangum
from pydantic import BaseModel, ConfigDict, Field

from benchmarks import requests
from benchmarks.measuring import Ratio, Samples, interleaved, timed
from benchmarks.results import TIMES, Figure, Findings, Target, at_least, at_most, beside

BookId = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9-]{2,63}$")]
Text = Annotated[str, Field(min_length=1, max_length=255, pattern=r"\S")]


class Address(BaseModel):
    model_config = ConfigDict(extra="forbid")

    street: Text
    city: Text
    state: Text | None = None
    postal_code: Annotated[str, Field(min_length=1, max_length=20, pattern=r"\S")]
    country: Annotated[str, Field(min_length=2, max_length=2)]


class OrderInput(BaseModel):
    model_config = ConfigDict(extra="forbid")

    expected_total: Annotated[Decimal, Field(ge=0, max_digits=15, decimal_places=2)]
    shipping_address: Address
    payment_token: Annotated[str, Field(min_length=1, max_length=255, pattern=r"\S")] = "tok_ok"  # noqa: S105


def fastapi_handler(
    get: Callable[[str], Any], place: Callable[[str, str, OrderInput], Any]
) -> Callable[[Any, Any], Any]:
    """`get` and `place` are the store's; they answer what JSON can hold."""
    app = FastAPI()

    @app.get("/v1/books/{book_id}")
    def get_book(book_id: BookId) -> dict[str, Any]:
        found: dict[str, Any] = get(book_id)
        return found

    @app.post("/v1/orders", status_code=201)
    def create_order(
        wanted: OrderInput,
        request: Request,
        idempotency_key: Annotated[str, Header(min_length=1, max_length=255)],
    ) -> dict[str, Any]:
        user = request.scope["aws.event"]["requestContext"]["authorizer"]["claims"]["sub"]
        placed: dict[str, Any] = place(user, idempotency_key, wanted)
        return placed

    served: Callable[[Any, Any], Any] = Mangum(app, lifespan="off")
    return served


REQUESTS = 500
MICRO = 1_000_000
Handler = Callable[[Any, Any], Any]


def run(*, quick: bool) -> Findings:
    requests.prepare()
    gateway = requests.Gateway()
    reading = gateway.event("GET", "/books/book-1", signed_in=False)
    order = {"expected_total": 64.79, "shipping_address": requests.ADDRESS}
    buying = gateway.event("POST", "/orders", order, headers={"Idempotency-Key": "key-1"})
    rounds = 5 if quick else 21
    return Findings([*_figures("GET", reading, 20, rounds), *_figures("POST", buying, 40, rounds)])


def _figures(method: str, event: dict[str, Any], most: float, rounds: int) -> Iterator[Figure]:
    with _handlers(method) as handlers:
        yield from _compared(method, event, most, rounds, handlers)


def _compared(
    method: str, event: dict[str, Any], most: float, rounds: int, handlers: Mapping[str, Handler]
) -> Iterator[Figure]:
    with _silent():
        answers = {name: handler(event, requests.Context()) for name, handler in handlers.items()}
    for name, answer in answers.items():
        if json.loads(answer["body"]) != json.loads(answers["bare"]["body"]):
            raise AssertionError(f"{name} answers {answer}, not what the bare function does")
    with _silent():
        sides = {
            name: timed(partial(handler, event, requests.Context()), REQUESTS, time.process_time)
            for name, handler in handlers.items()
        }
        samples = interleaved(sides, rounds)
    what = "`GET /books/{book_id}`" if method == "GET" else "`POST /orders`"
    yield _added(f"{what}, added to a request", samples, at_most(most))
    yield _figure(
        f"{what}, FastAPI + Mangum beside it", samples, samples.ratio("fastapi", "ours"), TIMES, "fastapi", at_least(4)
    )


def _added(name: str, samples: Samples, target: Target) -> Figure:
    more = samples.more("ours", "bare")
    more = Ratio(median=more.median * MICRO, low=more.low * MICRO, high=more.high * MICRO, rounds=more.rounds)
    return _figure(name, samples, more, " µs", "bare", target)


def _figure(name: str, samples: Samples, ratio: Ratio, unit: str, reference: str, target: Target) -> Figure:
    return beside(
        ratio,
        name=name,
        unit=unit,
        target=target,
        measured=f"{samples.median('ours') * MICRO:.0f} µs",
        reference=f"{reference}: {samples.median(reference) * MICRO:.1f} µs",
    )


@contextlib.contextmanager
def _handlers(method: str) -> Iterator[Mapping[str, Handler]]:
    """The three, within the block alone: the real ones have a faked store in it."""
    from books import handler as books
    from orders import handler as orders
    from shared.reply import encode

    book, order = _book(), _order()
    rows = json.loads(encode(book)), json.loads(encode(_shown(order)))
    shop = fastapi_handler(lambda _: rows[0], lambda *_: rows[1])

    class Books:
        def get(self, _: str) -> Any:
            return book

    class Orders:
        def place(self, _: Any) -> Any:
            return order

    content: Callable[[], Any] = (lambda: book) if method == "GET" else (lambda: _shown(order))
    status = 200 if method == "GET" else 201

    def bare(_: Any, __: Any) -> dict[str, Any]:
        headers = {"Content-Type": "application/json"}
        return {"statusCode": status, "headers": headers, "body": encode(content()).decode(), "isBase64Encoded": False}

    ours: Handler = books.lambda_handler if method == "GET" else orders.lambda_handler
    with patch.object(books, "books", Books), patch.object(orders, "orders", Orders):
        yield {"bare": bare, "ours": ours, "fastapi": shop}


def _shown(order: Any) -> Any:
    from orders.model import shown

    return shown(order)


def _book() -> Any:
    from books.model import Book

    price, stamp = Decimal("19.99"), "2026-01-01T00:00:00Z"
    text = "A book of some length, described in two sentences. This is the other one."
    return Book("book-1", "Fiction", "A title", "Somebody", "9780141439518", price, 7, text, None, stamp, stamp)


def _order() -> Any:
    from orders.model import Order, OrderItem

    price, stamp = Decimal("19.99"), "2026-01-01T00:00:00Z"
    items = tuple(OrderItem(f"book-{number}", "Fiction", "A title", price, 1) for number in range(3))
    return Order(
        user_id="sub",
        order_id="order-2026-01-01-01kbexampleexampleexample0",
        status="confirmed",
        order_date="2026-01-01",
        items=items,
        subtotal=Decimal("59.97"),
        tax=Decimal("4.80"),
        shipping=Decimal("5.99"),
        total=Decimal("64.79"),
        shipping_address=dict(requests.ADDRESS),
        created_at=stamp,
        updated_at=stamp,
        payment="captured",
        authorisation="auth-1",
    )


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Metrics are lines on standard output; they are written, to nowhere."""
    with open(os.devnull, "w") as nowhere, contextlib.redirect_stdout(nowhere):  # noqa: PTH123 - a device
        yield

"""A hundred thousand orders in one go: planned, loaded from export files, followed, compared row by row.

`pytest -s` prints how long each part took.
"""

import resource
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from migration import handler
from shared.observability import logger

from tests.migration.engine import goods
from tests.migration.engine.exported import ExportedShop
from tests.migration.engine.move import ENTITIES, Context, Move

ORDERS, USERS, BOOKS, CARTS = 100_000, 20_000, 5_000, 300
CHANGED, PLACED = 2_000, 500
FILES, AT_ONCE, BATCH = 8, 2, 100
SHORT_S = 10
Record = dict[str, Any]


def stocked() -> ExportedShop:
    shop = ExportedShop()
    shop.put("books", goods.category("Fiction"))
    for number in range(BOOKS):
        shop.put("books", goods.book(book_of(number), isbn=f"978{number:010}"))
    for number in range(USERS):
        shop.put("users", goods.user(user_of(number)))
    for number in range(ORDERS):
        place(shop, number)
    for number in range(CARTS):
        shop.put("carts", goods.cart(user_of(number), lines=((book_of(number), 2),)))
    return shop


def place(shop: ExportedShop, number: int, **changes: Any) -> list[Record]:
    items = goods.order(
        user_of(number),
        key=f"key-{number:07}",
        books=(book_of(number), book_of(number + 1)),
        order_id=f"order-2026-11-20-{number:026}",
        **changes,
    )
    return [shop.put("orders", item) for item in items]


def book_of(number: int) -> str:
    return f"book-{number % BOOKS:05}"


def user_of(number: int) -> str:
    return f"user-{number % USERS:06}"


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Figures are not lost among hundreds of lines of the function's log."""
    level = logger().log_level
    logger().setLevel("WARNING")
    yield
    logger().setLevel(level)


@contextmanager
def timed(label: str, rows: int) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    seconds = time.perf_counter() - begun
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{label}: {rows:,} rows, {seconds:.1f} s, {rows / seconds:,.0f} rows/s; at most {megabytes:,.0f} MB so far")


def to_the_end(move: Move, step: str, **event: Any) -> list[dict[str, Any]]:
    """All answers of a step that is asked for again until it is done."""
    answers: list[dict[str, Any]] = []
    while not answers or not answers[-1]["done"]:
        after = {"after": answers[-1]["after"]} if answers and "after" in answers[-1] else {}
        answers.append(move.call(step, **event, budget_s=SHORT_S, **after))
    return answers


def load(move: Move) -> int:
    """Each entity's files, some at once; how many rows were written."""
    written, files = 0, move.keys()
    for entity in ENTITIES:
        keys = [key for of, key in files if of == entity]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            calls = list(pool.map(lambda key, of=entity: to_the_end(move, "load", entity=of, key=key), keys))
        written += sum(answer["written"] for answers in calls for answer in answers)
    return written


def compare(move: Move) -> dict[str, int]:
    """How many rows of each kind were compared, none of which differs."""
    compared: dict[str, int] = {}
    for entity in ENTITIES:
        for answer in to_the_end(move, "verify", entity=entity):
            assert answer["differences"] == 0, answer["kinds"]
            for kind, part in answer["kinds"].items():
                compared[kind] = compared.get(kind, 0) + part["compared"]
    relations = move.call("verify", entity="relations")
    assert relations["differences"] == 0, relations
    return compared


def test_a_hundred_thousand_orders_come_over_in_one_go(move: Move) -> None:
    source = stocked()
    move.engine = replace(move.engine, source=source)
    rows = 2 * ORDERS + USERS + BOOKS + CARTS
    exports = source.export(move, FILES)
    with timed("plan", rows):
        assert move.call("plan", budget_s=600)["ready"]
    move.call("begin", source="phase1", exports=exports)
    with timed("load", rows):
        assert load(move) == rows
    assert move.rejects() == {}
    with timed("compare", rows):
        assert compare(move) == {"books": BOOKS, "users": USERS, "orders": ORDERS, "keys": ORDERS, "carts": CARTS}
    records = [record for number in range(CHANGED) for record in place(source, number, status="shipped")]
    records += [record for number in range(ORDERS, ORDERS + PLACED) for record in place(source, number)]
    with timed("follow", len(records)):
        for first in range(0, len(records), BATCH):
            answer = handler.lambda_handler({"Records": records[first : first + BATCH]}, Context())
            assert answer["batchItemFailures"] == []
    with timed("compare again", rows + 2 * PLACED):
        assert compare(move)["orders"] == ORDERS + PLACED
    assert move.call("state")["unsigned"] == 0

"""What changes at the source comes in by its streams, in whatever order and however often it is told."""

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from shared import clock
from shared.problems import Unavailable

from tests.migration.engine import goods
from tests.migration.engine.move import TARGET_CARTS, Move


def changes(move: Move) -> None:
    """Some of everything that happens in a shop."""
    first, key = goods.order("user-1", key="k-1")
    move.put("books", {"category": "#categories", "book_id": "Fiction"}, goods.book("book-1"), goods.book("book-2"))
    move.put("users", goods.user("user-1"), goods.user("user-2"))
    move.put("books", goods.book("book-1", stock_quantity=5))
    move.put("orders", first, key)
    move.put("carts", goods.cart("user-1", lines=(("book-1", 1), ("book-2", 3))))
    move.put("orders", {**first, "status": "cancelled", "payment": "voided"})
    move.put("books", goods.book("book-1", price=Decimal("1.05"), stock_quantity=7))
    move.put("users", {"user_id": "user-2", "account_status": "erased", "erased_at": goods.NOW})
    move.put("carts", goods.cart("user-1", lines=(("book-2", 4),)))
    move.delete("books", category="Fiction", book_id="book-2")
    move.put("books", goods.book("book-2", category="Prose"))


def test_a_stream_brings_in_what_an_export_would(move: Move) -> None:
    changes(move)
    told = move.sync()
    assert told["batchItemFailures"] == []
    assert told["rejected"] == 0
    assert {entity: found["differences"] for entity, found in move.verify().items()} == {
        "books": 0,
        "users": 0,
        "orders": 0,
        "carts": 0,
    }
    by_stream = move.rows()
    move.clear_target()
    move.load()
    assert move.rows() == by_stream


@pytest.mark.parametrize("seed", range(8))
def test_order_and_repetition_of_records_change_nothing(move: Move, seed: int) -> None:
    changes(move)
    records = move.records()
    move.sync(records)
    expected = move.rows()
    move.clear_target()
    shuffled = records + records[: len(records) // 2]
    random.Random(seed).shuffle(shuffled)
    while shuffled:
        size = random.Random(seed + len(shuffled)).randint(1, 4)
        assert move.sync(shuffled[:size])["batchItemFailures"] == []
        shuffled = shuffled[size:]
    assert move.rows() == expected
    assert move.sync(records)["written"] == 0


def test_a_load_never_undoes_what_the_stream_told(move: Move) -> None:
    move.put("books", goods.book("book-1"), goods.book("book-2"), goods.book("book-3"))
    move.put("carts", goods.cart("user-1"))
    exports = move.export()
    move.records()
    move.put("books", goods.book("book-1", title="Newer"))
    move.delete("books", category="Fiction", book_id="book-2")
    move.put("carts", goods.cart("user-1", lines=(("book-9", 9),)))
    move.sync()
    move.load(exports)
    assert move.target.run("SELECT book_id, title FROM books ORDER BY book_id") == [
        ["book-1", "Newer"],
        ["book-3", "The book-3"],
    ]
    assert {item["book_id"] for item in move.items_of(TARGET_CARTS)} == {"#cart", "book-9"}
    assert [found["differences"] for found in move.verify().values()] == [0, 0, 0, 0]


def test_a_record_that_is_no_row_becomes_a_reject_and_keeps_nothing_back(move: Move) -> None:
    move.put("books", goods.book("book-1", price=Decimal("1.005")), goods.book("book-2"))
    told = move.sync()
    assert (told["batchItemFailures"], told["written"], told["rejected"]) == ([], 1, 1)
    assert list(move.rejects()) == ["books:Fiction/book-1"]


def test_a_reject_ends_when_its_row_comes_right(move: Move) -> None:
    move.put("books", goods.book("book-1", author=""), goods.book("book-2", author=""))
    move.sync()
    assert len(move.rejects()) == 2
    move.put("books", goods.book("book-1"))
    move.delete("books", category="Fiction", book_id="book-2")
    move.sync()
    assert move.rejects() == {}


def test_an_address_that_goes_from_one_to_another_gets_there_in_either_order(move: Move) -> None:
    move.put("users", goods.user("user-1", email="a@example.com"))
    move.sync()
    move.put("users", goods.user("user-1", email="b@example.com"))
    move.put("users", goods.user("user-2", email="a@example.com"))
    frees, takes = move.records()
    move.sync([takes])
    assert list(move.rejects()) == ["users:user-2"]
    move.sync([frees])
    assert move.rejects() == {}
    assert [found["differences"] for found in move.verify("users").values()] == [0]


def rotated(names: list[str]) -> dict[str, str]:
    """Each has what the next one had."""
    return dict(zip(names, [*names[1:], names[0]], strict=True))


@pytest.mark.parametrize("size", [2, 3, 45])
@pytest.mark.parametrize("closed", [True, False], ids=["cycle", "chain"])
@pytest.mark.parametrize("seed", [0, 1])
def test_addresses_and_isbns_that_go_round_arrive_whatever_comes_first(
    move: Move, size: int, seed: int, *, closed: bool
) -> None:
    users, books = [f"user-{n}" for n in range(size)], [f"book-{n}" for n in range(size)]
    move.put("books", goods.category("Fiction"))
    move.put("users", *(goods.user(user, email=f"{user}@example.com") for user in users))
    move.put("books", *(goods.book(book, isbn=f"97803064{n:05}") for n, book in enumerate(books)))
    move.sync()
    for user, other in rotated(users).items():
        ends = user == users[-1] and not closed
        move.put("users", goods.user(user, email="new@example.com" if ends else f"{other}@example.com"))
    for n, book in enumerate(books):
        ends = n == size - 1 and not closed
        move.put("books", goods.book(book, isbn=None if ends else f"97803064{(n + 1) % size:05}"))
    records = move.records()
    random.Random(seed).shuffle(records)
    for first in range(0, len(records), 2):
        assert move.sync(records[first : first + 2])["batchItemFailures"] == []
    assert move.rejects() == {}
    move.put("users", goods.user(users[0], email=f"{users[1]}@example.com", first_name="Later"))
    move.sync()
    assert [found["differences"] for found in move.verify("users", "books").values()] == [0, 0]


def test_who_wants_what_somebody_keeps_is_rejected_and_frees_nothing_for_others(move: Move) -> None:
    for user in ("user-1", "user-2", "user-3"):
        move.put("users", goods.user(user, email=f"{user}@example.com"))
    move.sync()
    # user-1 wants what user-3 keeps, so user-2 cannot have what user-1 has.
    move.put("users", goods.user("user-1", email="user-3@example.com"))
    move.put("users", goods.user("user-2", email="user-1@example.com"))
    move.sync()
    assert list(move.rejects()) == ["users:user-1", "users:user-2"]
    move.put("users", goods.user("user-3", email=...))
    move.sync()
    assert move.rejects() == {}
    assert [found["differences"] for found in move.verify("users").values()] == [0]


def test_a_book_that_moves_to_another_category_keeps_its_orders_in_either_order(move: Move) -> None:
    move.put("books", goods.category("Fiction"), goods.category("Prose"), goods.book("book-1"))
    move.put("orders", *goods.order("user-1"))
    move.sync()
    for order in (1, -1):
        old, new = ("Fiction", "Prose") if order == 1 else ("Prose", "Fiction")
        move.delete("books", category=old, book_id="book-1")
        move.put("books", goods.book("book-1", category=new))
        for record in move.records()[::order]:
            move.sync([record])
        assert move.target.run("SELECT category, popularity FROM books") == [[new, 2]]
        assert move.call("verify", entity="relations")["differences"] == 0
        assert move.rejects() == {}


def test_a_batch_that_could_not_be_written_is_given_again(move: Move, monkeypatch: pytest.MonkeyPatch) -> None:
    move.put("books", goods.book("book-1"), goods.book("book-2"))
    records = move.records()

    def busy(*_: Any, **__: Any) -> Any:
        raise Unavailable("busy")

    with monkeypatch.context() as patch:
        patch.setattr(move.engine.target, "transaction", busy)
        failures = move.sync(records)["batchItemFailures"]
    assert failures == [{"itemIdentifier": records[0]["dynamodb"]["SequenceNumber"]}]
    assert move.sync(records)["written"] == 2


def test_marks_come_back_when_all_before_them_is_in(move: Move) -> None:
    nothing = {"seconds": 0.0, "marks_waiting": 0, "forward_waiting": 0, "reverse_waiting": 0}
    assert move.call("lag") == nothing
    move.put("books", goods.book("book-1"))
    waiting = move.call("lag", mark=True)
    assert waiting["forward_waiting"] == waiting["marks_waiting"] == 4 * 64
    assert move.call("lag")["seconds"] > 0
    move.sync()
    assert move.call("lag") == nothing
    assert move.target.run("SELECT count(*) FROM books") == [[1]]
    assert [found["differences"] for found in move.verify().values()] == [0, 0, 0, 0]


def test_marks_are_waited_for_though_the_clock_steps_back(move: Move, monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    move.call("lag", mark=True)
    move.sync()
    monkeypatch.setattr(clock, "now", lambda: now - timedelta(minutes=10))
    move.put("books", goods.book("book-1"))
    assert move.call("lag", mark=True)["marks_waiting"] == 4 * 64
    move.sync()
    assert move.call("lag")["marks_waiting"] == 0


def test_a_plan_names_what_has_no_place_and_what_would_be_rejected(move: Move) -> None:
    move.put("books", goods.book("book-1"), goods.book("book-2", weight=Decimal(3)))
    move.put("users", goods.user("user-1", email="a@b.c"), goods.user("user-2", email="a@b.c"))
    found = move.call("plan")
    counts = {"rows": 2, "examined": 2, "rejected": 1, "expired": 0, "others": {}, "whole": True}
    assert found["entities"]["books"] == counts
    assert found["unmapped"] == [{"entity": "books", "attribute": "weight", "key": "Fiction/book-2"}]
    assert not found["ready"]
    assert {each["entity"] for each in found["expected_rejects"]} == {"books", "users"}

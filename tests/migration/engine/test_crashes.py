"""The process is gone after any statement or call: who comes next ends where nothing had happened."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from migration import loading

from tests.functions.boundary import boundary, crash, lost_reply
from tests.functions.faults import Crash
from tests.migration.engine import goods
from tests.migration.engine.move import ENTITIES, TARGET_CARTS, Move, physical
from tests.migration.engine.saved import Saved

BOOKS = (goods.book("book-1", stock_quantity=5), goods.book("book-2", stock_quantity=1, category="Prose"))
NEVER_THE_SAME = ("version", "updated_at", "expires_at")


CARTS = (TARGET_CARTS,)
SOURCE = tuple(physical(entity) for entity in ENTITIES)


def seen(move: Move, tables: Sequence[str]) -> dict[str, Any]:
    """Both sides, but for what only counts and what the mover keeps for itself."""
    items = {table: [_facts(item) for item in move.items_of(table)] for table in tables if table != TARGET_CARTS}
    ((waiting, moving),) = move.target.run(
        """SELECT (SELECT count(*) FROM migration.changes),
            (SELECT count(*) FROM migration.transfers WHERE state IN ('planned', 'taken'))"""
    )
    state = move.target.run("SELECT weight, escrow, step FROM migration.state")
    source = {table: [item for item in found if item is not None] for table, found in items.items()}
    return {**move.rows(carts=TARGET_CARTS in tables), **source, "left": (waiting, moving), "state": state}


def _facts(item: dict[str, Any]) -> Any:
    if item.get("category") == "#transfers":
        return None
    return {name: value for name, value in item.items() if name not in NEVER_THE_SAME}


def survives_everywhere(
    move: Move,
    tables: Sequence[str],
    act: Callable[[], Any],
    fault: Callable[[str], BaseException] = crash,
    more: Saved | None = None,
    look: Callable[[], Any] = lambda: None,
) -> int:
    """Acts once to see what is to be, then once for each call with a fault right after it, and again without.

    `tables` are those of DynamoDB it may change; `more` is what else has to be put back, and `look` looks at it.
    """
    saved = Saved(move, tables)
    with boundary() as whole:
        act()
    expected = seen(move, tables), look()
    for at in range(len(whole.calls)):
        for each in (saved, more):
            if each is not None:
                each.restore()
        try:
            with boundary(at, fault, after=True):
                act()
        except (Crash, Exception):
            move.close()
            move.engine = move.new_engine()
        act()
        assert (seen(move, tables), look()) == expected, (at, whole.calls[max(0, at - 3) : at + 1])
    return len(whole.calls)


def shop(move: Move) -> None:
    move.put("books", *BOOKS)
    move.put("users", goods.user("user-1"), goods.user("user-2", email="user-1@example.com"))
    move.put("orders", *goods.order("user-1", key="k-1", order_id="order-2026-11-20-a"))
    move.put("orders", *goods.order("user-2", key="k-2", order_id="order-2026-11-20-b", books=("book-1", "book-2")))
    move.put("carts", goods.cart("user-1", lines=(("book-1", 2), ("book-2", 1))), goods.cart("user-2"))


CUTS = [*((entity, crash) for entity in ENTITIES), ("orders", lost_reply), ("carts", lost_reply)]


@pytest.mark.parametrize(("entity", "fault"), CUTS)
def test_a_load_that_is_cut_off_anywhere_is_finished_by_the_next(
    move: Move, monkeypatch: pytest.MonkeyPatch, entity: str, fault: Callable[[str], BaseException]
) -> None:
    shop(move)
    monkeypatch.setattr(loading, "LINES", 2)
    monkeypatch.setattr(loading, "CARTS_AT_ONCE", 1)
    exports = move.export()
    move.call("begin", exports=exports)
    for earlier in ENTITIES[: ENTITIES.index(entity)]:
        move.load_files(earlier)
    keys = move.keys()
    tables = CARTS if entity == "carts" else ()
    assert survives_everywhere(move, tables, lambda: move.load_files(entity, keys), fault) > 20


def test_a_batch_of_a_stream_that_crashes_anywhere_is_finished_when_it_is_given_again(move: Move) -> None:
    shop(move)
    move.sync()
    move.put("books", goods.book("book-1", title="Other"), goods.book("book-3"))
    move.delete("books", category="Prose", book_id="book-2")
    move.put("users", goods.user("user-1", email="new@example.com"))
    move.put("orders", *goods.order("user-1", key="k-1", order_id="order-2026-11-20-a", status="cancelled"))
    move.put("carts", goods.cart("user-1", lines=(("book-3", 1),)))
    records = move.records()
    assert survives_everywhere(move, CARTS, lambda: move.sync(records)) > 25


def selling(move: Move) -> None:
    """Everybody is on the target, and things happened there."""
    shop(move)
    move.load()
    move.call("set_state", changes={"weight": 100})
    move.call("rebalance")
    run = move.target.run
    run("UPDATE users SET first_name = 'Zoë' WHERE user_id = 'user-1'")
    run("UPDATE orders SET status = 'shipped', updated_at = now() WHERE order_id = 'order-2026-11-20-a'")
    run("UPDATE books SET category = 'Moved' WHERE book_id = 'book-1'")
    run("DELETE FROM books WHERE book_id = 'book-2'")
    run(
        """INSERT INTO books (id, book_id, title, author, price, category)
            VALUES (gen_random_uuid(), 'book-9', 'New', 'Author', 1, 'Fresh')"""
    )
    run("UPDATE payments SET status = 'voided' WHERE order_id IN (SELECT id FROM orders LIMIT 1)")


def test_a_replay_that_crashes_anywhere_is_finished_by_the_next(move: Move) -> None:
    selling(move)
    assert survives_everywhere(move, SOURCE, lambda: move.call("replay", carts=True)) > 20


@pytest.mark.parametrize(("first", "then"), [(0, 50), (50, 100), (100, 0), (100, 50)])
def test_a_shift_that_crashes_anywhere_loses_and_doubles_no_copy(move: Move, first: int, then: int) -> None:
    shop(move)
    move.load()
    move.call("set_state", changes={"weight": first})
    move.call("rebalance")

    def act() -> None:
        move.call("set_state", changes={"weight": then})
        move.call("rebalance")

    survives_everywhere(move, (physical("books"),), act)


def test_a_shift_whose_replies_are_lost_anywhere_loses_and_doubles_no_copy(move: Move) -> None:
    shop(move)
    move.load()
    move.call("set_state", changes={"weight": 50})

    def act() -> None:
        for weight in (50, 0):
            move.call("set_state", changes={"weight": weight})
            move.call("rebalance")

    survives_everywhere(move, (physical("books"),), act, lost_reply)

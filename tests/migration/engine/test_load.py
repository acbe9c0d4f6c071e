"""Export files come in whole, once, and what cannot come in is told."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

import pytest
from migration import items, loading, merge_books, merge_keys, merge_orders, merge_users, steps
from migration.deadline import Deadline
from migration.engine import patient
from migration.merging import Terms
from migration.row import Row
from shared.postgres import Session

from tests.functions.boundary import boundary, calls_of, lost_reply
from tests.migration.engine import goods
from tests.migration.engine.move import ENTITIES, TARGET_CARTS, Move, wire
from tests.migration.engine.saved import Saved


def stock_up(move: Move) -> None:
    """A small shop with everything in it."""
    move.put("books", goods.category("Fiction"), goods.book("book-1"), goods.book("book-2"))
    move.put(
        "books",
        goods.category("Prose"),
        goods.book("book-3", category="Prose", isbn="9780306406157", image_url="/covers/3.svg"),
    )
    move.put("users", goods.user("user-1"), goods.user("user-2", first_name=...))
    move.put("users", {"user_id": "gone", "account_status": "erased", "erased_at": goods.NOW})
    move.put("orders", *goods.order("user-1", key="k-1", books=("book-1", "book-2")))
    move.put("orders", *goods.order("user-2", key="k/2", status="cancelled", payment="voided"))
    move.put("orders", *goods.order("nobody", payment=None, authorisation=None, shipping_address=None))
    move.put("orders", {"user_id": "user-2", "order_id": "idempotency#given-up", "released": {"sim_a", "sim_b"}})
    move.put("carts", goods.cart("user-1"), goods.cart("user-2", lines=()))


def test_everything_of_a_shop_comes_in_and_is_the_same_there(move: Move) -> None:
    stock_up(move)
    loaded = move.load()
    assert loaded["books"] == {"read": 5, "written": 3, "same": 0, "rejected": 0, "expired": 0, "others": 2}
    assert loaded["orders"]["rejected"] == 0
    assert move.rejects() == {}
    for entity, found in move.verify().items():
        assert found["differences"] == 0, (entity, found)
        assert all(kind["totals"]["source"]["rows"] for kind in found["kinds"].values()), entity
    assert move.call("verify", entity="relations")["differences"] == 0


def test_orders_and_their_idempotency_keys_are_counted_apart(move: Move) -> None:
    stock_up(move)
    move.load()
    rows = {kind: part["totals"]["target"]["rows"] for kind, part in move.verify("orders")["orders"]["kinds"].items()}
    assert rows == {"orders": 3, "keys": 2}
    (file,) = [file for file in move.call("progress")["files"] if file["entity"] == "orders"]
    assert (file["lines"], file["keys"]) == (6, 3), "a key that was given up has no order"


def test_loading_again_writes_nothing(move: Move) -> None:
    stock_up(move)
    move.load()
    before = move.rows()
    again = move.load()
    assert {entity: found["written"] for entity, found in again.items()} == dict.fromkeys(again, 0)
    assert move.rows() == before
    assert move.load_files("books")["read"] == 0, "a file that is done is not read again"


def test_popularity_is_what_standing_orders_have(move: Move) -> None:
    stock_up(move)
    move.load()
    found = dict(move.target.run("SELECT book_id, popularity FROM books"))
    assert found == {"book-1": 4, "book-2": 2, "book-3": 0}


def test_a_cart_becomes_items_with_its_copies_clamped_and_one_that_expired_is_left(move: Move) -> None:
    move.put("carts", goods.cart("user-1", lines=(("book-1", 500), ("book-2", 0), ("book-3", -4))))
    move.put("carts", goods.cart("user-2", expires_at=1))
    loaded = move.load()
    assert loaded["carts"] == {"read": 2, "written": 1, "same": 0, "rejected": 0, "expired": 1, "others": 0}
    found = {item["book_id"]: item for item in move.items_of(TARGET_CARTS)}
    assert {name: int(item["quantity"]) for name, item in found.items() if name != "#cart"} == {
        "book-1": 99,
        "book-2": 1,
        "book-3": 1,
    }
    assert found["#cart"]["merges"] == ["merge-12345"]


def test_an_order_and_its_key_find_each_other_from_two_files_in_either_order(move: Move) -> None:
    first, key = goods.order("user-1", key="k-1")
    second, other = goods.order("user-2", key="k-2")
    lines = [json.dumps({"Item": wire(item)}) for item in (key, first, second, other)]
    move.call("begin", source="phase1", exports={"orders": move.export_lines("orders", lines, files=4)})
    move.load_files("orders")
    found = dict(move.target.run("SELECT order_id, idempotency_key FROM orders"))
    assert found == {first["order_id"]: "k-1", second["order_id"]: "k-2"}
    assert move.target.run("SELECT count(*) FROM migration.pending_keys") == [[0]]


@pytest.mark.parametrize("way", ["export", "stream"])
def test_every_item_is_moved_rejected_or_of_a_kind_that_does_not_move_whatever_its_key(move: Move, way: str) -> None:
    stock_up(move)
    for user in ("#odd", "guest#odd", "#mark/9000", "#marked", "guest#", "#mark/x"):
        move.put("users", goods.user(user))
        move.put("orders", *goods.order(user, key=f"k-{user}"))
        move.put("carts", goods.cart(user))
    move.put("books", goods.book("odd-1", category="#odd"), goods.book("odd-2", category="#transfers2"))
    move.call("lag", mark=True)
    move.put("books", {"category": "#transfers", "book_id": "some-transfer", "copies": 1, "towards": "target"})
    if way == "export":
        move.records()
        loaded = move.load()
        for entity, counts in loaded.items():
            parts = sum(counts[name] for name in ("written", "same", "rejected", "expired", "others"))
            assert parts == counts["read"] == len(move.items(entity)), entity
        assert loaded["books"]["others"] == 64 + 3
    else:
        move.sync()
    rejected = {key for key, _ in (each.split(":", 1) for each in move.rejects())}
    assert rejected == {"books", "users", "orders", "carts"}
    for entity in ENTITIES:
        answer = move.call("verify", entity=entity)
        counts = Counter(answer["source_items"])
        assert answer["differences"] == 0, answer
        assert counts.pop("items") == counts.total() == len(move.items(entity)), entity
    assert move.target.run("SELECT count(*) FROM users WHERE user_id LIKE 'guest#%'") == [[2]]
    move.put("users", goods.user("guest#odd", first_name="Other"))
    assert move.call("verify", entity="users")["differences"] == 1
    examined = move.call("plan")["entities"]["users"]
    assert examined["rows"] + sum(examined["others"].values()) == len(move.items("users"))


POISON: list[tuple[str, dict[str, Any], str]] = [
    ("books", goods.book("bad-title", title="t" * 256), "title: has 256 characters"),
    ("books", goods.book("bad-nul", title="a\0b"), "title: has a NUL character"),
    ("books", goods.book("bad-price", price=Decimal("12.345")), "price: is 12.345, which is no whole number of cents"),
    ("books", goods.book("bad-noise", price=Decimal("19.989999999999998")), "no whole number of cents"),
    ("books", goods.book("bad-less", stock_quantity=-1), "stock_quantity: is -1"),
    ("books", goods.book("bad-isbn", isbn="0306406152"), "isbn: is '0306406152'"),
    ("books", goods.book("bad-more", weight=Decimal(3)), "weight: is not mapped"),
    ("books", goods.book("BAD id"), "book_id: is 'BAD id'"),
    ("books", {"category": "Fiction", "book_id": "bad-empty"}, "title: is missing; author: is missing"),
    ("users", goods.user("bad-status", account_status="sleeping"), "account_status: is 'sleeping'"),
    ("users", goods.user("bad-erased", account_status="erased", erased_at=goods.NOW), "there is still"),
    ("users", goods.user("bad-time", created_at="yesterday"), "created_at: is 'yesterday'"),
    ("users", goods.user("bad-name", first_name="n" * 101), "first_name: has 101 characters"),
    ("orders", goods.order("bad-order", status="lost")[0], "status: is 'lost'"),
    ("orders", goods.order("bad-empty", items=[])[0], "items: is empty"),
    ("orders", goods.order("bad-sum", total=Decimal("1.00"))[0], "total: is 1.00, the parts are"),
    ("orders", goods.order("bad-paid", authorisation=None)[0], "payment: goes with authorisation"),
    ("orders", goods.order("bad-twice", books=("book-1", "book-1"))[0], "items: has a book twice"),
    ("orders", goods.order("bad-text", total="12")[0], "total: is a text, must be a number"),
    ("orders", {"user_id": "u", "order_id": "idempotency#bad", "fingerprint": "f"}, "placed_order_id: goes with"),
    ("carts", goods.cart("bad-items", items="none"), "items: is a text, must be a list"),
    ("carts", goods.cart("bad-cart", cart_id="other"), "cart_id: is 'other'"),
]


def test_what_cannot_come_in_is_rejected_with_key_and_reason_and_keeps_nothing_back(move: Move) -> None:
    for entity, item, _ in POISON:
        move.put(entity, item)
    stock_up(move)
    loaded = move.load()
    found = move.rejects()
    for entity, item, reason in POISON:
        hits = [why for key, why in found.items() if key.startswith(f"{entity}:") and reason in why]
        assert hits, (entity, item, reason, found)
    assert len(found) == len(POISON) == sum(each["rejected"] for each in loaded.values())
    assert [found["differences"] for found in move.verify().values()] == [0, 0, 0, 0]
    assert move.target.run("SELECT count(*) FROM books") == [[3]]


def test_what_must_be_there_once_is_the_firsts_and_the_others_are_rejected(move: Move) -> None:
    move.put("books", goods.category("Fiction"), goods.category("Prose"))
    move.put("books", goods.book("book-1"), goods.book("book-1", category="Prose"))
    move.put("books", goods.book("book-2", isbn="9780306406157"), goods.book("book-3", isbn="9780306406157"))
    move.put("users", goods.user("user-1", email="a@example.com"), goods.user("user-2", email="A@example.com"))
    same = goods.order("user-1", order_id="order-2026-11-20-same")
    move.put("orders", *same, *goods.order("user-2", order_id="order-2026-11-20-same"))
    move.put("orders", *goods.order("user-1", authorisation="sim_x"), *goods.order("user-1", authorisation="sim_x"))
    move.load()
    reasons = sorted(reason.partition(":")[0] for reason in move.rejects().values())
    assert reasons == ["authorisation", "book_id", "email", "isbn", "order_id"]
    assert [found["differences"] for found in move.verify().values()] == [0, 0, 0, 0]
    assert move.call("verify", entity="relations")["differences"] == 0


def test_what_is_only_written_otherwise_comes_in(move: Move) -> None:
    move.put("books", goods.book("book-1", isbn="978-0-306-40615-7", created_at="2026-11-20T10:00:00"))
    move.put("books", goods.book("book-2", created_at="2026-11-20T12:00:00.123+02:00", price=Decimal(7)))
    move.put("users", goods.user("user-1", email=...))
    move.put("orders", *goods.order("never-seen", books=("no-such-book",)))
    move.load()
    assert move.rejects() == {}
    assert move.target.run("SELECT isbn, created_at::text, price FROM books ORDER BY book_id") == [
        ["9780306406157", "2026-11-20 10:00:00+00", Decimal("12.30")],
        [None, "2026-11-20 10:00:00+00", Decimal("7.00")],
    ]
    assert move.target.run("SELECT book_id, public_book_id, title FROM order_items") == [
        [None, "no-such-book", "The no-such-book"]
    ]
    assert [found["differences"] for found in move.verify().values()] == [0, 0, 0, 0]


def test_lines_that_are_no_items_are_rejected_by_their_number(move: Move) -> None:
    lines = ["not json", json.dumps({"Item": wire(goods.book("book-1"))}), '{"item": {}}', "\ufffd\x00"]
    move.call("begin", source="phase1", exports={"books": move.export_lines("books", lines)})
    assert move.load_files("books")["written"] == 1
    assert sorted(key.rpartition(":")[2] for key in move.rejects()) == ["1", "3", "4"]


def test_an_order_whose_key_points_nowhere_is_told(move: Move) -> None:
    move.put("orders", goods.idempotency("user-1", "lost", "order-2026-11-20-nowhere"))
    move.load()
    found = move.call("verify", entity="relations")
    assert found["orphans"]["keys_without_order"] == 1
    assert "orders:user-1/idempotency#lost" in move.rejects()


def test_a_signature_holds_until_the_reason_changes(move: Move) -> None:
    move.put("books", goods.book("book-1", title="t" * 256))
    move.load()
    assert move.call("sign", by="", keys="all")["code"] == "refused"
    assert move.call("sign", by="the boss", keys=["books/Fiction/book-1"]) == {"rejects": 1, "unsigned": 0}
    move.load()
    assert move.call("state")["unsigned"] == 0
    move.put("books", goods.book("book-1", title="t" * 257))
    move.load()
    assert move.call("state")["unsigned"] == 1


def test_what_is_not_on_both_sides_the_same_is_found_from_either_side(move: Move) -> None:
    stock_up(move)
    move.load()
    move.target.run("UPDATE books SET price = 1 WHERE book_id = 'book-1'")
    move.target.run("UPDATE books SET stock_quantity = 1 WHERE book_id = 'book-2'")
    move.target.run("DELETE FROM books WHERE book_id = 'book-3'")
    move.target.run(
        """INSERT INTO books (id, book_id, title, author, price, category)
            VALUES (gen_random_uuid(), 'book-9', 't', 'a', 1, 'c')"""
    )
    move.target.run("UPDATE users SET phone = '123' WHERE user_id = 'user-1'")
    move.target.run("UPDATE orders SET status = 'shipped' WHERE status = 'confirmed'")
    found = move.verify()
    assert found["books"]["different"] == [
        {"key": "Fiction/book-1", "field": "price", "source": "12.30", "target": "1.00"},
        {"key": "Fiction/book-2", "field": "stock_quantity", "source": 7, "target": 1},
    ]
    assert (found["books"]["only_source"], found["books"]["only_target"]) == (["Prose/book-3"], ["c/book-9"])
    assert found["users"]["different"][0]["target"] == "(differs)"
    assert found["orders"]["differences"] == 2
    assert move.call("verify", entity="relations")["differences"] > 0


def test_of_two_loaders_of_one_file_one_wins(move: Move, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "LINES", 2)
    move.put("books", *(goods.book(f"book-{number}") for number in range(6)))
    move.call("begin", exports=move.export())
    ((_, key), *_) = move.keys()
    answers: list[dict[str, Any]] = []

    def load() -> None:
        engine = move.new_engine()
        answers.append(steps.load(engine, {"entity": "books", "key": key}, Deadline(60)))
        engine.target.close()

    threads = [threading.Thread(target=load) for _ in range(2)]
    gate, watch = Session(move.shop.login("shelfmaster")), move.target
    with gate.transaction():
        gate.script("LOCK TABLE books IN ACCESS EXCLUSIVE MODE")
        for thread in threads:
            thread.start()
        # One waits for the table; the other finds the file taken.
        while not answers:
            assert all(thread.is_alive() for thread in threads) or answers
    for thread in threads:
        thread.join()
    gate.close()
    assert sorted((answer["written"], answer["busy"], answer["done"]) for answer in answers) == [
        (0, True, False),
        (6, False, True),
    ]
    assert watch.run("SELECT lines, written, done FROM migration.checkpoints") == [[6, 6, True]]


def test_a_loader_that_was_overtaken_writes_nothing_twice(move: Move) -> None:
    move.put("books", *(goods.book(f"book-{number}") for number in range(3)))
    move.call("begin", exports=move.export())
    ((_, key), *_) = move.keys()
    first, second = move.engine.loader, move.engine.loader

    class Slow(loading.Lines):
        """Reads what another has loaded meanwhile."""

        def batches(self, entity: str, key: str, begun: int, after: str) -> Iterator[loading.Batch]:
            assert first.load("books", key, Deadline(60)).done
            yield from super().batches(entity, key, begun, after)

    second._reader = Slow(move.engine.exports)
    loaded = second.load("books", key, Deadline(60))
    assert (loaded.busy, loaded.done, loaded.written) == (True, False, 0)
    assert move.target.run("SELECT lines, written FROM migration.checkpoints") == [[3, 3]]


def test_a_lost_answer_of_the_database_does_not_stop_a_loader(move: Move) -> None:
    move.put("books", *(goods.book(f"book-{number}") for number in range(3)))
    move.call("begin", exports=move.export())
    keys = move.keys()
    saved = Saved(move, ())
    count = len(calls_of(lambda: move.load_files("books", keys)))
    for at in range(count):
        saved.restore()
        with boundary(at, lost_reply, after=True):
            move.load_files("books", keys)
        assert move.target.run("SELECT lines, written + same, done FROM migration.checkpoints") == [[3, 3, True]]


def test_an_order_and_its_key_that_did_not_see_each_other_are_tied_at_the_end_of_a_file(move: Move) -> None:
    placed, key = (items.read("orders", wire(item)) for item in goods.order("user-1", key="k-1"))
    assert isinstance(placed, Row)
    assert isinstance(key, Row)
    with patient_session(move) as one, patient_session(move) as other:
        merge_orders.merge(one, [placed], Terms("USD"), frozenset())
        merge_keys.merge(other, [key], Terms("USD"), frozenset())
    assert move.target.run("SELECT idempotency_key FROM orders") == [[None]]
    move.call("begin", exports={"orders": move.export_lines("orders", [])})
    move.load_files("orders")
    assert move.target.run("SELECT idempotency_key FROM orders") == [["k-1"]]
    assert move.target.run("SELECT count(*) FROM migration.pending_keys") == [[0]]


@pytest.mark.parametrize("module", [merge_books, merge_users, merge_orders])
def test_what_is_in_the_way_is_looked_up_by_index_and_never_by_reading_a_table(move: Move, module: Any) -> None:
    move.put("books", *(goods.book(f"book-{number}") for number in range(3)))
    move.load()
    with patient_session(move) as session:
        for staged in (merge_books.STAGED, merge_users.STAGED, merge_orders.STAGED, merge_orders.STAGED_ITEMS):
            staged.fill(session, [])
        # A table that is small is read, whatever indexes it has.
        session.script("SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan")
        for sql in (module.IN_THE_WAY, getattr(module, "CHANGED", "SELECT 1")):
            plan = "\n".join(line for (line,) in session.run("EXPLAIN " + sql.replace(":leaving", "'{}'")))
            for table in ("books", "users", "orders", "payments", "order_items"):
                assert f"Seq Scan on {table}" not in plan, plan


@contextmanager
def patient_session(move: Move) -> Iterator[Session]:
    session = Session(patient(move.shop.login("migration")))
    with session.transaction():
        yield session
    session.close()

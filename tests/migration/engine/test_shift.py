"""Shoppers come over and go back; what they did on one side is on the other, and no copy is sold twice."""

from datetime import timedelta
from typing import Any

import pytest
from migration.buckets import bucket
from migration.comparing import Differences
from migration.sharing import wanted_here
from migration.verifying import Pair, Pass, Verifier
from shared import clock

from tests.migration.engine import goods
from tests.migration.engine.move import Move
from tests.migration.engine.sides import Side, Sides

EARLY, LATE = "user-1", "user-2"


def everything(side: Side, user: str) -> dict[str, Any]:
    """What a shopper sees of themselves."""
    seen = {path: side.get(path, user) for path in ("/users/me", "/orders?limit=100", "/cart")}
    for item in seen["/cart"]["items"]:
        # Copies are where the shoppers are.
        del item["available"]
    return seen


def opened_shop(source: Side) -> list[str]:
    """Books, two shoppers who bought, and what they left in their carts."""
    books = [source.lambdas.new_book(stock=10), source.lambdas.new_book(stock=10, title="Another")]
    for user in (EARLY, LATE):
        assert source.get("/users/me", user)["user_id"] == user
        assert source.buy(user, books[0], key=f"first-of-{user}", quantity=2).status == 201
        source.lambdas.fill(user, **{books[1].replace("-", "_"): 3})
    return books


def opened(move: Move, sides: Sides) -> list[str]:
    """That shop, moved."""
    books = opened_shop(sides.source)
    move.sync()
    move.load()
    return books


def shift(move: Move, weight: int) -> dict[str, Any]:
    """As the operator does, nobody writing meanwhile."""
    move.sync()
    done = False
    while not done:
        done = move.call("replay", carts=True)["done"]
    answer = move.call("set_state", changes={"weight": weight}, version=move.call("state")["version"])
    assert "refused" not in answer, answer
    assert move.call("rebalance")["done"]
    move.sync()
    return answer


def copies(sides: Sides, move: Move, book: str) -> tuple[int, int]:
    here = move.target.run("SELECT stock_quantity FROM books WHERE book_id = :book", book=book)[0][0]
    return sides.source.lambdas.stock(book), here


def same_everywhere(move: Move) -> None:
    found = move.verify()
    assert {entity: each["differences"] for entity, each in found.items()} == dict.fromkeys(found, 0), found
    assert move.call("verify", entity="relations")["differences"] == 0


def test_the_buckets_of_the_shoppers_are_apart() -> None:
    assert bucket(EARLY) < 50 <= bucket(LATE)


def test_the_targets_own_functions_show_what_the_sources_did(move: Move, sides: Sides) -> None:
    books = opened(move, sides)
    for user in (EARLY, LATE):
        assert everything(sides.target, user) == everything(sides.source, user)
    for book in books:
        assert sides.target.get(f"/books/{book}") == sides.source.get(f"/books/{book}")
    again = sides.target.lambdas.buy(EARLY, expected="27.59", key=f"first-of-{EARLY}")
    assert (again.status, again.body["order_id"]) == (201, sides.source.orders(EARLY)[0]["order_id"])
    same_everywhere(move)


def test_what_was_done_on_the_target_the_sources_own_functions_show(move: Move, sides: Sides) -> None:
    books = opened(move, sides)
    shift(move, 100)
    target = sides.target
    bought = target.buy(LATE, books[1], key="second", quantity=1)
    assert bought.status == 201
    first = target.orders(EARLY)[0]["order_id"]
    assert target.lambdas.call("POST", f"/orders/{first}/cancel", user=EARLY).status == 200
    target.lambdas.call("PATCH", "/users/me", {"first_name": "Zoë", "address": goods.ADDRESS}, user=LATE)
    target.lambdas.fill(LATE, **{books[0].replace("-", "_"): 7})
    assert target.get("/users/me", "newcomer")["email"] == "newcomer@example.com"
    assert target.buy("newcomer", books[0], key="k").status == 201
    shift(move, 0)
    for user in (EARLY, LATE, "newcomer"):
        assert everything(sides.source, user) == everything(target, user)
    again = sides.source.lambdas.buy(LATE, expected=str(bought.body["total"]), key="second")
    assert (again.status, again.body) == (201, bought.body)
    other = sides.source.lambdas.buy(LATE, expected="1.00", key="second")
    assert other.code == "idempotency_mismatch"
    same_everywhere(move)


def test_an_account_erased_on_the_target_is_erased_at_the_source(move: Move, sides: Sides) -> None:
    opened(move, sides)
    shift(move, 100)
    assert sides.target.lambdas.call("DELETE", "/users/me", user=EARLY).status == 204
    shift(move, 0)
    (item,) = [item for item in move.items("users") if item["user_id"] == EARLY]
    assert sorted(item) == ["account_status", "erased_at", "user_id"]
    orders = [item for item in move.items("orders") if item["user_id"] == EARLY and "items" in item]
    assert [order["shipping_address"] for order in orders] == [None]
    assert EARLY not in {item["user_id"] for item in move.items("carts")}
    same_everywhere(move)


def test_the_back_office_of_the_target_changes_the_sources_catalogue_but_not_its_copies(
    move: Move, sides: Sides
) -> None:
    books = opened(move, sides)
    shift(move, 100)
    back_office = sides.target.lambdas
    new = back_office.new_book(stock=4, category="Fresh")
    there = back_office.call("GET", f"/books/{books[0]}").body
    changed = {
        **{name: there[name] for name in ("title", "author", "stock_quantity")},
        "price": 99,
        "category": "Moved",
    }
    assert back_office.admin("PUT", f"/admin/books/{books[0]}", changed).status == 200
    assert back_office.admin("DELETE", f"/admin/books/{books[1]}").status == 204
    assert move.call("replay")["done"]
    same_everywhere(move)
    found = {item["book_id"]: item for item in move.items("books") if not item["category"].startswith("#")}
    assert sorted(found) == sorted([new, books[0]])
    assert (found[new]["stock_quantity"], found[books[0]]["category"]) == (0, "Moved")
    registered = {item["book_id"] for item in move.items("books") if item["category"] == "#categories"}
    assert {"Fresh", "Moved"} <= registered
    shift(move, 0)
    assert copies(sides, move, new) == (4, 0)


def test_both_sides_sell_and_never_more_than_there_is(move: Move, sides: Sides) -> None:
    book = opened(move, sides)[0]
    shift(move, 50)
    assert copies(sides, move, book) == (3, 3)
    sold = 0
    for number in range(12):
        side, user = (sides.target, EARLY) if number % 3 else (sides.source, LATE)
        side.lambdas.call("DELETE", "/cart", user=user)
        sold += side.buy(user, book, key=f"k-{number}").status == 201
        if number % 4 == 3:
            move.sync()
            move.call("rebalance")
            there, here = copies(sides, move, book)
            assert there + here + sold == 6
    assert sold == 6
    move.sync()
    move.call("replay", carts=True)
    same_everywhere(move)


def test_each_shopper_is_written_by_one_side_alone(move: Move, sides: Sides) -> None:
    opened(move, sides)
    shift(move, 50)
    # Neither may come through: the source's row of the target's shopper, and the target's of the source's.
    move.put("users", goods.user(EARLY, first_name="Wrong"))
    move.target.run("UPDATE users SET first_name = 'Wrong' WHERE user_id = :user", user=LATE)
    move.put("carts", goods.cart(EARLY, lines=(("book-x", 1),)))
    move.sync()
    move.call("replay", carts=True)
    assert move.target.run("SELECT first_name FROM users WHERE user_id = :user", user=EARLY) == [[None]]
    assert [item.get("first_name") for item in move.items("users") if item["user_id"] == LATE] == [None]
    assert len(move.target.run("SELECT FROM migration.changes")) == 0


def test_an_order_that_comes_late_is_let_in_all_the_same(move: Move, sides: Sides) -> None:
    opened(move, sides)
    shift(move, 50)
    late, key = goods.order(EARLY, key="late")
    move.put("orders", late, key)
    assert move.sync()["written"] == 2
    assert late["order_id"] in {order["order_id"] for order in sides.target.orders(EARLY)}
    owing = goods.order(EARLY, payment="authorised")
    move.put("orders", *owing)
    move.sync()
    assert move.target.run("SELECT task FROM outbox") == [["settle"]]
    sides.target.orders(EARLY)
    # What was late once is the target's from then on.
    move.put("orders", {**late, "status": "shipped"})
    move.sync()
    assert move.target.run("SELECT status FROM orders WHERE order_id = :id", id=late["order_id"]) == [["confirmed"]]


def test_what_an_order_owes_is_paid_by_the_side_its_shopper_is_on(move: Move, sides: Sides) -> None:
    opened(move, sides)
    for user in (EARLY, LATE):
        move.put("orders", *goods.order(user, payment="authorised", key="owed"))
    shift(move, 50)
    owed = "SELECT users.user_id, task FROM outbox JOIN users ON users.id = outbox.user_id"
    assert move.target.run(owed) == [[EARLY, "settle"]]
    assert {order["payment"] for order in sides.target.orders(EARLY)} == {"captured"}
    shift(move, 0)
    assert move.target.run(owed) == []


def test_before_the_first_shift_the_new_shops_own_address_sells_to_testers_alone(move: Move, sides: Sides) -> None:
    (book, other) = opened(move, sides)
    target = sides.target
    target.lambdas.call("DELETE", "/cart", user=LATE)
    assert target.buy(LATE, book, key="too early").status == 503
    first = target.orders(LATE)[0]["order_id"]
    assert target.lambdas.call("POST", f"/orders/{first}/cancel", user=LATE).status == 503
    assert target.lambdas.admin("PATCH", f"/admin/books/{book}/stock", {"delta": 1}).status == 503
    assert target.lambdas.admin("DELETE", f"/admin/books/{other}").status == 503
    assert target.lambdas.admin("PATCH", f"/admin/orders/{first}", {"status": "shipped"}).status == 503
    assert copies(sides, move, book) == (6, 6)
    assert move.call("testers", add=[LATE]) == {"testers": [LATE]}
    bought = target.buy(LATE, book, key="tried")
    assert bought.status == 201
    assert "stands in the new shop alone" in move.call("testers", remove=[LATE])["refused"]
    assert target.lambdas.call("POST", f"/orders/{bought.body['order_id']}/cancel", user=LATE).status == 200
    assert move.call("testers", remove=[LATE]) == {"testers": []}
    same_everywhere(move)
    assert target.buy(LATE, book, key="again").status == 503
    move.call("testers", add=[LATE], remove=[LATE])
    shift(move, 50)
    assert target.buy(EARLY, book, key="mine").status == 201
    assert target.lambdas.admin("PATCH", f"/admin/books/{book}/stock", {"delta": 1}).status == 503


def test_the_database_knows_a_shoppers_bucket(move: Move) -> None:
    for name in ("", "a", "Ünïcode-漢字-😀", EARLY, LATE, *(f"{number:032x}" for number in range(200))):
        assert move.target.run("SELECT migration.bucket(:name)", name=name) == [[bucket(name)]]


def test_copies_are_as_many_whatever_the_shop_does_and_one_more_or_less_is_found(move: Move, sides: Sides) -> None:
    books = opened(move, sides)
    shift(move, 100)
    for _ in range(2):
        left = move.call("copies")["unknown"]
    assert left == 0
    back_office = sides.target.lambdas
    assert back_office.admin("PATCH", f"/admin/books/{books[0]}/stock", {"delta": 7}).status == 200
    back_office.new_book(stock=4)
    assert sides.target.buy(LATE, books[1], key="more", quantity=1).status == 201
    order = sides.target.orders(EARLY)[0]["order_id"]
    assert back_office.admin("PATCH", f"/admin/orders/{order}", {"status": "cancelled"}).status == 200
    assert sides.target.lambdas.call("POST", f"/orders/{sides.target.orders(LATE)[0]['order_id']}/cancel", user=LATE)
    assert back_office.admin("DELETE", f"/admin/books/{books[1]}").status == 204
    move.call("replay")
    assert move.call("verify", entity="relations")["stock"]["different"] == []
    move.target.run("UPDATE books SET stock_quantity = stock_quantity - 1 WHERE book_id = :book", book=books[0])
    (found,) = move.call("verify", entity="relations")["stock"]["different"]
    assert (found["key"], found["expected"] - found["target"] - found["sold"] - found["source"]) == (books[0], 1)


def test_a_cart_that_lives_on_the_target_is_no_difference_and_is_brought_over(move: Move, sides: Sides) -> None:
    books = opened(move, sides)
    shift(move, 50)
    sides.target.lambdas.fill(EARLY, **{books[0].replace("-", "_"): 4})
    same_everywhere(move)
    there = {item["book_id"]: item["quantity"] for item in sides.source.get("/cart", EARLY)["items"]}
    assert there[books[0]] == 4


@pytest.mark.parametrize("brought", [True, False])
def test_what_changes_at_every_look_is_on_its_way_and_what_never_comes_is_a_difference(
    move: Move, sides: Sides, monkeypatch: pytest.MonkeyPatch, *, brought: bool
) -> None:
    (book, *_) = opened(move, sides)
    prices = iter(range(20, 99))
    differs = Verifier._differs

    def busy(*arguments: Any) -> bool:
        """Meanwhile the one before comes over, and the next change is made."""
        if brought:
            move.sync()
        change = {"category": "Test", "title": "t", "author": "a", "stock_quantity": 1, "price": next(prices)}
        assert sides.source.lambdas.admin("PUT", f"/admin/books/{book}", change).status == 200
        return differs(*arguments)

    monkeypatch.setattr(Verifier, "_differs", busy)
    busy(move.engine.verifier, Pair("books", "", ""), Pass(False, 0, {}), Differences())
    first = move.call("verify", entity="books")
    again = move.call("verify", entity="books", suspects=first["suspects"], counted=first["counted"])
    assert again["differences"] == (0 if brought else 1)
    recorded = move.target.run("SELECT differences FROM migration.verifications WHERE entity = 'books'")
    assert recorded == [[again["differences"]]]


def test_a_line_that_was_sold_does_not_come_back_with_the_cart(move: Move, sides: Sides) -> None:
    books = opened(move, sides)
    shift(move, 100)
    line = next(item for item in move.items_of("functions-cloudshelf-phase2-carts") if item["book_id"] == books[1])
    move.target.run(
        """INSERT INTO outbox (order_id, task, user_id, lines)
            SELECT orders.id, 'settle', users.id, jsonb_build_object(:book::text, :revision::text)
            FROM orders JOIN users ON users.id = orders.user_id WHERE users.user_id = :user""",
        book=books[1],
        revision=line["revision"],
        user=line["user_id"],
    )
    move.call("replay", carts=True)
    assert sides.source.get("/cart", line["user_id"])["items"] == []


def test_after_a_way_back_a_move_may_begin_anew(move: Move, sides: Sides) -> None:
    books = opened(move, sides)
    shift(move, 25)
    assert "copies are here" in move.call("set_state", changes={"weight": 0, "escrow": False})["refused"]
    shift(move, 0)
    assert not move.call("set_state", changes={"escrow": False})["escrow"]
    assert not move.call("end_capture")["capture"]
    assert move.call("refresh", entity="books")["done"]
    assert copies(sides, move, books[0]) == (6, 6)
    assert sides.source.buy(LATE, books[0], key="again").status == 201
    move.sync()
    same_everywhere(move)
    assert sum(each["written"] for each in move.load().values()) == 0
    shift(move, 100)
    assert copies(sides, move, books[0]) == (0, 5)


def test_a_move_ends_when_nothing_is_in_its_way(move: Move, sides: Sides) -> None:
    move.put("books", goods.book("bad", title="t" * 300))
    opened(move, sides)
    refused = move.call("finish")["refused"]
    for reason in ("0 % of the shoppers", "1 rejects are signed", "books were not verified", "relations were not"):
        assert reason in refused
    shift(move, 100)
    same_everywhere(move)
    assert "1 rejects are signed" in move.call("finish")["refused"]
    move.call("sign", by="the boss", keys="all")
    move.target.run("UPDATE orders SET status = 'pending' WHERE user_id IN (SELECT id FROM users LIMIT 1)")
    move.verify("orders")
    assert "The orders have 1 differences" in move.call("finish")["refused"]
    move.call("replay")
    move.verify("orders")
    assert move.call("finish")["step"] == "finished"
    assert not [item for item in move.items("books") if item["category"].startswith("#t")]
    assert move.call("finish")["step"] == "finished"


def test_a_verification_of_before_a_shift_is_of_before_whatever_the_clock_says(move: Move, sides: Sides) -> None:
    opened(move, sides)
    shift(move, 50)
    same_everywhere(move)
    shift(move, 100)
    move.target.run("UPDATE migration.state SET weighed_at = now() - interval '1 hour'")
    assert "books were not verified since the last shift" in move.call("finish")["refused"]
    same_everywhere(move)
    move.target.run("UPDATE migration.state SET weighed_at = now() + interval '1 hour'")
    assert move.call("finish")["step"] == "finished"


@pytest.mark.parametrize("apart", [10, -10])
def test_clocks_that_are_apart_and_step_back_lose_and_double_nothing(
    move: Move, sides: Sides, monkeypatch: pytest.MonkeyPatch, apart: int
) -> None:
    """The old side is minutes before or after the new one, and each call's clock is seconds before the last one's."""
    real, steps, offset = clock.now, iter(range(0, 10_000, 5)), [0]
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(minutes=offset[0], seconds=-next(steps)))

    def at(side: Side) -> Side:
        offset[0] = apart if side is sides.source else -apart
        return side

    at(sides.source)
    books = opened(move, sides)
    cancelled = sides.source.orders(LATE)[0]["order_id"]
    move.call("lag", mark=True)
    move.sync()
    assert sides.source.lambdas.call("POST", f"/orders/{cancelled}/cancel", user=LATE).status == 200
    at(sides.target)
    move.call("lag", mark=True)
    waiting = move.call("lag")["marks_waiting"]
    move.sync()
    assert (waiting, move.call("lag")["marks_waiting"]) == (256, 0)
    for number, weight in enumerate((50, 100, 0, 100)):
        shift(move, weight)
        for user in (EARLY, LATE):
            owner = at(sides.target if bucket(user) < weight else sides.source)
            owner.lambdas.call("DELETE", "/cart", user=user)
            bought = owner.buy(user, books[1], key=f"{user} {number}", quantity=1)
            assert bought.status == 201
            if number % 2:
                path = f"/orders/{bought.body['order_id']}/cancel"
                assert owner.lambdas.call("POST", path, user=user).status == 200
        at(sides.target)
        move.sync()
        move.call("replay", carts=True)
        move.sync()
        same_everywhere(move)
    statuses = [order["status"] for user in (EARLY, LATE) for order in sides.target.orders(user)]
    assert sorted(statuses) == ["cancelled"] * 5 + ["confirmed"] * 5


def test_a_state_that_somebody_else_changed_is_not_overwritten(move: Move) -> None:
    first = move.call("state")["version"]
    assert move.call("set_state", changes={"hold_from": 0, "hold_to": 5}, version=first)["hold_to"] == 5
    again = move.call("set_state", changes={"weight": 5}, version=first)
    assert again["code"] == "conflict"
    assert move.call("state")["weight"] == 0


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"version": 9}, "version: is not for anybody"),
        ({"weight": 5, "escrow": False}, "escrow: is needed"),
        ({"weight": 101}, "weight: is 101"),
    ],
)
def test_a_state_that_must_not_be_is_refused(move: Move, changes: dict[str, Any], reason: str) -> None:
    assert reason in move.call("set_state", changes=changes)["refused"]
    assert move.call("state")["version"] == 1


def test_steps_that_would_undo_what_shoppers_did_are_refused(move: Move, sides: Sides) -> None:
    opened(move, sides)
    shift(move, 50)
    assert "already" in move.call("begin", exports=move.export())["refused"]
    assert "undone" in move.call("refresh", entity="users")["refused"]
    assert "both sides" in move.call("end_capture")["refused"]
    assert "is no step" in move.call("unheard of")["refused"]


@pytest.mark.parametrize(
    ("here", "whole", "weight", "wanted"),
    [
        *((5, 10, 0, 0), (0, 10, 100, 10), (0, 10, 25, 3), (3, 10, 25, 3), (4, 10, 25, 4), (0, 2, 1, 1), (2, 2, 99, 1)),
        *((0, 1, 49, 0), (0, 1, 50, 1), (50, 1000, 5, 50), (0, 0, 50, 0), (1000, 1000, 99, 990)),
    ],
)
def test_copies_are_shared_as_the_shoppers_are(here: int, whole: int, weight: int, wanted: int) -> None:
    assert wanted_here(here, whole, weight) == wanted

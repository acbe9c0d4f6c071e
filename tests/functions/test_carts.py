"""Carts, shoppers' and guests', in both layouts: the same cart whatever comes between."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from books import handler as books_handler
from carts import catalogue as asking
from carts import handler
from carts.changing import changed, merged_session, merging
from carts.model import MOST_BOOKS, Cart, MergeItem
from carts.store import Carts, Change, Stale
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shared import clock
from shared.cart_rows import CartRows, revisions
from shared.dynamo import Table
from shared.problems import Unavailable
from shared.session import cart_owner, key_of

from cloudshelf.local.aws import AwsEmulator
from tests.functions.carts_fixtures import (
    LAYOUTS,
    SERVICES,
    TABLES,
    Guest,
    Known,
    LayoutStore,
    catalogue,
    http_server,
    invoked,
    rows_of,
    store_of,
)
from tests.functions.faults import Crash, faulty
from tests.functions.lambdas import Context, Lambdas, somebody
from tests.functions.stores import use

MERGE = "merge-0001"


@pytest.fixture(params=LAYOUTS)
def layout(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def front(layout: str, emulator: AwsEmulator, monkeypatch: pytest.MonkeyPatch) -> Lambdas:
    store = LayoutStore(emulator.client("dynamodb"), layout)
    use(store, monkeypatch, SERVICES)
    return Lambdas(store)


@pytest.fixture
def carts(layout: str, front: Lambdas) -> Carts:  # noqa: ARG001 - the environment must be set first
    return store_of(layout)


@pytest.fixture
def rows(layout: str, front: Lambdas) -> CartRows:  # noqa: ARG001 - the environment must be set first
    return rows_of(layout)


def put(carts: Carts, user: str, book_id: str, quantity: int) -> Cart:
    book = catalogue().find(book_id)
    assert book is not None
    return changed(carts, user, lambda cart: cart.with_book(book, quantity))


def quantities(cart: Cart) -> dict[str, int]:
    return {line.book_id: line.quantity for line in cart.lines}


def filled(carts: Carts, user: str, books: Known, ends_at: int | None = None) -> Cart:
    """A cart of one copy of each, made at once."""
    return changed(carts, user, merging(books, "fill-0001", [MergeItem(each, 1) for each in books.ids]), ends_at)


class TestOneShopper:
    def test_a_book_that_was_put_in_is_there_with_its_facts_from_the_catalogue(self, front: Lambdas) -> None:
        shopper, book = somebody(), front.new_book(price="12.50", stock=4, title="Dune")
        answer = front.call("PUT", f"/cart/items/{book}", {"quantity": 3}, user=shopper)
        assert (answer.status, answer.body) == (200, front.call("GET", "/cart", user=shopper).body)
        (item,) = answer.body["items"]
        assert (item["title"], str(item["price"]), item["quantity"], item["available"]) == ("Dune", "12.50", 3, 4)
        assert (answer.body["item_count"], str(answer.body["total_amount"])) == (3, "37.50")

    def test_books_stay_in_the_order_they_were_put_in(self, front: Lambdas) -> None:
        shopper = somebody()
        ids = sorted((front.new_book() for _ in range(3)), reverse=True)
        front.fill(shopper, **{ids[0]: 1, ids[1]: 1, ids[2]: 1})
        front.fill(shopper, **{ids[0]: 2})
        assert list(front.cart_of(shopper)) == ids

    def test_a_book_is_taken_out_once_and_then_nothing_changes(self, front: Lambdas) -> None:
        shopper, book, other = somebody(), front.new_book(), front.new_book()
        front.fill(shopper, **{book: 1, other: 2})
        assert front.call("DELETE", f"/cart/items/{book}", user=shopper).status == 200
        before = front.store.cart_rows(shopper)
        assert front.call("DELETE", f"/cart/items/{book}", user=shopper).status == 200
        assert front.store.cart_rows(shopper) == before
        assert front.cart_of(shopper) == {other: 2}

    def test_an_emptied_cart_takes_the_same_books_again(self, front: Lambdas) -> None:
        shopper, book = somebody(), front.new_book()
        for _ in range(3):
            front.fill(shopper, **{book: 2})
            assert front.cart_of(shopper) == {book: 2}
            assert front.call("DELETE", "/cart", user=shopper).status == 204
            assert front.cart_of(shopper) == {}

    def test_setting_what_is_set_already_writes_nothing(self, front: Lambdas) -> None:
        shopper, book = somebody(), front.new_book()
        front.fill(shopper, **{book: 2})
        with faulty(None) as calls:
            front.fill(shopper, **{book: 2})
        assert {"put_item", "transact_write_items", "update_item"}.isdisjoint(calls.calls)

    def test_a_price_the_client_sends_is_refused(self, front: Lambdas) -> None:
        shopper, book = somebody(), front.new_book()
        answer = front.call("PUT", f"/cart/items/{book}", {"quantity": 1, "price": 0.01}, user=shopper)
        assert (answer.status, answer.code) == (400, "invalid_request")

    def test_the_cart_shows_todays_price_and_what_is_left(self, front: Lambdas) -> None:
        shopper, book = somebody(), front.new_book(price="10.00", stock=5)
        front.fill(shopper, **{book: 2})
        body = {"category": "Test", "title": "A book", "author": "Somebody", "price": 11.5, "stock_quantity": 0}
        assert front.admin("PUT", f"/admin/books/{book}", body).status == 200
        assert front.admin("PATCH", f"/admin/books/{book}/stock", {"delta": -4}).status == 200
        (item,) = front.call("GET", "/cart", user=shopper).body["items"]
        assert (str(item["price"]), item["available"]) == ("11.50", 1)

    def test_a_book_that_left_the_catalogue_stays_in_sight_and_cannot_be_had(self, front: Lambdas) -> None:
        shopper, book = somebody(), front.new_book(title="Gone")
        front.fill(shopper, **{book: 1})
        assert front.admin("DELETE", f"/admin/books/{book}").status == 204
        (item,) = front.call("GET", "/cart", user=shopper).body["items"]
        assert (item["title"], item["available"]) == ("Gone", 0)
        assert front.call("PUT", f"/cart/items/{book}", {"quantity": 2}, user=shopper).status == 404


class TestLimits:
    def test_a_full_cart_takes_no_other_book_but_more_copies(self, front: Lambdas, carts: Carts) -> None:
        shopper, books, other = somebody(), Known(MOST_BOOKS), front.new_book()
        full = filled(carts, shopper, books)
        answer = front.call("PUT", f"/cart/items/{other}", {"quantity": 1}, user=shopper)
        assert (answer.status, answer.code) == (409, "cart_full")
        more = changed(carts, shopper, merging(books, MERGE, [MergeItem(books.ids[0], 8)]))
        assert quantities(more) == {**quantities(full), books.ids[0]: 9}
        assert front.call("DELETE", "/cart", user=shopper).status == 204
        front.fill(shopper, **{other: 1})
        assert front.cart_of(shopper) == {other: 1}

    def test_a_merge_that_would_overfill_a_cart_changes_nothing(self, front: Lambdas, carts: Carts) -> None:
        shopper, books, other = somebody(), Known(MOST_BOOKS), front.new_book()
        before = filled(carts, shopper, books)
        items = [{"book_id": other, "quantity": 1}]
        answer = front.call("POST", "/cart/merge", {"merge_id": MERGE, "items": items}, user=shopper)
        assert answer.code == "cart_full"
        assert carts.load(shopper) == before

    def test_merged_copies_are_summed_and_capped_once(self, front: Lambdas) -> None:
        shopper, few, many = somebody(), front.new_book(), front.new_book()
        front.fill(shopper, **{few: 2, many: 60})
        wish = {
            "merge_id": MERGE,
            "items": [
                {"book_id": few, "quantity": 3},
                {"book_id": many, "quantity": 60},
                {"book_id": "book-gone", "quantity": 1},
            ],
        }
        for _ in range(2):
            assert front.call("POST", "/cart/merge", wish, user=shopper).status == 200
            assert front.cart_of(shopper) == {few: 5, many: 99}

    @pytest.mark.parametrize(
        "wish", [{"merge_id": MERGE}, {"merge_id": MERGE, "session": False}, {"session": True, "items": []}]
    )
    def test_a_merge_is_of_items_or_of_the_session(self, front: Lambdas, wish: dict[str, Any]) -> None:
        assert front.call("POST", "/cart/merge", wish, user=somebody()).code == "invalid_request"


class TestAtOnce:
    def test_changes_of_different_books_at_once_all_survive(self, front: Lambdas, carts: Carts) -> None:
        shopper, ids = somebody(), [front.new_book() for _ in range(4)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda book_id: put(carts, shopper, book_id, 2), ids))
        assert front.cart_of(shopper) == dict.fromkeys(ids, 2)

    def test_merges_at_once_are_summed(self, front: Lambdas, carts: Carts) -> None:
        shopper, book = somebody(), front.new_book()

        def merge(number: int) -> None:
            changed(carts, shopper, merging(catalogue(), f"merge-{number:04}", [MergeItem(book, 10)]))

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(merge, range(4)))
        assert front.cart_of(shopper) == {book: 40}

    def test_one_merge_sent_often_at_once_counts_once(self, front: Lambdas, carts: Carts) -> None:
        shopper, book = somebody(), front.new_book()
        merge = merging(catalogue(), MERGE, [MergeItem(book, 7)])
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: changed(carts, shopper, merge), range(4)))
        assert front.cart_of(shopper) == {book: 7}

    @pytest.mark.parametrize("emptied", [False, True], ids=["set", "emptied"])
    def test_a_change_made_from_an_old_cart_is_refused(self, front: Lambdas, carts: Carts, emptied: bool) -> None:
        shopper, book = somebody(), front.new_book()
        old = put(carts, shopper, book, 1)
        put(carts, shopper, book, 2)
        found = catalogue().find(book)
        assert found is not None
        with pytest.raises(Stale):
            carts.save([Change(shopper, old, old.emptied() if emptied else old.with_book(found, 9))])
        assert front.cart_of(shopper) == {book: 2}

    def test_of_two_carts_none_changes_when_one_is_not_as_it_was(self, front: Lambdas, carts: Carts) -> None:
        one, other, book = somebody(), somebody(), front.new_book()
        mine, old = put(carts, one, book, 1), put(carts, other, book, 1)
        put(carts, other, book, 2)
        with pytest.raises(Stale):
            carts.save([Change(one, mine, mine.emptied()), Change(other, old, old.emptied())])
        assert (front.cart_of(one), front.cart_of(other)) == ({book: 1}, {book: 2})

    @pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
    @pytest.mark.parametrize("method", ["PUT", "DELETE"])
    def test_a_crash_at_any_call_leaves_the_old_or_the_new_cart(self, front: Lambdas, after: bool, method: str) -> None:
        path, body = ("/cart/items/{}", {"quantity": 5}) if method == "PUT" else ("/cart", None)
        for at in range(6):
            shopper, book = somebody(), front.new_book()
            front.fill(shopper, **{book: 1})
            with faulty(at, Crash, after=after), suppress(Crash):
                front.call(method, path.format(book), body, user=shopper)
            assert front.cart_of(shopper) in ({book: 1}, {book: 5} if method == "PUT" else {})
            front.fill(shopper, **{book: 3})
            assert front.cart_of(shopper) == {book: 3}


class TestRows:
    """What orders and profiles do with a cart."""

    def test_what_was_bought_is_cleared_and_what_changed_since_is_kept(
        self, front: Lambdas, carts: Carts, rows: CartRows
    ) -> None:
        shopper = somebody()
        bought, more, again, late = (front.new_book() for _ in range(4))
        front.fill(shopper, **{bought: 1, more: 1, again: 1})
        sold = revisions(rows.lines(shopper))
        front.fill(shopper, **{more: 2, late: 1})
        front.call("DELETE", f"/cart/items/{again}", user=shopper)
        front.fill(shopper, **{again: 1})
        for _ in range(2):
            rows.clear(shopper, sold)
            assert front.cart_of(shopper) == {more: 2, late: 1, again: 1}
        put(carts, shopper, bought, 1)
        rows.clear(shopper, sold)
        assert front.cart_of(shopper) == {more: 2, late: 1, again: 1, bought: 1}

    def test_lines_from_before_there_were_revisions_are_cleared(
        self, front: Lambdas, layout: str, rows: CartRows
    ) -> None:
        shopper, book, other = somebody(), front.new_book(), front.new_book()
        front.fill(shopper, **{book: 1, other: 1})
        table = Table(TABLES[layout])
        for item in front.store.cart_rows(shopper):
            lines = [{n: v for n, v in line.items() if n != "revision"} for line in item.get("items", [])]
            table.put({n: v for n, v in item.items() if n != "revision"} | ({"items": lines} if lines else {}))
        sold = revisions(rows.lines(shopper))
        assert sold == {book: "", other: ""}
        front.fill(shopper, **{other: 2})
        rows.clear(shopper, sold)
        assert front.cart_of(shopper) == {other: 2}

    def test_a_change_under_way_meets_a_cleared_line_and_starts_again(
        self, front: Lambdas, carts: Carts, rows: CartRows
    ) -> None:
        shopper, book, other = somebody(), front.new_book(), front.new_book()
        put(carts, shopper, other, 1)
        cart = put(carts, shopper, book, 1)
        rows.clear(shopper, revisions(cart.lines[-1:]))
        with pytest.raises(Stale):
            carts.save([Change(shopper, cart, cart.without(book))])
        assert front.call("DELETE", f"/cart/items/{book}", user=shopper).status == 200
        assert front.cart_of(shopper) == {other: 1}

    def test_an_erased_cart_leaves_no_row(self, front: Lambdas, rows: CartRows) -> None:
        shopper = somebody()
        front.fill(shopper, **{front.new_book(): 1, front.new_book(): 2})
        rows.erase(shopper)
        assert front.store.cart_rows(shopper) == []
        rows.erase(shopper)

    def test_another_shoppers_cart_is_out_of_reach(self, front: Lambdas, rows: CartRows) -> None:
        one, other, book = somebody(), somebody(), front.new_book()
        front.fill(one, **{book: 1})
        front.fill(other, **{book: 2})
        rows.clear(one, revisions(rows.lines(other)))
        rows.erase(one)
        assert (front.cart_of(one), front.cart_of(other)) == ({}, {book: 2})


class TestGuests:
    def test_a_guest_has_a_cart_without_signing_in(self, front: Lambdas) -> None:
        guest, book, other = Guest(front), front.new_book(), front.new_book()
        guest.fill({book: 2, other: 1})
        assert guest.cart() == {book: 2, other: 1}
        assert guest.call("DELETE", f"/sessions/me/cart/items/{other}").status == 200
        assert guest.cart() == {book: 2}
        assert guest.call("DELETE", "/sessions/me/cart").status == 204
        assert guest.cart() == {}

    def test_guests_do_not_see_each_others_carts(self, front: Lambdas) -> None:
        one, other, book = Guest(front), Guest(front), front.new_book()
        one.fill({book: 2})
        assert other.cart() == {}

    @pytest.mark.parametrize(
        ("method", "path", "body"),
        [
            ("GET", "/sessions/me/cart", None),
            ("DELETE", "/sessions/me/cart", None),
            ("PUT", "/sessions/me/cart/items/book-1", {"quantity": 1}),
            ("DELETE", "/sessions/me/cart/items/book-1", None),
        ],
    )
    def test_without_a_live_session_there_is_no_cart(self, front: Lambdas, method: str, path: str, body: Any) -> None:
        ended = Guest(front)
        ended.call("DELETE", "/sessions/me")
        for cookie in (None, "cloudshelf_session=", f"cloudshelf_session={'a' * 43}", ended.cookie):
            answer = front.call(method, path, body, headers={"Cookie": cookie} if cookie else {})
            assert (answer.status, answer.code) == (401, "unauthorized"), cookie

    def test_a_guests_rows_end_with_the_session_and_a_shoppers_do_not(self, front: Lambdas, layout: str) -> None:
        guest, shopper, book = Guest(front), somebody(), front.new_book()
        guest.fill({book: 1})
        front.fill(shopper, **{book: 1})
        latest = int((clock.now() + timedelta(hours=168)).timestamp())
        rows = front.store.cart_rows(f"guest#{key_of(guest.session_id)}")
        assert rows
        assert all(latest - 60 < row["expires_at"] <= latest for row in rows)
        if layout == "items":
            assert all("expires_at" not in row for row in front.store.cart_rows(shopper))

    def test_nothing_in_the_table_leads_to_a_session(self, front: Lambdas) -> None:
        guest = Guest(front)
        guest.fill({front.new_book(): 1})
        assert isinstance(front.store, LayoutStore)
        kept = str(front.store.sessions()) + str(front.store.cart_rows(f"guest#{key_of(guest.session_id)}"))
        assert guest.session_id not in kept


class TestSessionMerge:
    def test_the_sessions_cart_moves_into_the_shoppers_once(self, front: Lambdas) -> None:
        guest, shopper, book, other = Guest(front), somebody(), front.new_book(), front.new_book()
        guest.fill({book: 60, other: 1})
        front.fill(shopper, **{book: 60})
        for _ in range(2):
            answer = guest.merge(shopper, MERGE)
            assert (answer.status, answer.body["item_count"]) == (200, 100)
            assert (front.cart_of(shopper), guest.cart()) == ({book: 99, other: 1}, {})

    def test_what_the_guest_adds_after_a_merge_waits_for_another_one(self, front: Lambdas) -> None:
        guest, shopper, book = Guest(front), somebody(), front.new_book()
        guest.fill({book: 1})
        guest.merge(shopper, MERGE)
        guest.fill({book: 2})
        guest.merge(shopper, MERGE)
        assert (front.cart_of(shopper), guest.cart()) == ({book: 1}, {book: 2})
        guest.merge(shopper, "merge-0002")
        assert (front.cart_of(shopper), guest.cart()) == ({book: 3}, {})

    def test_the_largest_cart_moves_at_once(self, front: Lambdas, carts: Carts) -> None:
        guest, shopper, books = Guest(front), somebody(), Known(MOST_BOOKS)
        session = handler.sessions().live(guest.session_id)
        filled(carts, cart_owner(session), books, session.ends_at)
        with faulty(None) as calls:
            moved = merged_session(carts, books, shopper, MERGE, session)
        assert calls.calls.count("transact_write_items") == 1
        assert quantities(moved) == quantities(carts.load(shopper)) == dict.fromkeys(books.ids, 1)
        assert guest.cart() == {}

    def test_a_merge_into_a_full_cart_leaves_both_as_they_were(self, front: Lambdas, carts: Carts) -> None:
        guest, shopper, book = Guest(front), somebody(), front.new_book()
        full = filled(carts, shopper, Known(MOST_BOOKS))
        guest.fill({book: 1})
        assert guest.merge(shopper, MERGE).code == "cart_full"
        assert (carts.load(shopper), guest.cart()) == (full, {book: 1})

    @pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
    def test_a_crash_at_any_call_loses_nothing_and_adds_nothing_twice(
        self, front: Lambdas, carts: Carts, after: bool
    ) -> None:
        session, books = handler.sessions().live(Guest(front).session_id), Known(2)
        guest = cart_owner(session)
        at, crashed = 0, True
        while crashed:
            shopper, expected = somebody(), {books.ids[0]: 2, books.ids[1]: 1 + at}
            _set(carts, guest, books, {books.ids[0]: 1, books.ids[1]: 1 + at})
            _set(carts, shopper, books, {books.ids[0]: 1})
            crashed = _crashes(lambda shopper=shopper: merged_session(carts, books, shopper, MERGE, session), at, after)
            assert _sum(quantities(carts.load(shopper)), quantities(carts.load(guest))) == expected
            merged_session(carts, books, shopper, MERGE, session)
            assert (quantities(carts.load(shopper)), quantities(carts.load(guest))) == (expected, {})
            at += 1
        assert at > 3

    def test_merges_of_one_session_at_once_count_once(self, front: Lambdas) -> None:
        guest, shopper, book = Guest(front), somebody(), front.new_book()
        guest.fill({book: 7})
        handler.carts(), handler.books(), handler.sessions()
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda n: guest.merge(shopper, f"merge-{n:04}"), range(4)))
        assert {answer.status for answer in answers} == {200}
        assert (front.cart_of(shopper), guest.cart()) == ({book: 7}, {})

    def test_a_merge_needs_a_live_session(self, front: Lambdas) -> None:
        wish = {"merge_id": MERGE, "session": True}
        assert front.call("POST", "/cart/merge", wish, user=somebody()).code == "unauthorized"

    def test_a_shop_without_sessions_says_so(self, front: Lambdas, monkeypatch: pytest.MonkeyPatch) -> None:
        guest = Guest(front)
        monkeypatch.delenv("CAPABILITIES")
        answer = guest.merge(somebody(), MERGE)
        assert (answer.status, answer.body["errors"]) == (400, ["session: this shop has no sessions; send items"])
        assert guest.call("GET", "/sessions/me/cart").status == 404
        assert front.call("POST", "/sessions").status == 404


def _set(carts: Carts, user: str, books: Known, wanted: Mapping[str, int]) -> None:
    changed(carts, user, merging(books, uuid.uuid4().hex, [MergeItem(*each) for each in wanted.items()]))


def _crashes(work: Callable[[], object], at: int, after: bool) -> bool:
    """Whether there is such a call to crash at."""
    with faulty(at, Crash, after=after):
        try:
            work()
        except Crash:
            return True
    return False


def _sum(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    return {book: one.get(book, 0) + other.get(book, 0) for book in one | other}


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.integers(0, 4), st.integers(1, 99)),
        st.tuples(st.just("remove"), st.integers(0, 4), st.none()),
        st.tuples(st.just("merge"), st.integers(0, 4), st.integers(1, 99)),
        st.tuples(st.just("clear"), st.none(), st.none()),
        st.tuples(st.just("buy"), st.none(), st.none()),
    ),
    max_size=12,
)


FIVE = Known(5)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_the_layouts_hold_the_same_cart_after_any_steps(emulator: AwsEmulator, steps: list[Any]) -> None:  # noqa: ARG001
    shopper = somebody()
    for number, (step, which, quantity) in enumerate(steps):
        carts = []
        for name in LAYOUTS:
            if step == "buy":
                rows_of(name).clear(shopper, revisions(rows_of(name).lines(shopper)))
            else:
                changed(store_of(name), shopper, _step(step, which, quantity, f"merge-{number:04}"))
            carts.append(list(quantities(store_of(name).load(shopper)).items()))
        assert carts[0] == carts[1], (number, step)


def _step(step: str, which: int | None, quantity: int | None, merge_id: str) -> Callable[[Cart], Cart]:
    book_id = FIVE.ids[which or 0]
    book = FIVE.find(book_id)
    assert book is not None
    if step == "set":
        return lambda cart: cart.with_book(book, quantity or 1)
    if step == "remove":
        return lambda cart: cart.without(book_id)
    return Cart.emptied if step == "clear" else merging(FIVE, merge_id, [MergeItem(book_id, quantity or 1)])


@pytest.mark.parametrize("layout", ["items"], indirect=True)
class TestItems:
    def test_what_a_crash_left_of_an_emptied_cart_is_swept_by_the_next(self, front: Lambdas) -> None:
        shopper, ids = somebody(), [front.new_book() for _ in range(3)]
        front.fill(shopper, **dict.fromkeys(ids, 1))
        with faulty(None) as calls:
            front.call("GET", "/cart", user=shopper)
        loading = calls.calls.index("query") + 1
        with faulty(loading, Crash, after=True), pytest.raises(Crash):
            front.call("DELETE", "/cart", user=shopper)
        assert (front.cart_of(shopper), len(front.store.cart_rows(shopper))) == ({}, 4)
        front.fill(shopper, **{ids[0]: 2})
        assert front.cart_of(shopper) == {ids[0]: 2}
        front.call("DELETE", "/cart", user=shopper)
        assert len(front.store.cart_rows(shopper)) == 1

    def test_a_guests_expired_rows_are_as_if_they_were_not_there(
        self, front: Lambdas, carts: Carts, rows: CartRows
    ) -> None:
        guest = f"guest#{uuid.uuid4().hex}"
        filled(carts, guest, Known(1), int(clock.now().timestamp()) - 1)
        assert front.store.cart_rows(guest)
        assert rows.lines(guest) == ()

    def test_rows_without_a_head_are_a_cart(self, front: Lambdas, layout: str) -> None:
        """As after a move from another store, by the seed's own names."""
        shopper, book = somebody(), front.new_book()
        row = {"user_id": shopper, "book_id": book, "quantity": 2, "category": "Test"}
        Table(TABLES[layout]).put({**row, "book_title": "A book", "book_price": 10})
        assert front.cart_of(shopper) == {book: 2}
        front.fill(shopper, **{book: 3})
        assert front.cart_of(shopper) == {book: 3}
        front.call("DELETE", "/cart", user=shopper)
        front.fill(shopper, **{book: 1})
        assert front.cart_of(shopper) == {book: 1}


@pytest.mark.parametrize("layout", ["items"], indirect=True)
class TestInvokedCatalogue:
    """Carts that cannot reach the database ask the function of the catalogue."""

    @pytest.fixture(autouse=True)
    def _invoking(self, front: Lambdas, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:  # noqa: ARG002
        self.asked = 0

        def answer(event: Any, context: Any) -> Any:
            self.asked += 1
            return books_handler.lambda_handler(event, context)

        with http_server(invoked(answer, Context())) as url:
            monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", url)
            monkeypatch.setenv("BOOKS_FUNCTION_NAME", "cloudshelf-enhanced-books")
            for factory in (asking._client, handler.books):
                factory.cache_clear()
            yield
        for factory in (asking._client, handler.books):
            factory.cache_clear()

    def test_facts_come_from_the_function(self, front: Lambdas) -> None:
        shopper, book = somebody(), front.new_book(price="12.50", title="Dune", stock=3)
        answer = front.call("PUT", f"/cart/items/{book}", {"quantity": 2}, user=shopper)
        (item,) = answer.body["items"]
        assert (item["title"], str(item["price"]), item["available"]) == ("Dune", "12.50", 3)
        assert front.call("PUT", "/cart/items/book-none", {"quantity": 2}, user=shopper).status == 404

    def test_a_merge_asks_once_for_all_books(self, front: Lambdas) -> None:
        ids = [front.new_book() for _ in range(5)]
        wish = {"merge_id": MERGE, "items": [{"book_id": each, "quantity": 1} for each in ids]}
        assert front.call("POST", "/cart/merge", wish, user=somebody()).body["item_count"] == 5
        # Once to merge, once to show.
        assert self.asked == 2

    def test_a_function_that_fails_is_an_outage(self, front: Lambdas, monkeypatch: pytest.MonkeyPatch) -> None:
        shopper, book = somebody(), front.new_book()
        front.fill(shopper, **{book: 1})
        monkeypatch.setattr(books_handler, "books", _failing)
        answer = front.call("GET", "/cart", user=shopper)
        assert (answer.status, answer.code, answer.headers["Retry-After"]) == (503, "unavailable", "2")

    def test_a_function_that_is_not_there_is_an_outage(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with http_server(lambda *_: (404, {"X-Amzn-Errortype": "ResourceNotFoundException"}, b"{}")) as url:
            monkeypatch.setenv("AWS_ENDPOINT_URL_LAMBDA", url)
            asking._client.cache_clear()
            with pytest.raises(Unavailable):
                handler.books().find("book-1")


def _failing() -> Any:
    raise RuntimeError("no database")


@pytest.mark.stores("postgres")
def test_in_phase2_facts_come_from_the_database_itself(lambdas: Lambdas) -> None:
    shopper, book, other = somebody(), lambdas.new_book(price="12.50", title="Dune", stock=3), lambdas.new_book()
    wish = {"merge_id": MERGE, "items": [{"book_id": each, "quantity": 1} for each in (book, other, "book-none")]}
    assert lambdas.call("POST", "/cart/merge", wish, user=shopper).body["item_count"] == 2
    answer = lambdas.call("PUT", f"/cart/items/{book}", {"quantity": 2}, user=shopper)
    item = answer.body["items"][0]
    assert (item["title"], str(item["price"]), item["quantity"], item["available"]) == ("Dune", "12.50", 2, 3)
    assert lambdas.call("PUT", "/cart/items/book-none", {"quantity": 2}, user=shopper).status == 404
    assert lambdas.cart_of(shopper) == {book: 2, other: 1}

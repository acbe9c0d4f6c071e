"""Orders as their owners and the back office see them, on both stores."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from admin.model import Period
from orders.model import NEXT, STATUSES
from shared import clock, cursor

from tests.functions.lambdas import Lambdas, somebody

ONE = "16.79"
# Around a change of clocks in Europe, the year's end, and a leap day.
MOMENTS = ("2026-03-29T00:59:59", "2026-12-31T23:59:59", "2024-02-29T12:00:00")


def bought(lambdas: Lambdas, shopper: str, book: str, key: str = "k") -> str:
    lambdas.fill(shopper, **{book: 1})
    answer = lambdas.buy(shopper, expected=ONE, key=key)
    assert answer.status == 201, answer.text
    return str(answer.body["order_id"])


def pages(lambdas: Lambdas, path: str, user: str, groups: str = "") -> Iterator[list[dict[str, Any]]]:
    after = ""
    while after is not None:
        page = lambdas.call("GET", path + after, user=user, groups=groups).body
        yield page["orders"]
        if page["next_cursor"] is None:
            return
        after = f"&cursor={page['next_cursor']}"


class TestOwner:
    def test_orders_are_listed_newest_first_and_once_through_all_pages(self, lambdas: Lambdas) -> None:
        shopper, book = somebody(), lambdas.new_book(stock=9)
        placed = [bought(lambdas, shopper, book, f"k{number}") for number in range(5)]
        found = list(pages(lambdas, "/orders?limit=2", shopper))
        assert [len(page) for page in found] == [2, 2, 1]
        assert [order["order_id"] for page in found for order in page] == sorted(placed, reverse=True)

    def test_what_is_listed_is_what_was_answered(self, lambdas: Lambdas) -> None:
        shopper, books = somebody(), [lambdas.new_book(price="0.06"), lambdas.new_book(price="12.35")]
        lambdas.fill(shopper, **{books[1]: 3, books[0]: 2})
        answer = lambdas.buy(shopper, expected="46.13", key="k").body
        assert [item["book_id"] for item in answer["items"]] == [books[1], books[0]]
        assert lambdas.call("GET", "/orders", user=shopper).body["orders"] == [answer]
        assert lambdas.call("GET", f"/orders/{answer['order_id']}", user=shopper).body == answer

    def test_anothers_order_is_not_there(self, lambdas: Lambdas) -> None:
        owner, other = somebody(), somebody()
        order = bought(lambdas, owner, lambdas.new_book())
        assert lambdas.call("GET", f"/orders/{order}", user=other).status == 404
        assert lambdas.call("POST", f"/orders/{order}/cancel", user=other).status == 404
        assert lambdas.call("GET", "/orders", user=other).body["orders"] == []

    @pytest.mark.parametrize("order_id", ["order-2026-01-01-nothing", "idempotency#k", "x", "order-"])
    def test_what_is_no_order_is_not_there(self, lambdas: Lambdas, order_id: str) -> None:
        shopper = somebody()
        bought(lambdas, shopper, lambdas.new_book())
        assert lambdas.call("GET", f"/orders/{order_id}", user=shopper).status == 404
        assert lambdas.call("POST", f"/orders/{order_id}/cancel", user=shopper).status == 404

    def test_an_order_keeps_what_it_said_of_a_book_that_is_gone(self, lambdas: Lambdas) -> None:
        shopper, book = somebody(), lambdas.new_book(title="Gone soon")
        order = bought(lambdas, shopper, book)
        assert lambdas.admin("DELETE", f"/admin/books/{book}").status == 204
        (item,) = lambdas.call("GET", f"/orders/{order}", user=shopper).body["items"]
        assert (item["book_id"], item["title"]) == (book, "Gone soon")

    @pytest.mark.parametrize("place", ["a\0b", "\ud800", ""])
    def test_a_made_up_cursor_reads_nothing_of_others_and_breaks_nothing(self, lambdas: Lambdas, place: str) -> None:
        shopper = somebody()
        bought(lambdas, shopper, lambdas.new_book())
        made_up = cursor.encode(["orders", shopper], (place.encode("utf-8", "replace").decode(),))
        answer = lambdas.call("GET", f"/orders?cursor={made_up}", user=shopper)
        assert answer.status in (200, 400)
        assert answer.status == 400 or answer.body["orders"] == []


class TestBackOffice:
    @pytest.mark.parametrize("old", STATUSES[1:])
    @pytest.mark.parametrize("new", STATUSES)
    def test_an_order_moves_only_where_it_may(self, lambdas: Lambdas, old: str, new: str) -> None:
        shopper, book = somebody(), lambdas.new_book(stock=5)
        path = f"/admin/orders/{bought(lambdas, shopper, book)}"
        for status in {"delivered": ["shipped", "delivered"], "confirmed": []}.get(old, [old]):
            assert lambdas.admin("PATCH", path, {"status": status}).body["status"] == status
        answer = lambdas.admin("PATCH", path, {"status": new})
        legal = new == old or new in NEXT[old]
        assert (answer.status, answer.body.get("code")) == ((200, None) if legal else (409, "illegal_transition"))
        now = lambdas.admin("GET", path).body
        assert (now["status"], now["user_id"]) == (new if legal else old, shopper)
        assert lambdas.stock(book) == (5 if now["status"] == "cancelled" else 4)

    def test_orders_are_found_by_day_and_status(self, lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch) -> None:
        shopper, book = somebody(), lambdas.new_book(stock=9)
        days = [datetime(2025, 3, day, 12, tzinfo=UTC) for day in (1, 2, 3)]
        placed = []
        for number, day in enumerate(days):
            monkeypatch.setattr(clock, "now", lambda day=day: day)
            placed.append(bought(lambdas, shopper, book, f"k{number}"))
        lambdas.admin("PATCH", f"/admin/orders/{placed[1]}", {"status": "shipped"})

        def ids(query: str) -> list[str]:
            found = pages(lambdas, f"/admin/orders?limit=1&{query}", "the-admin", "admin")
            return [order["order_id"] for page in found for order in page if order["user_id"] == shopper]

        assert ids("from=2025-03-01&to=2025-03-03") == placed[::-1]
        assert ids("from=2025-03-02&to=2025-03-02") == [placed[1]]
        assert ids("from=2025-03-01&to=2025-03-03&status=shipped") == [placed[1]]
        assert ids("from=2025-03-01&to=2025-03-03&status=cancelled") == []

    @pytest.mark.stores("postgres")
    @pytest.mark.parametrize("place", [("x", "order-", ""), ("2025-03-01", "a\0"), (), (None,)])
    def test_a_made_up_cursor_is_refused(self, lambdas: Lambdas, place: Any) -> None:
        day = date(2025, 3, 1)
        made_up = cursor.encode(["all-orders", Period(day, day), None], place)
        answer = lambdas.admin("GET", f"/admin/orders?from={day}&to={day}&cursor={made_up}")
        assert (answer.status, answer.code) == (400, "invalid_cursor")


class TestTime:
    @pytest.mark.parametrize("later", [timedelta(minutes=11), timedelta(hours=23), timedelta(hours=25), timedelta(400)])
    def test_a_key_finds_its_order_however_late(
        self, lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch, later: timedelta
    ) -> None:
        shopper, book = somebody(), lambdas.new_book(stock=5)
        lambdas.fill(shopper, **{book: 1})
        first = lambdas.buy(shopper, expected=ONE, key="k")
        now = clock.now() + later
        monkeypatch.setattr(clock, "now", lambda: now)
        lambdas.fill(shopper, **{book: 1})
        assert lambdas.buy(shopper, expected=ONE, key="k").text == first.text
        assert (lambdas.stock(book), lambdas.cart_of(shopper)) == (4, {book: 1})

    @pytest.mark.parametrize(
        "moment", ["2026-03-29T00:59:59+00:00", "2026-12-31T23:59:59+00:00", "2024-02-29T12:00:00+00:00"]
    )
    def test_an_orders_day_is_that_of_utc(self, lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
        monkeypatch.setenv("TZ", "Pacific/Kiritimati")
        monkeypatch.setattr(clock, "now", lambda: datetime.fromisoformat(moment))
        shopper = somebody()
        order = bought(lambdas, shopper, lambdas.new_book())
        shown = lambdas.call("GET", f"/orders/{order}", user=shopper).body
        assert (shown["order_date"], shown["created_at"]) == (moment[:10], f"{moment[:19]}Z")
        assert order.startswith(f"order-{moment[:10]}-")


@pytest.mark.stores("postgres")
class TestPopularity:
    def test_a_book_is_as_popular_as_copies_of_it_are_sold_and_not_returned(self, lambdas: Lambdas) -> None:
        shopper, book = somebody(), lambdas.new_book(stock=9)
        orders = [bought(lambdas, shopper, book, f"k{number}") for number in range(3)]
        assert popularity(lambdas, book) == 3
        lambdas.call("POST", f"/orders/{orders[0]}/cancel", user=shopper)
        assert popularity(lambdas, book) == 2

    def test_cancelling_an_order_nobody_counted_is_possible(self, lambdas: Lambdas) -> None:
        shopper, book = somebody(), lambdas.new_book(stock=9)
        order = bought(lambdas, shopper, book)
        store: Any = lambdas.store
        store.shop.database().run("UPDATE books SET popularity = 0 WHERE book_id = :book", book=book)
        assert lambdas.call("POST", f"/orders/{order}/cancel", user=shopper).status == 200
        assert popularity(lambdas, book) == 0


def popularity(lambdas: Lambdas, book: str) -> int:
    store: Any = lambdas.store
    ((found,),) = store.shop.database().run("SELECT popularity FROM books WHERE book_id = :book", book=book)
    return int(found)

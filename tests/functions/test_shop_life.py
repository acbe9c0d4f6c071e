"""A shop's life, at random, beside a model of it: what the shop answers is what the model says, on both stores.

SHOP_LIVES=1000 lives so many lives, other ones each time; without it a few that are always the same.
"""

import os
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from shared.money import ZERO, cents

from tests.functions.boundary import boundary
from tests.functions.faults import Crash
from tests.functions.lambdas import ADDRESS, Answer, Lambdas, somebody
from tests.oracle import Journal, cart_is

USERS, BOOKS = 3, 4
PRICES = ("10.00", "0.06", "99.94", "12.35")
FEW, STEPS = 6, 30
LIVES = os.environ.get("SHOP_LIVES")

users, books = st.integers(0, USERS - 1), st.integers(0, BOOKS - 1)


class ShopLife(RuleBasedStateMachine):
    """The model: carts and stock as plain dicts; `owed` are shoppers whom a crash left in doubt."""

    lambdas: Lambdas

    @initialize()
    def open(self) -> None:
        self.journal = Journal(self.lambdas)
        self.users = [somebody() for _ in range(USERS)]
        self.journal.users.update(self.users)
        self.books = [self.lambdas.new_book(price=price, stock=4) for price in PRICES]
        self.price = dict(zip(self.books, map(Decimal, PRICES), strict=True))
        self.stock = dict.fromkeys(self.books, 4)
        self.carts: dict[str, dict[str, int]] = {user: {} for user in self.users}
        self.orders: dict[str, tuple[str, dict[str, int], str]] = {}
        self.bought: list[tuple[str, str, Decimal, str]] = []
        for book in self.books:
            self.journal.gave(book, 4)

    @rule(user=users, book=books, quantity=st.integers(1, 3))
    def put(self, user: int, book: int, quantity: int) -> None:
        self.lambdas.fill(self.users[user], **{self.books[book]: quantity})
        self.carts[self.users[user]][self.books[book]] = quantity

    @rule(user=users, book=books)
    def take_out(self, user: int, book: int) -> None:
        assert self.lambdas.call("DELETE", f"/cart/items/{self.books[book]}", user=self.users[user]).status == 200
        self.carts[self.users[user]].pop(self.books[book], None)

    @rule(book=books, delta=st.integers(-2, 3))
    def restock(self, book: int, delta: int) -> None:
        name = self.books[book]
        answer = self.lambdas.admin("PATCH", f"/admin/books/{name}/stock", {"delta": delta})
        possible = self.stock[name] + delta >= 0
        assert answer.status == (200 if possible else 409)
        if possible:
            self.stock[name] += delta
            self.journal.gave(name, delta)

    @rule(user=users)
    def buy(self, user: int) -> None:
        self._sold(self.users[user], uuid.uuid4().hex, lambda _: None)

    @rule(user=users, call=st.integers(0, 12))
    def buy_through_a_crash(self, user: int, call: int) -> None:
        """What a crash left is found by the same wish, sent again."""
        shopper, key = self.users[user], uuid.uuid4().hex

        def crash(wish: dict[str, Any]) -> None:
            with boundary(call, after=True):
                try:
                    self._order(shopper, key, wish)
                except Crash:
                    return

        self._sold(shopper, key, crash)

    def _sold(self, shopper: str, key: str, before: Callable[[dict[str, Any]], None]) -> None:
        cart = dict(self.carts[shopper])
        total = self._total(cart)
        wish = {"expected_total": float(total), "shipping_address": ADDRESS}
        before(wish)
        answer = self._order(shopper, key, wish)
        if not cart:
            assert answer.code == "empty_cart"
        elif any(self.stock[book] < quantity for book, quantity in cart.items()):
            assert answer.code == "out_of_stock"
        else:
            assert (answer.status, answer.body["total"], answer.body["payment"]) == (201, total, "captured")
            self.orders[answer.body["order_id"]] = (shopper, cart, "confirmed")
            self.bought.append((shopper, key, total, answer.text))
            self.carts[shopper] = {}
            for book, quantity in cart.items():
                self.stock[book] -= quantity
        cart_is(self.lambdas, shopper, self.carts[shopper])

    @precondition(lambda self: self.bought)
    @rule(data=st.data(), doubt=st.booleans())
    def send_again(self, data: st.DataObject, doubt: bool) -> None:
        shopper, key, total, text = data.draw(st.sampled_from(self.bought))
        wish = {"expected_total": float(total + doubt), "shipping_address": ADDRESS}
        answer = self._order(shopper, key, wish)
        assert answer.status == (422 if doubt else 201)
        if not doubt and all(status == "confirmed" for _, _, status in self.orders.values()):
            assert answer.text == text

    @precondition(lambda self: self.orders)
    @rule(data=st.data(), by_admin=st.booleans(), status=st.sampled_from(["cancelled", "shipped", "delivered"]))
    def move(self, data: st.DataObject, by_admin: bool, status: str) -> None:
        order = data.draw(st.sampled_from(sorted(self.orders)))
        shopper, cart, old = self.orders[order]
        legal = status == old or (old, status) in {
            *(("confirmed", "cancelled"), ("confirmed", "shipped"), ("shipped", "delivered")),
        }
        if by_admin or status != "cancelled":
            answer = self.lambdas.admin("PATCH", f"/admin/orders/{order}", {"status": status})
        else:
            answer = self.lambdas.call("POST", f"/orders/{order}/cancel", user=shopper)
        assert answer.status == (200 if legal else 409), answer.text
        if legal and status != old:
            self.orders[order] = (shopper, cart, status)
            for book, quantity in cart.items() if status == "cancelled" else ():
                self.stock[book] += quantity

    @rule(user=users)
    def quote(self, user: int) -> None:
        cart = self.carts[self.users[user]]
        answer = self.lambdas.call("POST", "/checkout/quote", user=self.users[user])
        if not cart:
            assert answer.code == "empty_cart"
            return
        assert answer.body["total"] == self._total(cart)
        short = {book for book, quantity in cart.items() if self.stock[book] < quantity}
        assert {change["book_id"] for change in answer.body["changes"]} == short

    def teardown(self) -> None:
        if not hasattr(self, "journal"):
            return
        self.journal.check()
        for user, cart in self.carts.items():
            cart_is(self.lambdas, user, cart)
        assert {book: self.lambdas.stock(book) for book in self.books} == self.stock
        seen = {
            each["order_id"]: each["status"]
            for user in self.users
            for each in self.lambdas.call("GET", "/orders?limit=100", user=user).body["orders"]
        }
        assert seen == {order: status for order, (_, _, status) in self.orders.items()}

    def _order(self, shopper: str, key: str, wish: dict[str, Any]) -> Answer:
        answer = self.lambdas.call("POST", "/orders", wish, user=shopper, headers={"Idempotency-Key": key})
        self.journal.answered(shopper, key, answer)
        return answer

    def _total(self, cart: dict[str, int]) -> Decimal:
        subtotal = sum((self.price[book] * quantity for book, quantity in cart.items()), ZERO)
        return subtotal + cents(subtotal * Decimal("0.08")) + Decimal("5.99")


def test_whatever_happens_in_a_shop_it_is_as_the_model_says(lambdas: Lambdas) -> None:
    class OfThisStore(ShopLife):
        pass

    OfThisStore.lambdas = lambdas
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        OfThisStore,
        settings=settings(
            max_examples=int(LIVES or FEW),
            stateful_step_count=STEPS,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=LIVES is None,
            database=None,
        ),
    )

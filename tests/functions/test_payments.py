"""Money is held, then taken for what was sold, and never for anything else, whatever the provider answers when."""

import ast
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from orders import checkout, postgres_checkout
from payments.port import Authorisation, Voided
from payments.provider import provider
from payments.simulated import Simulated
from shared.problems import PaymentDeclined, Unavailable

from tests.functions.lambdas import ADDRESS, Answer, Lambdas, somebody

ONE = "16.79"
FUNCTIONS = Path(__file__).parents[2] / "functions"


def buy(lambdas: Lambdas, shopper: str, token: str, key: str = "k") -> Answer:
    wish = {"expected_total": float(ONE), "shipping_address": ADDRESS, "payment_token": token}
    return lambdas.call("POST", "/orders", wish, user=shopper, headers={"Idempotency-Key": key})


def shopper_with(lambdas: Lambdas, book: str) -> str:
    shopper = somebody()
    lambdas.fill(shopper, **{book: 1})
    return shopper


def state_of(lambdas: Lambdas, shopper: str) -> tuple[str, str, int]:
    """Of the shopper's one order: its payment, what the provider says of it, and how often money was taken."""
    (order,) = lambdas.orders_of(shopper)
    entry = books()[order["authorisation"]]
    return order["payment"], entry.state, entry.captures


def books() -> dict[str, Any]:
    """The provider's."""
    found: Any = provider()
    return dict(found.entries)


@pytest.fixture
def new_entries() -> Callable[[], list[Any]]:
    """What the provider wrote down since the test began."""
    before = books().keys()
    return lambda: [entry for name, entry in books().items() if name not in before]


Seller = type[checkout.Checkout] | type[postgres_checkout.PostgresCheckout]


@pytest.fixture
def seller(lambdas: Lambdas) -> Seller:
    postgres = lambdas.store.name == "postgres"
    return postgres_checkout.PostgresCheckout if postgres else checkout.Checkout


class TestTokens:
    def test_an_order_is_paid_once(self, lambdas: Lambdas) -> None:
        shopper = shopper_with(lambdas, lambdas.new_book())
        answer = buy(lambdas, shopper, "tok_ok")
        assert (answer.status, answer.body["payment"]) == (201, "captured")
        assert buy(lambdas, shopper, "tok_ok").body == answer.body
        assert state_of(lambdas, shopper) == ("captured", "captured", 1)

    @pytest.mark.parametrize("token", ["tok_declined", "tok_nobody_knows"])
    def test_a_declined_payment_buys_nothing_and_leaves_the_cart(self, lambdas: Lambdas, token: str) -> None:
        book = lambdas.new_book(stock=5)
        shopper = shopper_with(lambdas, book)
        answer = buy(lambdas, shopper, token)
        assert (answer.status, answer.code) == (402, "payment_declined")
        assert (lambdas.orders_of(shopper), lambdas.stock(book)) == ([], 5)
        assert lambdas.cart_of(shopper) == {book: 1}
        assert buy(lambdas, shopper, "tok_ok").status == 201

    def test_a_provider_without_an_answer_is_an_outage_that_may_be_tried_again(self, lambdas: Lambdas) -> None:
        book = lambdas.new_book(stock=5)
        shopper = shopper_with(lambdas, book)
        answer = buy(lambdas, shopper, "tok_timeout")
        assert (answer.status, answer.code) == (503, "unavailable")
        assert answer.headers["Retry-After"]
        assert (lambdas.orders_of(shopper), lambdas.stock(book)) == ([], 5)
        assert buy(lambdas, shopper, "tok_ok").status == 201

    def test_a_success_that_was_told_late_is_found_by_the_same_key(
        self, lambdas: Lambdas, new_entries: Callable[[], list[Any]]
    ) -> None:
        shopper = shopper_with(lambdas, lambdas.new_book())
        assert buy(lambdas, shopper, "tok_late_success").status == 503
        assert buy(lambdas, shopper, "tok_late_success").status == 201
        assert state_of(lambdas, shopper) == ("captured", "captured", 1)
        assert len(new_entries()) == 1

    def test_a_cancelled_order_gets_its_money_back(self, lambdas: Lambdas) -> None:
        shopper = shopper_with(lambdas, lambdas.new_book())
        order = buy(lambdas, shopper, "tok_ok").body["order_id"]
        for _ in range(2):
            answer = lambdas.call("POST", f"/orders/{order}/cancel", user=shopper)
            assert (answer.status, answer.body["payment"]) == (200, "voided")
        assert state_of(lambdas, shopper) == ("voided", "refunded", 1)

    def test_the_token_is_stored_nowhere(self, lambdas: Lambdas) -> None:
        shopper = shopper_with(lambdas, lambdas.new_book())
        buy(lambdas, shopper, "tok_late_success")
        buy(lambdas, shopper, "tok_late_success")
        assert "tok_" not in str(lambdas.orders_of(shopper))


class TestBetweenHoldingAndSelling:
    def test_money_held_for_what_could_not_be_sold_is_released(
        self,
        lambdas: Lambdas,
        seller: Seller,
        monkeypatch: pytest.MonkeyPatch,
        new_entries: Callable[[], list[Any]],
    ) -> None:
        book = lambdas.new_book(stock=1)
        shopper = shopper_with(lambdas, book)
        sell = seller.sell

        def sold_out(*arguments: Any) -> bool:
            monkeypatch.setattr(seller, "sell", sell)
            lambdas.admin("PATCH", f"/admin/books/{book}/stock", {"delta": -1})
            return sell(*arguments)

        monkeypatch.setattr(seller, "sell", sold_out)
        answer = buy(lambdas, shopper, "tok_ok")
        assert (answer.status, answer.code) == (409, "out_of_stock")
        assert [(entry.state, entry.captures) for entry in new_entries()] == [("released", 0)]
        lambdas.admin("PATCH", f"/admin/books/{book}/stock", {"delta": 1})
        assert buy(lambdas, shopper, "tok_ok").status == 201
        assert [(entry.state, entry.captures) for entry in new_entries()] == [("released", 0), ("captured", 1)]

    @pytest.mark.parametrize("voided", [False, True], ids=["before the provider knows", "after it knows"])
    def test_what_a_twin_of_the_wish_released_pays_for_nothing_and_is_held_anew(
        self,
        lambdas: Lambdas,
        seller: Seller,
        monkeypatch: pytest.MonkeyPatch,
        new_entries: Callable[[], list[Any]],
        voided: bool,
    ) -> None:
        shopper = shopper_with(lambdas, lambdas.new_book())
        sell = seller.sell

        def released_first(this: Any, wish: Any, order: Any, cart: Any) -> bool:
            monkeypatch.setattr(seller, "sell", sell)
            assert this.release(wish, Authorisation(order.authorisation, order.total, "USD"))
            if voided:
                provider().void(order.authorisation)
            return bool(sell(this, wish, order, cart))

        monkeypatch.setattr(seller, "sell", released_first)
        assert buy(lambdas, shopper, "tok_ok").status == 201
        assert [(entry.state, entry.captures) for entry in new_entries()] == [("released", 0), ("captured", 1)]

    def test_what_an_order_was_sold_with_cannot_be_released(self, lambdas: Lambdas, seller: Seller) -> None:
        from orders import handler
        from orders.model import OrderInput
        from orders.placing import Wish
        from shared import bodies
        from shared.reply import encode

        shopper = shopper_with(lambdas, lambdas.new_book())
        buy(lambdas, shopper, "tok_ok")
        (order,) = lambdas.orders_of(shopper)
        given = encode({"expected_total": Decimal(ONE), "shipping_address": ADDRESS})
        wish = Wish(shopper, "k", bodies.read(given, "application/json", OrderInput), handler.charges())
        store: Any = handler.orders()
        assert isinstance(store._checkout, seller)
        assert not store._checkout.release(wish, Authorisation(order["authorisation"], order["total"], "USD"))


class TestAfterSelling:
    def test_an_order_is_confirmed_though_the_provider_does_not_answer_and_is_paid_later(
        self, lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shopper = shopper_with(lambdas, lambdas.new_book())
        with monkeypatch.context() as out:
            out.setattr(Simulated, "capture", _no_answer)
            answer = buy(lambdas, shopper, "tok_ok")
            assert (answer.status, answer.body["payment"]) == (201, "authorised")
            order = f"/admin/orders/{answer.body['order_id']}"
            assert lambdas.admin("PATCH", order, {"status": "shipped"}).status == 503
        assert lambdas.cart_of(shopper) == {}
        shown = lambdas.call("GET", f"/orders/{answer.body['order_id']}", user=shopper).body
        assert shown["payment"] == "captured"
        assert lambdas.admin("PATCH", order, {"status": "shipped"}).status == 200
        assert state_of(lambdas, shopper) == ("captured", "captured", 1)

    def test_nothing_is_shipped_before_it_is_paid(self, lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch) -> None:
        shopper = shopper_with(lambdas, lambdas.new_book())
        with monkeypatch.context() as out:
            out.setattr(Simulated, "capture", _no_answer)
            order = buy(lambdas, shopper, "tok_ok").body["order_id"]
        shipped = lambdas.admin("PATCH", f"/admin/orders/{order}", {"status": "shipped"}).body
        assert (shipped["status"], shipped["payment"]) == ("shipped", "captured")

    @pytest.mark.parametrize("taken", [False, True], ids=["before the money is taken", "before that is noted"])
    def test_an_order_cancelled_while_it_is_being_paid_costs_nothing(
        self, lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch, taken: bool
    ) -> None:
        book = lambdas.new_book(stock=5)
        shopper = shopper_with(lambdas, book)
        capture = Simulated.capture

        def cancelled_meanwhile(this: Simulated, authorisation: str) -> None:
            monkeypatch.setattr(Simulated, "capture", capture)
            if taken:
                capture(this, authorisation)
            (order,) = lambdas.orders_of(shopper)
            assert lambdas.call("POST", f"/orders/{order['order_id']}/cancel", user=shopper).status == 200
            if not taken:
                capture(this, authorisation)

        monkeypatch.setattr(Simulated, "capture", cancelled_meanwhile)
        assert buy(lambdas, shopper, "tok_ok").status == 201
        assert state_of(lambdas, shopper) == ("voided", *(("refunded", 1) if taken else ("released", 0)))
        assert lambdas.stock(book) == 5

    def test_money_that_could_not_be_given_back_at_once_is_given_back_later(
        self, lambdas: Lambdas, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shopper = shopper_with(lambdas, lambdas.new_book())
        order = buy(lambdas, shopper, "tok_ok").body["order_id"]
        with monkeypatch.context() as out:
            out.setattr(Simulated, "void", _no_answer)
            answer = lambdas.call("POST", f"/orders/{order}/cancel", user=shopper)
            assert (answer.body["status"], answer.body["payment"]) == ("cancelled", "captured")
        (listed,) = lambdas.call("GET", "/orders", user=shopper).body["orders"]
        assert listed["payment"] == "voided"
        assert state_of(lambdas, shopper) == ("voided", "refunded", 1)

    def test_an_order_whose_payment_was_undone_at_the_provider_is_not_shipped(self, lambdas: Lambdas) -> None:
        shopper = shopper_with(lambdas, lambdas.new_book())
        with pytest.MonkeyPatch.context() as out:
            out.setattr(Simulated, "capture", _no_answer)
            order = buy(lambdas, shopper, "tok_ok").body["order_id"]
        (stored,) = lambdas.orders_of(shopper)
        provider().void(stored["authorisation"])
        answer = lambdas.admin("PATCH", f"/admin/orders/{order}", {"status": "shipped"})
        assert (answer.status, answer.code) == (409, "illegal_transition")


def _no_answer(*_: Any) -> None:
    raise Unavailable("no answer")


class TestSimulatedProvider:
    def test_one_key_is_one_authorisation(self) -> None:
        sim = Simulated()
        first = sim.authorise(Decimal("1.00"), "USD", "tok_ok", "key")
        assert sim.authorise(Decimal("1.00"), "USD", "tok_ok", "key") == first
        assert sim.authorise(Decimal("1.00"), "USD", "tok_ok", "another").id != first.id

    def test_money_is_taken_once_and_given_back_once(self) -> None:
        sim = Simulated()
        held = sim.authorise(Decimal("1.00"), "USD", "tok_ok", "key").id
        for _ in range(2):
            sim.capture(held)
        assert (sim.entries[held].state, sim.entries[held].captures) == ("captured", 1)
        for _ in range(2):
            sim.void(held)
        assert sim.entries[held].state == "refunded"
        with pytest.raises(Voided):
            sim.capture(held)

    def test_what_was_voided_is_never_taken_and_its_key_is_free_again(self) -> None:
        sim = Simulated()
        held = sim.authorise(Decimal("1.00"), "USD", "tok_ok", "key").id
        sim.void(held)
        with pytest.raises(Voided):
            sim.capture(held)
        assert sim.authorise(Decimal("1.00"), "USD", "tok_ok", "key").id != held

    def test_a_lost_answer_is_found_again_and_a_missing_one_is_not(self) -> None:
        sim = Simulated()
        with pytest.raises(Unavailable):
            sim.authorise(Decimal("1.00"), "USD", "tok_late_success", "key")
        assert sim.authorise(Decimal("1.00"), "USD", "tok_late_success", "key").amount == Decimal("1.00")
        for _ in range(2):
            with pytest.raises(Unavailable):
                sim.authorise(Decimal("1.00"), "USD", "tok_timeout", "other")
        with pytest.raises(PaymentDeclined):
            sim.authorise(Decimal("1.00"), "USD", "tok_declined", "third")

    def test_another_environment_knows_what_this_one_held(self) -> None:
        held = Simulated().authorise(Decimal("1.00"), "USD", "tok_ok", "key")
        other = Simulated()
        assert other.authorise(Decimal("1.00"), "USD", "tok_ok", "key") == held
        other.capture(held.id)


def test_no_service_knows_which_provider_it_is() -> None:
    named = {
        node.module
        for package in ("orders", "admin")
        for source in (FUNCTIONS / package).glob("*.py")
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("payments")
    }
    assert named == {"payments.port", "payments.provider"}

"""Paying with the simulated provider's test cards."""

from collections.abc import Callable
from typing import Any

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Request, expect

from tests.browser.reader import Account, Reader
from tests.browser.stacks import on_every_stack
from tests.e2e.shop import Shop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), on_every_stack]

# What the four tries of an order may take, with the waits that the API asks for.
RETRIES_MS = 30_000
NO_ANSWER = "not answering. Please place the order again"


@pytest.fixture
def payer(reader: Reader, account: Account, admin: Shop) -> Reader:
    """At the counter with one book, the address filled in."""
    account.shop.call("PUT", f"/cart/items/{admin.new_book(price=10.0)}", {"quantity": 1})
    reader.signs_in(account, at="/checkout")
    reader.fills_address()
    return reader


@pytest.fixture
def keys(payer: Reader) -> list[str]:
    """The Idempotency-Key of each order that was sent."""
    sent: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/orders"):
            sent.append(request.headers["idempotency-key"])

    payer.page.on("request", note)
    return sent


@pytest.fixture
def pays(payer: Reader) -> Callable[[str], None]:
    def pay(card: str) -> None:
        payer.page.get_by_label(f"Test card {card}").check()
        payer.button("Place order").click()

    return pay


def orders(account: Account) -> list[dict[str, Any]]:
    return list(account.shop.call("GET", "/orders").json()["orders"])


def test_a_paid_order_says_so_and_a_cancelled_one_is_given_back(payer: Reader, pays: Callable[[str], None]) -> None:
    payer.sees("No real money moves")
    pays("that is accepted")
    payer.sees_heading("Thank you for your order")
    payer.sees("It is paid.")
    payer.button("Cancel this order").click()
    payer.page.get_by_role("dialog").get_by_role("button", name="Cancel the order").click()
    payer.sees("The payment was given back.")


def test_a_declined_card_orders_nothing_and_another_one_can_be_tried(
    payer: Reader, account: Account, pays: Callable[[str], None], keys: list[str]
) -> None:
    pays("that is declined")
    expect(payer.page.get_by_role("alert").last).to_contain_text("The payment was declined. Nothing was bought")
    assert orders(account) == []
    expect(payer.page.get_by_label("Street and number")).to_have_value("12 Harbour Road")
    pays("that is accepted")
    payer.sees_heading("Thank you for your order")
    assert len(orders(account)) == 1
    assert len(set(keys)) == 2


def test_an_answer_that_comes_late_is_one_order(
    payer: Reader, account: Account, pays: Callable[[str], None], keys: list[str]
) -> None:
    pays("whose bank answers late")
    payer.sees_heading("Thank you for your order")
    assert len(orders(account)) == 1
    assert len(keys) > 1
    assert len(set(keys)) == 1


def test_without_an_answer_the_same_wish_keeps_its_key_and_another_card_is_another_wish(
    payer: Reader, account: Account, pays: Callable[[str], None], keys: list[str]
) -> None:
    problem = payer.page.get_by_role("alert").last
    pays("whose bank never answers")
    expect(problem).to_contain_text(NO_ANSWER, timeout=RETRIES_MS)
    with payer.page.expect_request("**/api/v1/orders"):
        payer.button("Place order").click()
    expect(problem).to_contain_text(NO_ANSWER, timeout=RETRIES_MS)
    assert len(set(keys)) == 1
    assert orders(account) == []
    pays("that is accepted")
    payer.sees_heading("Thank you for your order")
    assert len(set(keys)) == 2
    assert len(orders(account)) == 1

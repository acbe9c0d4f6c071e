"""Behind the counter."""

import uuid

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from tests.browser.reader import Account, Reader
from tests.browser.stacks import on
from tests.e2e.shop import Shop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), on("phase1", "phase2")]


def test_a_book_is_added_changed_restocked_and_deleted(keeper: Reader, admin: Shop) -> None:
    page, title = keeper.page, f"Office {uuid.uuid4().hex[:8]}"
    keeper.link("Add a book").click()
    keeper.sees_heading("Add a book")
    for label, value in {"Title": title, "Author": "Clerk", "Category": "Test", "Price": "9.50", "Copies": "3"}.items():
        page.get_by_role("main").get_by_label(label).fill(value)
    keeper.button("Add to the catalogue").click()
    keeper.sees_heading("Edit a book")
    keeper.sees("3 in stock")
    book_id = page.url.rpartition("/")[2]

    page.get_by_label("Price").fill("11")
    keeper.button("Save").click()
    keeper.sees("Saved.")
    page.get_by_label("Add or take out").fill("-2")
    keeper.button("Change stock").click()
    keeper.sees("1 in stock")
    book = admin.call("GET", f"/books/{book_id}").json()
    assert (book["price"], book["stock_quantity"]) == (11, 1)

    keeper.button("Delete this book").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete it").click()
    keeper.sees_heading("Catalogue")
    assert admin.call("GET", f"/books/{book_id}").status_code == 404


def test_a_stock_that_moved_meanwhile_is_not_changed_blindly(keeper: Reader, admin: Shop) -> None:
    book = admin.new_book(stock=5)
    keeper.go(f"/admin/books/{book}")
    keeper.sees("5 in stock")
    admin.call("PATCH", f"/admin/books/{book}/stock", {"delta": -1, "expected": 5})
    keeper.page.get_by_label("Add or take out").fill("10")
    keeper.button("Change stock").click()
    keeper.sees("The stock has changed since you looked")
    keeper.sees("4 in stock")


def test_an_order_moves_on_step_by_step(keeper: Reader, admin: Shop) -> None:
    someone = Shop(keeper.cloud).sign_up()
    someone.call("PUT", f"/cart/items/{admin.new_book(price=10.0)}", {"quantity": 1})
    order = someone.buy(expected=16.79).json()["order_id"]
    keeper.go("/admin/orders")
    row = keeper.page.get_by_role("listitem").filter(has_text=order)
    row.get_by_role("button", name="Mark as shipped").click()
    row.get_by_role("button", name="Mark as delivered").click()
    expect(row.get_by_text("Delivered", exact=True)).to_be_visible()
    expect(row.get_by_role("button")).to_have_count(0)
    assert someone.call("GET", f"/orders/{order}").json()["status"] == "delivered"


def test_the_office_is_closed_to_shoppers(reader: Reader, account: Account) -> None:
    reader.signs_in(account, at="/admin")
    reader.sees_heading("Staff only")

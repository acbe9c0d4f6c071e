"""The whole shopping story, as a shopper lives it."""

import re
import uuid

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

from tests.browser.reader import Account, Reader
from tests.browser.stacks import on_every_stack
from tests.e2e.shop import PASSWORD, Shop

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser"), on_every_stack]


def test_a_guest_fills_a_cart_signs_up_buys_and_cancels(reader: Reader, admin: Shop) -> None:
    book = admin.new_book(price=20.0, stock=3, title="The Long Way Home")
    page, email = reader.page, f"{uuid.uuid4().hex[:12]}@example.com"
    reader.adds(book)
    reader.cart_says("1 copy")
    reader.go("/cart")
    reader.button("One more of “The Long Way Home”").click()
    reader.cart_says("2 copies")

    reader.link("Sign in and check out").click()
    reader.link("New here? Create an account").click()
    reader.sees_heading("Create an account")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    reader.button("Create account").click()
    reader.sees_heading("Check your e-mail")
    with page.expect_popup() as opened:
        page.locator("main").get_by_role("link", name="a page of its own").click()
    code = opened.value.locator("#mails tr", has_text=email).locator("td.code").inner_text()
    opened.value.close()
    page.get_by_label("Code from the e-mail").fill(code)
    reader.button("Confirm").click()

    reader.sees_heading("Checkout")
    reader.fills_address()
    reader.button("Place order · $49.19").click()
    reader.sees_heading("Thank you for your order")
    reader.cart_says("empty")
    reader.sees("12 Harbour Road")

    reader.button("Cancel this order").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel the order").click()
    reader.sees("The order is cancelled.")
    expect(page.get_by_text("Cancelled", exact=True)).to_be_visible()
    assert admin.call("GET", f"/books/{book}").json()["stock_quantity"] == 3


def test_what_a_guest_chose_is_added_to_the_cart_of_the_account(reader: Reader, account: Account, admin: Shop) -> None:
    kept, chosen = admin.new_book(title="Kept"), admin.new_book(title="Chosen")
    account.shop.call("PUT", f"/cart/items/{kept}", {"quantity": 1})
    reader.adds(chosen)
    reader.signs_in(account, at="/cart")
    reader.cart_says("2 copies")
    assert {item["book_id"] for item in account.shop.call("GET", "/cart").json()["items"]} == {kept, chosen}


def test_a_forgotten_password_is_replaced_by_a_mailed_code(reader: Reader, account: Account) -> None:
    reader.go("/forgotten-password")
    reader.page.get_by_label("E-mail address").fill(account.email)
    reader.button("Send the code").click()
    reader.sees("a code is on its way")
    reader.page.get_by_label("Code from the e-mail").fill(reader.mailed_code(account.email))
    reader.page.get_by_label("New password").fill("Another-horse-10")
    reader.button("Change password").click()
    reader.sees("Your password was changed.")
    assert Shop(reader.cloud).sign_in(account.email, "Another-horse-10").token


def test_a_wrong_password_is_refused_in_words_that_help(reader: Reader, account: Account) -> None:
    reader.go("/sign-in").gives_account(Account(account.email, "Wrong-horse-99", account.shop))
    expect(reader.page.get_by_role("alert")).to_contain_text(
        "There is no account with this e-mail address and password"
    )


def test_a_profile_is_kept_and_prefills_the_checkout(reader: Reader, account: Account, admin: Shop) -> None:
    account.shop.call("PUT", f"/cart/items/{admin.new_book()}", {"quantity": 1})
    reader.signs_in(account, at="/profile")
    reader.fills_address()
    reader.button("Save address").click()
    reader.sees("Saved.")
    reader.go("/checkout")
    expect(reader.page.get_by_label("Street and number")).to_have_value("12 Harbour Road")


def test_an_account_is_erased_once_its_address_is_typed(reader: Reader, account: Account) -> None:
    reader.signs_in(account, at="/profile")
    reader.button("Erase everything about me").click()
    dialog = reader.page.get_by_role("dialog")
    dialog.get_by_role("button", name="Erase my account").click()
    expect(dialog).to_be_visible()
    dialog.get_by_role("textbox").fill(account.email)
    dialog.get_by_role("button", name="Erase my account").click()
    reader.sees("Your account is erased.")
    # Where an authorizer looks accounts up, it is the one who refuses.
    assert account.shop.call("GET", "/users/me").status_code == (403 if reader.cloud.stack == "phase2" else 410)


def test_the_story_can_be_told_with_the_keyboard_alone(reader: Reader, account: Account, admin: Shop) -> None:
    title = f"Keyboard {uuid.uuid4().hex[:8]}"
    admin.new_book(title=title, price=10.0)
    page, press = reader.page, reader.page.keyboard.press
    reader.signs_in(account)
    page.reload()
    reader.sees_heading("Books worth staying in for")
    _tab_to(reader, "Search for a title or an author")
    page.keyboard.type(title)
    expect(page.get_by_role("option")).to_have_count(1)
    press("ArrowDown")
    press("Enter")
    reader.sees_heading(title)
    _tab_to(reader, f"Add to cart “{title}” to the cart")
    press("Enter")
    reader.cart_says("1 copy")
    _tab_to(reader, "Cart, 1 copy", back=True)
    press("Enter")
    reader.sees_heading("Your cart")
    _tab_to(reader, "Check out")
    press("Enter")
    reader.sees("Where shall it go?")
    for label, words in {"Street": "1 Key St", "Postal": "12345", "City": "Anytown"}.items():
        _tab_to(reader, label)
        page.keyboard.type(words)
    _tab_to(reader, "Country")
    page.keyboard.type("United States")
    _tab_to(reader, "Place order")
    press("Enter")
    reader.sees_heading("Thank you for your order")


def _tab_to(reader: Reader, name: str, *, back: bool = False) -> None:
    """Presses Tab until what has the focus is called that."""
    name_of = "e => e.ariaLabel || e.labels?.[0]?.textContent || e.textContent"
    for _ in range(60):
        reader.page.keyboard.press("Shift+Tab" if back else "Tab")
        if re.match(re.escape(name), str(reader.page.evaluate(f"({name_of})(document.activeElement)"))):
            return
    pytest.fail(f"{name} cannot be reached with Tab")

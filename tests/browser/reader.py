"""Somebody with a browser in the shop. What they see is found by its role and name, as a screen reader finds it."""

import re
from dataclasses import dataclass

import jwt
from playwright.sync_api import Locator, Page, expect

from cloudshelf.local.cloud import LocalCloud
from tests.e2e.shop import PASSWORD, Shop


@dataclass(frozen=True)
class Account:
    """A confirmed shopper, and the API as that shopper calls it."""

    email: str
    password: str
    shop: Shop


def new_account(cloud: LocalCloud) -> Account:
    shop = Shop(cloud).sign_up()
    claims = jwt.decode(shop.token or "", options={"verify_signature": False})
    return Account(claims["email"], PASSWORD, shop)


class Reader:
    def __init__(self, page: Page, cloud: LocalCloud) -> None:
        self.page, self.cloud = page, cloud

    def go(self, place: str) -> "Reader":
        """To a place such as `/browse?q=sea`, as a link from elsewhere would."""
        self.page.goto(f"{self.cloud.url}/#{place}")
        return self

    def sees_heading(self, name: str) -> None:
        expect(self.page.get_by_role("heading", level=1, name=name)).to_be_visible()

    def sees(self, text: str) -> None:
        """On the page or in a note; not in a closed menu."""
        expect(self.page.locator("main, #notes").get_by_text(text).first).to_be_visible()

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name)

    def link(self, name: str) -> Locator:
        return self.page.get_by_role("link", name=name, exact=True)

    def books(self) -> Locator:
        """The books of the results."""
        return self.page.locator(".results li.book:not(.skeleton)")

    def cart_says(self, words: str) -> None:
        expect(self.page.get_by_role("link", name=re.compile("^Cart, "))).to_have_accessible_name(f"Cart, {words}")

    def adds(self, book_id: str) -> None:
        self.go(f"/books/{book_id}")
        self.button("Add to cart").click()
        self.sees("is in your cart")

    def signs_in(self, account: Account, *, at: str = "/") -> "Reader":
        """And goes on to `at`."""
        self.go(f"/sign-in?next={at}")
        self.gives_account(account)
        expect(self.page).to_have_url(f"{self.cloud.url}/#{at}")
        expect(self.page.get_by_role("heading", level=1, name="Sign in")).to_have_count(0)
        return self

    def gives_account(self, account: Account) -> None:
        self.page.get_by_label("E-mail address").fill(account.email)
        self.page.get_by_label("Password").fill(account.password)
        self.button("Sign in").click()

    def signs_out(self) -> None:
        self.page.get_by_text("Account", exact=True).click()
        self.button("Sign out").click()

    def mailed_code(self, email: str) -> str:
        mails = self.page.request.get(f"{self.cloud.url}/_local/mail/{email}").json()["mails"]
        return str(mails[-1]["code"])

    def fills_address(self) -> None:
        self.page.get_by_label("Street and number").fill("12 Harbour Road")
        self.page.get_by_label("Postal code").fill("12345")
        self.page.get_by_label("City").fill("Anytown")
        self.page.get_by_label("Country").select_option("US")

"""Every page of the shop in turn, as somebody comes to see it."""

from collections.abc import Iterator

from playwright.sync_api import expect

from tests.browser.reader import Account, Reader
from tests.e2e.shop import Shop

Places = dict[str, tuple[str, str]]


def every_page(reader: Reader, account: Account, admin: Shop) -> Iterator[str]:
    """Goes to each page and says which one is shown."""
    book = admin.new_book(title="The Book of Every Page", price=12.0)
    yield from _for_everybody(reader, book)
    reader.signs_in(account)
    yield from _for_shoppers(reader, account.shop)
    reader.signs_out()
    reader.sees_heading("Sign in")
    keeper = reader.cloud.accounts["admin"]
    reader.signs_in(Account(keeper.email, keeper.password, admin))
    office = {
        "admin": ("/admin", "table"),
        "admin-book": (f"/admin/books/{book}", ".side"),
        "admin-new": ("/admin/books/new", "form.form"),
        "admin-orders": ("/admin/orders", ".order"),
        "admin-reports": ("/admin/reports", ".columns, .region .notice"),
    }
    yield from _visit(reader, office)


def _for_everybody(reader: Reader, book: str) -> Iterator[str]:
    places = {
        "home": ("/", ".tiles"),
        "browse": ("/browse", ".results .book:not(.skeleton)"),
        "nothing": ("/browse?q=zzzzqqqq", ".results .notice"),
        "book": (f"/books/{book}", ".purchase"),
        "not-found": ("/nowhere", "h1"),
        "sign-in": ("/sign-in", "form.form"),
        "sign-up": ("/sign-up", "form.form"),
        "confirm": ("/confirm", "form.form"),
        "forgotten-password": ("/forgotten-password", "form.form"),
    }
    yield from _visit(reader, places)
    reader.page.get_by_role("combobox", name="Search").fill("the")
    expect(reader.page.get_by_role("option").first).to_be_visible()
    yield "suggestions"
    reader.adds(book)
    yield "added"
    yield from _visit(reader, {"home-again": ("/", ".tiles"), "cart": ("/cart", ".lines")})


def _for_shoppers(reader: Reader, shop: Shop) -> Iterator[str]:
    yield from _visit(reader, {"checkout": ("/checkout", ".totals")})
    reader.fills_address()
    reader.page.get_by_label("Test card that is declined").check()
    reader.button("Place order").click()
    expect(reader.page.get_by_role("alert").last).to_contain_text("declined")
    yield "declined"
    quote = shop.call("POST", "/checkout/quote").json()
    order = shop.buy(expected=quote["total"]).json()["order_id"]
    places = {
        "order": (f"/orders/{order}", ".progress"),
        "orders": ("/orders", ".order"),
        "profile": ("/profile", ".card"),
    }
    yield from _visit(reader, places)
    reader.page.get_by_text("Account", exact=True).click()
    yield "menu"
    reader.button("Erase everything about me").click()
    yield "dialog"
    reader.page.keyboard.press("Escape")


def _visit(reader: Reader, places: Places) -> Iterator[str]:
    """Goes to each place; it is there once the page before has left and the sign of this one is seen."""
    for name, (place, sign) in places.items():
        if reader.page.url != "about:blank":
            leaving = "document.querySelector('main').firstElementChild?.setAttribute('data-leaving', '')"
            reader.page.evaluate(leaving)
        reader.go(place)
        expect(reader.page.locator("[data-leaving]")).to_have_count(0)
        expect(reader.page.locator(sign).first).to_be_visible()
        expect(reader.page.locator("[aria-busy]")).to_have_count(0)
        yield name

"""Makes the README's pictures: `python -m tests.browser.pictures` writes docs/images.

They are of the enhanced stack on the local cloud with the whole sample catalogue. Orders are placed through the API;
only their days are then spread over a month, in the database.
"""

import base64
import random
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from cloudshelf.local.cloud import LocalCloud
from tests.browser.chromium import launched, program
from tests.browser.conftest import DESKTOP, GENEROUS, ROOT
from tests.browser.reader import Account, Reader, new_account
from tests.browser.shelves import stocked
from tests.e2e.shop import Shop

IMAGES = ROOT / "docs" / "images"
BOOK = "book-9780143034759"
ORDERS = 60
# Later than the month's first days there is more to see in the chart.
SPREAD = "UPDATE orders SET order_date = order_date - (29 * random() ^ 1.5)::int"
WEBP = """async png => {
    const picture = Object.assign(new Image(), { src: "data:image/png;base64," + png });
    await picture.decode();
    const canvas = Object.assign(document.createElement("canvas"), { width: picture.width, height: picture.height });
    canvas.getContext("2d").drawImage(picture, 0, 0);
    return canvas.toDataURL("image/webp", 0.86).split(",")[1];
}"""


def main() -> None:
    path = program()
    with tempfile.TemporaryDirectory() as folder:
        cloud = LocalCloud(stack="enhanced", port=0, root=ROOT, folder=Path(folder) / "enhanced", overrides=GENEROUS)
        with cloud:
            books = stocked(Shop(cloud).admin())
            sell(cloud, books)
            account = new_account(cloud)
            with launched(path) as browser:
                context = browser.new_context(viewport=DESKTOP, locale="en-US", reduced_motion="reduce")
                take_all(Reader(context.new_page(), cloud), account, developer(browser.new_page()))


def sell(cloud: LocalCloud, books: Sequence[dict[str, Any]]) -> None:
    """Orders of a month, some books far more often than others."""
    chance = random.Random(7)
    shopper = Shop(cloud).sign_up()
    favourites = chance.sample([book for book in books if book["stock_quantity"] > 20], 40)
    for _ in range(ORDERS):
        for _ in range(chance.randint(1, 3)):
            book = favourites[int(len(favourites) * chance.random() ** 2)]
            shopper.call("PUT", f"/cart/items/{book['book_id']}", {"quantity": chance.choice((1, 1, 1, 2))})
        total = shopper.call("POST", "/checkout/quote").json()["total"]
        assert shopper.buy(expected=total).status_code == 201
    (database,) = cloud.world.databases.instances.values()
    connection = database.server.connect(database="cloudshelf")
    connection.run(SPREAD)
    connection.close()


def developer(page: Page) -> Callable[[Path, bytes], None]:
    """Saves a picture as WebP, which the browser can write."""

    def develop(path: Path, png: bytes) -> None:
        path.write_bytes(base64.b64decode(page.evaluate(WEBP, base64.b64encode(png).decode())))

    return develop


def take_all(reader: Reader, account: Account, develop: Callable[[Path, bytes], None]) -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)

    def take(name: str) -> None:
        expect(reader.page.locator("[aria-busy]")).to_have_count(0)
        develop(IMAGES / f"{name}.webp", reader.page.screenshot())

    reader.go("/")
    expect(reader.page.locator(".tiles")).to_be_visible()
    take("home")
    reader.adds(BOOK)
    reader.page.locator("#notes").evaluate("corner => corner.replaceChildren()")
    take("book")
    reader.signs_in(account, at="/checkout")
    reader.fills_address()
    reader.page.evaluate("document.activeElement.blur()")
    reader.page.set_viewport_size({"width": 1280, "height": 860})
    take("checkout")
    reader.signs_out()
    reader.sees_heading("Sign in")
    keeper = reader.cloud.accounts["admin"]
    reader.signs_in(Account(keeper.email, keeper.password, account.shop), at="/admin/reports")
    expect(reader.page.locator(".columns")).to_be_visible()
    reader.page.set_viewport_size({"width": 1280, "height": 1150})
    take("reports")


if __name__ == "__main__":
    main()

"""The shop's story: somebody finds a book, buys it, changes their mind."""

import uuid
from collections.abc import Iterator
from typing import Any

from cloudshelf.validate.accounts import NO_ADMIN, NOBODY, People, Site
from cloudshelf.validate.caller import told
from cloudshelf.validate.finding import Area, Finding

AREA = Area("story")
ADDRESS = {"street": "1 Main Street", "city": "Anytown", "postal_code": "12345", "country": "US"}
COPIES, WANTED = 5, 2


def check(site: Site) -> Iterator[Finding]:
    yield from _anybody(site)
    if site.people is None:
        yield AREA.not_checked("a shopper buys and cancels", NOBODY)
    elif site.people.admin is None:
        yield AREA.not_checked("a shopper buys and cancels a book of the check's own", NO_ADMIN)
    else:
        yield from _with_a_book(site, site.people)


def _anybody(site: Site) -> Iterator[Finding]:
    ask = site.anybody.api
    for path in ("/health", "/meta", "/openapi.json", "/categories", "/books?limit=2", "/bestsellers"):
        answer = ask("GET", path)
        yield AREA.judge(f"anybody gets {path}", answer.status_code == 200, told(answer))
    page = site.anybody.send("GET", "/")
    yield AREA.judge("the storefront opens", page.status_code == 200 and b"<html" in page.content, told(page))
    answer = ask("GET", "/books/no-such-book-here")
    yield AREA.judge("a book that is not there is 404", answer.status_code == 404, told(answer))
    if site.has_sessions:
        begun = ask("POST", "/sessions")
        cookie = begun.headers.get("Set-Cookie", "")
        own = ask("GET", "/sessions/me", headers={"Cookie": cookie.partition(";")[0]})
        yield AREA.judge("a guest has a session of their own",
                         (begun.status_code, own.status_code) == (201, 200), told(own))  # fmt: skip


def _with_a_book(site: Site, people: People) -> Iterator[Finding]:
    book_id = f"validate-{uuid.uuid4().hex[:10]}"
    book = {"category": "Validation", "title": f"Validation {book_id}", "author": "CloudShelf", "price": 12.5}
    assert people.admin is not None  # noqa: S101 - check() has looked
    put = people.admin.api("PUT", f"/admin/books/{book_id}", {**book, "stock_quantity": COPIES})
    yield AREA.judge("the back office puts a book on the shelf", put.status_code == 201, told(put))
    try:
        yield from _found(site, book_id)
        yield from _bought(people, book_id)
    finally:
        gone = people.admin.api("DELETE", f"/admin/books/{book_id}")
        yield AREA.judge("and takes it away again", gone.status_code == 204, told(gone))


def _found(site: Site, book_id: str) -> Iterator[Finding]:
    ask = site.anybody.api
    answer = ask("GET", f"/books/{book_id}")
    yield AREA.judge("anybody sees it", answer.status_code == 200, told(answer))
    again = ask("GET", f"/books/{book_id}", headers={"If-None-Match": answer.headers.get("ETag", "")})
    yield AREA.judge("and is told 304 when nothing changed", again.status_code == 304, told(again))
    found = ask("GET", f"/books?q={book_id}&limit=5")
    listed = [each["book_id"] for each in found.json().get("books", [])] if found.ok else []
    yield AREA.judge("a search for its title finds it", book_id in listed, f"{told(found)}, {len(listed)} found")


def _bought(people: People, book_id: str) -> Iterator[Finding]:
    ask = people.shopper.api
    ask("DELETE", "/cart")
    cart = ask("PUT", f"/cart/items/{book_id}", {"quantity": WANTED})
    yield AREA.judge("a shopper puts it into the cart", cart.status_code == 200, told(cart))
    quote = ask("POST", "/checkout/quote")
    yield AREA.judge("is told what it costs", quote.status_code == 200, told(quote))
    total = quote.json().get("total") if quote.ok else 0
    cheaper = _buy(people, uuid.uuid4().hex, 0.01)
    yield AREA.judge("cannot name a price", told(cheaper) == "409 price_changed", told(cheaper))
    key = uuid.uuid4().hex
    order, replay = _buy(people, key, total), _buy(people, key, total)
    yield AREA.judge("buys it", order.status_code == 201, told(order))
    if order.status_code != 201:
        return
    order_id = order.json()["order_id"]
    same = replay.status_code == 201 and replay.json()["order_id"] == order_id
    yield AREA.judge("gets the same order for the same Idempotency-Key", same, told(replay))
    other = _buy(people, key, 1)
    yield AREA.judge("and none for another wish under it", told(other) == "422 idempotency_mismatch", told(other))
    yield from _afterwards(people, book_id, order_id)


def _afterwards(people: People, book_id: str, order_id: str) -> Iterator[Finding]:
    ask = people.shopper.api
    own = [each["order_id"] for each in ask("GET", "/orders").json().get("orders", [])]
    yield AREA.judge("finds it among their orders, once", own.count(order_id) == 1, f"{len(own)} orders")
    empty = ask("GET", "/cart").json().get("item_count")
    yield AREA.judge("has an empty cart", empty == 0, f"{empty} copies in it")
    yield AREA.judge("the copies have left the shelf", _stock(people, book_id) == COPIES - WANTED)
    cancelled = ask("POST", f"/orders/{order_id}/cancel")
    yield AREA.judge("cancels", cancelled.ok and cancelled.json()["status"] == "cancelled", told(cancelled))
    yield AREA.judge("the copies are back, once", _stock(people, book_id) == COPIES)


def _buy(people: People, key: str, total: Any) -> Any:
    wish = {"expected_total": total, "shipping_address": ADDRESS}
    return people.shopper.api("POST", "/orders", wish, headers={"Idempotency-Key": key})


def _stock(people: People, book_id: str) -> int | None:
    """As the database has it: an answer to the public may come from a cache."""
    assert people.admin is not None  # noqa: S101 - check() has looked
    answer = people.admin.api("PATCH", f"/admin/books/{book_id}/stock", {"delta": 0})
    return int(answer.json()["stock_quantity"]) if answer.ok else None

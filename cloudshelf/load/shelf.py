"""Books of the load's own, so that nobody's real stock is touched and every copy is accounted for."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from cloudshelf.catalog.credentials import Account
from cloudshelf.client import ShopClient

CATEGORY = "Load test"


@contextmanager
def back_office(url: str, admin: Account) -> Iterator[ShopClient]:
    with ShopClient(url) as client:
        client.sign_in(admin.email, admin.password)
        yield client


def fill(url: str, admin: Account, books: int, copies: int) -> dict[str, int]:
    """Copies by the ids of the books it put on the shelves."""
    run = uuid.uuid4().hex[:10]
    shelf = {f"load-{run}-{number}": copies for number in range(books)}
    with back_office(url, admin) as client:
        for number, book_id in enumerate(shelf):
            body = {
                "category": CATEGORY,
                "title": f"Load test {run} {number}",
                "author": "CloudShelf",
                "price": 5 + number,
                "stock_quantity": copies,
            }
            client.call("putBook", {"book_id": book_id}, body)
    return shelf


def clear(url: str, admin: Account, shelf: Mapping[str, int]) -> None:
    """Takes the books out of the catalogue; orders keep what they say about them."""
    with back_office(url, admin) as client:
        for book_id in shelf:
            client.call("deleteBook", {"book_id": book_id})

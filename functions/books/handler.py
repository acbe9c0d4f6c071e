"""Lambda entry point of the public catalogue."""

from functools import cache
from hashlib import sha256

from shared import contract, cursor, settings
from shared.api import Api
from shared.dynamo import Table
from shared.problems import NotFound
from shared.reply import Reply, encode, public
from shared.request import Request

from books.dynamo import DynamoBooks
from books.model import DEFAULT_LIMIT, Book, listing
from books.store import Books

MINUTE_S, FIVE_MINUTES_S = 60, 300

api = Api("books")


@cache
def books() -> Books:
    return DynamoBooks(Table(settings.table("books")), Table(settings.table("orders")))


@api.operation("listBooks")
def list_books(request: Request) -> Reply:
    asked = listing(request.query)
    found, position = books().page(asked, cursor.decode(asked, request.query.get("cursor")))
    return public({"books": found, "next_cursor": cursor.encode(asked, position)}, MINUTE_S)


@api.operation("getBook")
def get_book(request: Request) -> Reply:
    body = encode(_book(request))
    tag = f'"{sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": f"public, max-age={MINUTE_S}"}
    if _is_current(request.header("If-None-Match"), tag):
        return Reply(None, 304, headers)
    return Reply(body, 200, headers)


@api.operation("listRelatedBooks")
def list_related_books(request: Request) -> Reply:
    found = books().related(_book(request), request.query.get("limit", DEFAULT_LIMIT))
    return public({"books": found}, FIVE_MINUTES_S)


@api.operation("listCategories")
def list_categories(_: Request) -> Reply:
    return public({"categories": books().categories()}, MINUTE_S)


@api.operation("listBestsellers")
def list_bestsellers(request: Request) -> Reply:
    return public({"books": books().bestsellers(request.query.get("limit", DEFAULT_LIMIT))}, MINUTE_S)


@api.operation("getHealth")
def get_health(_: Request) -> Reply:
    return Reply({"status": "ok"})


@api.operation("getMeta")
def get_meta(_: Request) -> Reply:
    capabilities = settings.capabilities()
    meta = {
        "phase": settings.phase(),
        "version": contract.document()["info"]["version"],
        "currency": settings.currency(),
        "tax_rate": settings.tax_rate(),
        "shipping_fee": settings.shipping_fee(),
        "capabilities": {
            "search": "full-text" if "full-text" in capabilities else "basic",
            "sessions": "sessions" in capabilities,
            "reports": "reports" in capabilities,
        },
    }
    return public(meta, MINUTE_S)


@api.operation("getContract")
def get_contract(_: Request) -> Reply:
    return public(contract.published(), FIVE_MINUTES_S)


def _book(request: Request) -> Book:
    book_id = request.path["book_id"]
    if (book := books().get(book_id)) is None:
        raise NotFound(f"There is no book {book_id}.")
    return book


def _is_current(header: str | None, tag: str) -> bool:
    known = [each.strip().removeprefix("W/") for each in (header or "").split(",")]
    return tag in known or "*" in known


lambda_handler = api.lambda_handler()

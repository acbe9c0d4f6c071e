"""Lambda entry point of the public catalogue."""

import os
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from typing import Any

import msgspec
from aws_lambda_powertools.utilities.typing import LambdaContext
from shared import contract, cursor, settings
from shared.api import Api
from shared.problems import NotFound
from shared.reply import Reply, encode, public
from shared.request import Request

from books.model import DEFAULT_LIMIT, Book, listing
from books.store import Books

MINUTE_S, FIVE_MINUTES_S = 60, 300
MOST_LOOKED_UP = 100

api = Api("books")


@cache
def books() -> Books:
    if "DATABASE_HOST" in os.environ:
        from shared.postgres import database

        from books.postgres import PostgresBooks

        return PostgresBooks(database())
    from shared.dynamo import Table

    from books.dynamo import DynamoBooks

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
    found = books().related(request.path["book_id"], request.query.get("limit", DEFAULT_LIMIT))
    if found is None:
        raise _no_book(request)
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
    if (book := books().get(request.path["book_id"])) is None:
        raise _no_book(request)
    return book


def _no_book(request: Request) -> NotFound:
    return NotFound(f"There is no book {request.path['book_id']}.")


def _is_current(header: str | None, tag: str) -> bool:
    known = [each.strip().removeprefix("W/") for each in (header or "").split(",")]
    return tag in known or "*" in known


_over_http = api.lambda_handler()


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> Mapping[str, Any]:
    """Answers the API, and other functions, who call it with `{"lookup": [book ids]}`."""
    if "lookup" in event:
        return {"books": msgspec.to_builtins(books().lookup(_ids(event["lookup"])))}
    return _over_http(event, context)


def _ids(wanted: Any) -> list[str]:
    if (
        not isinstance(wanted, list)
        or len(wanted) > MOST_LOOKED_UP
        or not all(isinstance(each, str) for each in wanted)
    ):
        raise ValueError(f"lookup: must be a list of at most {MOST_LOOKED_UP} book ids")
    return wanted

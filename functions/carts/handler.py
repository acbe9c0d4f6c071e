"""Lambda entry point of shopping carts: shoppers' own, and those of guests' sessions."""

import os
from collections.abc import Callable
from functools import cache

import msgspec
from shared import settings
from shared.api import Api
from shared.dynamo import Table
from shared.problems import InvalidRequest, NotFound
from shared.reply import Reply
from shared.request import Request
from shared.session import COOKIE, Session, cart_owner
from shared.session_store import LiveSessions

from carts.catalogue import Catalogue, InvokedCatalogue, PostgresCatalogue, TableCatalogue
from carts.changing import changed, merged_session, merging
from carts.model import Cart, CartItemInput, CartMerge, shown
from carts.store import Carts

api = Api("carts")


@cache
def carts() -> Carts:
    table = Table(settings.table("carts"))
    if settings.cart_layout() == "items":
        from carts.items import ItemCarts

        return ItemCarts(table)
    from carts.dynamo import DynamoCarts

    return DynamoCarts(table, settings.cart_days())


@cache
def books() -> Catalogue:
    if "DATABASE_HOST" in os.environ:
        from shared.postgres import database

        return PostgresCatalogue(database())
    if "BOOKS_FUNCTION_NAME" in os.environ:
        return InvokedCatalogue(settings.books_function())
    from books.lookup import BookLookup

    return TableCatalogue(BookLookup(Table(settings.table("books"))))


@cache
def sessions() -> LiveSessions:
    return LiveSessions(Table(settings.table("sessions")), settings.session_hours())


@api.operation("getCart")
def get_cart(request: Request) -> Reply:
    return _shown(carts().load(request.caller.user_id))


@api.operation("setCartItem")
def set_cart_item(request: Request) -> Reply:
    return _shown(_changed(request.caller.user_id, _setting(request)))


@api.operation("removeCartItem")
def remove_cart_item(request: Request) -> Reply:
    return _shown(_changed(request.caller.user_id, lambda cart: cart.without(request.path["book_id"])))


@api.operation("clearCart")
def clear_cart(request: Request) -> Reply:
    _changed(request.caller.user_id, Cart.emptied)
    return Reply(None, 204)


@api.operation("mergeCart")
def merge_cart(request: Request) -> Reply:
    merge, user_id = request.body(CartMerge), request.caller.user_id
    if isinstance(merge.items, msgspec.UnsetType):
        session = _session_to_merge(request)
        return _shown(merged_session(carts(), books(), user_id, merge.merge_id, session))
    return _shown(_changed(user_id, merging(books(), merge.merge_id, merge.items)))


@api.operation("getGuestCart")
def get_guest_cart(request: Request) -> Reply:
    return _shown(carts().load(cart_owner(_session(request))))


@api.operation("setGuestCartItem")
def set_guest_cart_item(request: Request) -> Reply:
    session = _session(request)
    return _shown(_changed(cart_owner(session), _setting(request), session.ends_at))


@api.operation("removeGuestCartItem")
def remove_guest_cart_item(request: Request) -> Reply:
    session = _session(request)
    return _shown(_changed(cart_owner(session), lambda cart: cart.without(request.path["book_id"]), session.ends_at))


@api.operation("clearGuestCart")
def clear_guest_cart(request: Request) -> Reply:
    session = _session(request)
    _changed(cart_owner(session), Cart.emptied, session.ends_at)
    return Reply(None, 204)


def _session(request: Request) -> Session:
    return sessions().live(request.cookie(COOKIE))


def _session_to_merge(request: Request) -> Session:
    if "sessions" not in settings.capabilities():
        fault = "session: this shop has no sessions; send items"
        raise InvalidRequest(f"The body is wrong: {fault}", errors=(fault,))
    return _session(request)


def _setting(request: Request) -> Callable[[Cart], Cart]:
    book_id, wanted = request.path["book_id"], request.body(CartItemInput)
    if (book := books().find(book_id)) is None:
        raise NotFound(f"There is no book {book_id}.")
    return lambda cart: cart.with_book(book, wanted.quantity)


def _changed(user_id: str, change: Callable[[Cart], Cart], ends_at: int | None = None) -> Cart:
    return changed(carts(), user_id, change, ends_at)


def _shown(cart: Cart) -> Reply:
    return Reply(shown(cart, books().current({line.book_id: line.category for line in cart.lines})))


lambda_handler = api.lambda_handler()

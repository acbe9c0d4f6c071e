"""Lambda entry point of shopping carts."""

from collections.abc import Callable
from functools import cache

from books.lookup import BookLookup
from shared import clock, settings
from shared.api import Api
from shared.backoff import attempts
from shared.dynamo import Table
from shared.problems import Conflict, NotFound
from shared.reply import Reply
from shared.request import Request

from carts.dynamo import DynamoCarts
from carts.model import Cart, CartItemInput, CartMerge, shown
from carts.store import Carts, Stale

# Two tabs of one shopper rarely meet; more than this is a client gone wild.
MOST_ATTEMPTS = 8
PATIENCE_S = 8.0

api = Api("carts")


@cache
def carts() -> Carts:
    return DynamoCarts(Table(settings.table("carts")), settings.cart_days())


@cache
def books() -> BookLookup:
    return BookLookup(Table(settings.table("books")))


@api.operation("getCart")
def get_cart(request: Request) -> Reply:
    return _shown(carts().load(request.caller.user_id))


@api.operation("setCartItem")
def set_cart_item(request: Request) -> Reply:
    book_id, wanted = request.path["book_id"], request.body(CartItemInput)
    if (book := books().find(book_id)) is None:
        raise NotFound(f"There is no book {book_id}.")
    return _shown(_changed(request.caller.user_id, lambda cart: cart.with_book(book, wanted.quantity)))


@api.operation("removeCartItem")
def remove_cart_item(request: Request) -> Reply:
    return _shown(_changed(request.caller.user_id, lambda cart: cart.without(request.path["book_id"])))


@api.operation("mergeCart")
def merge_cart(request: Request) -> Reply:
    merge = request.body(CartMerge)
    found = [book for item in merge.items if (book := books().find(item.book_id)) is not None]
    there = {book.book_id: book for book in found}
    return _shown(_changed(request.caller.user_id, lambda cart: cart.merged(merge, there)))


@api.operation("clearCart")
def clear_cart(request: Request) -> Reply:
    _changed(request.caller.user_id, Cart.emptied)
    return Reply(None, 204)


def _changed(user_id: str, change: Callable[[Cart], Cart]) -> Cart:
    """The cart after the change, made again from the newest cart when another change came between."""
    for _ in attempts(MOST_ATTEMPTS, clock.monotonic() + PATIENCE_S):
        cart = carts().load(user_id)
        wanted = change(cart)
        if wanted == cart:
            return cart
        try:
            return carts().save(user_id, wanted)
        except Stale:
            continue
    raise Conflict("The cart kept changing meanwhile. Load it and try again.")


def _shown(cart: Cart) -> Reply:
    return Reply(shown(cart, books().current({line.book_id: line.category for line in cart.lines})))


lambda_handler = api.lambda_handler()

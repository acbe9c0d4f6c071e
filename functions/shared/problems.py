"""What can go wrong, each with its status and its stable code, and how it is told (RFC 9457)."""

from typing import Any, ClassVar

import msgspec

CONTENT_TYPE = "application/problem+json"


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is not as the shopper saw it."""

    book_id: str
    title: str
    change: str
    old_price: Any = msgspec.UNSET
    new_price: Any = msgspec.UNSET
    available: int | msgspec.UnsetType = msgspec.UNSET


class Problem(Exception):
    """A fault that has an answer. `detail` says to a person what went wrong and what to do."""

    status: ClassVar[int]
    code: ClassVar[str]
    title: ClassVar[str]
    retry_after_s: ClassVar[int | None] = None

    def __init__(self, detail: str, *, errors: tuple[str, ...] = (), changes: tuple[Change, ...] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.errors = errors
        self.changes = changes

    def body(self, request_id: str) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "request_id": request_id,
        }
        if self.errors:
            body["errors"] = self.errors
        if self.changes is not None:
            body["changes"] = self.changes
        return body


class InvalidRequest(Problem):
    status, code, title = 400, "invalid_request", "Invalid request"


class InvalidCursor(Problem):
    status, code, title = 400, "invalid_cursor", "Invalid cursor"


class Unauthorized(Problem):
    status, code, title = 401, "unauthorized", "Sign in first"


class PaymentDeclined(Problem):
    status, code, title = 402, "payment_declined", "Payment declined"


class Forbidden(Problem):
    status, code, title = 403, "forbidden", "Not allowed"


class NotFound(Problem):
    status, code, title = 404, "not_found", "Not found"


class EmptyCart(Problem):
    status, code, title = 409, "empty_cart", "The cart is empty"


class CartFull(Problem):
    status, code, title = 409, "cart_full", "The cart is full"


class OutOfStock(Problem):
    status, code, title = 409, "out_of_stock", "Out of stock"


class PriceChanged(Problem):
    status, code, title = 409, "price_changed", "The price changed"


class IllegalTransition(Problem):
    status, code, title = 409, "illegal_transition", "The order cannot go there"


class BookExists(Problem):
    status, code, title = 409, "book_exists", "The book exists"


class StockMismatch(Problem):
    status, code, title = 409, "stock_mismatch", "The stock is another"


class Conflict(Problem):
    status, code, title = 409, "conflict", "Changed meanwhile"


class AccountErased(Problem):
    status, code, title = 410, "account_erased", "The account was erased"


class PayloadTooLarge(Problem):
    status, code, title = 413, "payload_too_large", "The body is too large"


class UnsupportedMediaType(Problem):
    status, code, title = 415, "unsupported_media_type", "Unsupported media type"


class IdempotencyMismatch(Problem):
    status, code, title = 422, "idempotency_mismatch", "The key was used for something else"


class InternalError(Problem):
    status, code, title = 500, "internal_error", "Internal error"


class NotSupported(Problem):
    status, code, title = 501, "not_supported", "Not supported"


class Unavailable(Problem):
    status, code, title = 503, "unavailable", "Unavailable"
    retry_after_s = 2

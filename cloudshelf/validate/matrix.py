"""Who may call what: every operation of the contract as a passer-by, a shopper, another shopper, the back office."""

import re
import uuid
from collections.abc import Iterator

import requests

from cloudshelf.validate.accounts import NO_ADMIN, NOBODY, People, Site
from cloudshelf.validate.caller import Caller, told
from cloudshelf.validate.finding import Area, Finding
from cloudshelf.validate.purchase_flow import ADDRESS
from components.contract import Operation, operations

AREA = Area("authorization")
PARAMETER = re.compile(r"\{(\w+)\}")
# Nothing has these names, so a call that is let through changes nothing.
NOTHING = {"book_id": "no-such-book-here", "order_id": "order-2020-01-01-none", "report": "low-stock"}
# A caller who is let through would be gone, or would empty a cart that is somebody's.
ONLY_REFUSED = frozenset({"eraseMe"})
# Good bodies, so that who may not is refused for that and not for a body; nobody who may is sent them.
BOOK = {"category": "Validation", "title": "Validation", "author": "CloudShelf", "price": 1, "stock_quantity": 0}
GOOD = {
    "createBook": {**BOOK, "book_id": NOTHING["book_id"]},
    "putBook": BOOK,
    "changeStock": {"delta": 0},
    "updateOrderStatus": {"status": "shipped"},
    "updateSession": {"searched": "validation"},
    "setGuestCartItem": {"quantity": 1},
}
ADMIN, SESSION, SHOPPER = "admin", "session", "shopper"
REFUSED = frozenset({401, 403})


def check(site: Site) -> Iterator[Finding]:
    capabilities = {"sessions"} if site.has_sessions else set[str]()
    offered = {operation.operation_id for operation in operations(capabilities)}
    for operation in operations():
        yield from _operation(site, operation, offered=operation.operation_id in offered)
    if site.people is None:
        yield AREA.not_checked("each sees their own orders alone", NOBODY)
        return
    yield from _strangers(site.people)
    yield from _tokens(site.people)


def _operation(site: Site, operation: Operation, *, offered: bool) -> Iterator[Finding]:
    need, name = _need(operation), operation.operation_id
    expected = "refused" if need else "let through"
    # API Gateway checks a body before a function checks a cookie.
    answer = _asked(site.anybody, operation, good=need in (ADMIN, SESSION))
    yield _judged(name, "a passer-by", expected if offered else "not found", answer, operation)
    if not offered or need == SESSION:
        return
    if site.people is None:
        yield AREA.not_checked(f"{name} as a shopper and as the back office", NOBODY)
        return
    if name not in ONLY_REFUSED:
        expected = "forbidden" if need == ADMIN else "let through"
        answer = _asked(site.people.shopper, operation, good=need == ADMIN)
        yield _judged(name, "a shopper", expected, answer, operation)
    if need == ADMIN and site.people.admin is None:
        yield AREA.not_checked(f"{name} as the back office", NO_ADMIN)
    elif need == ADMIN and site.people.admin is not None:
        yield _judged(name, "the back office", "let through", _asked(site.people.admin, operation), operation)


def _need(operation: Operation) -> str:
    if operation.definition.get("x-cloudshelf-role"):
        return ADMIN
    if operation.token_schemes:
        return SHOPPER
    return SESSION if operation.definition.get("security") else ""


def _asked(caller: Caller, operation: Operation, *, good: bool = False) -> requests.Response:
    """With nothing in the body, which no operation takes that asks for one, unless it is to be good."""
    path = PARAMETER.sub(lambda found: NOTHING[found[1]], operation.path)
    body: object = None
    if "requestBody" in operation.definition:
        body = GOOD[operation.operation_id] if good else {}
    wants_key = any(each["name"] == "Idempotency-Key" for each in operation.parameters)
    headers = {"Idempotency-Key": uuid.uuid4().hex} if wants_key else {}
    return caller.api(operation.method.upper(), path, body, headers=headers)


def _judged(name: str, who: str, expected: str, answer: requests.Response, operation: Operation) -> Finding:
    status = answer.status_code
    documented = str(status) in operation.definition["responses"]
    held = {
        "refused": status == 401,
        "forbidden": status == 403,
        "not found": status == 404,
        "let through": status not in REFUSED and documented and (status < 500 or status == 501),
    }[expected]
    return AREA.judge(f"{name}: {who} is {expected}", held, told(answer))


def _strangers(people: People) -> Iterator[Finding]:
    """An order of one, asked for by the other."""
    if people.admin is None:
        yield AREA.not_checked("another shopper's order is 404", NO_ADMIN)
        return
    book_id = f"validate-{uuid.uuid4().hex[:10]}"
    people.admin.api("PUT", f"/admin/books/{book_id}", {**BOOK, "stock_quantity": 1})
    try:
        people.shopper.api("DELETE", "/cart")
        people.shopper.api("PUT", f"/cart/items/{book_id}", {"quantity": 1})
        total = people.shopper.api("POST", "/checkout/quote").json().get("total")
        wish, key = {"expected_total": total, "shipping_address": ADDRESS}, uuid.uuid4().hex
        order = people.shopper.api("POST", "/orders", wish, headers={"Idempotency-Key": key})
        order_id = order.json().get("order_id", NOTHING["order_id"])
        yield AREA.judge("a shopper sees their own order",
                         people.shopper.api("GET", f"/orders/{order_id}").status_code == 200, told(order))  # fmt: skip
        for method, path in (("GET", f"/orders/{order_id}"), ("POST", f"/orders/{order_id}/cancel")):
            answer = people.other.api(method, path)
            yield AREA.judge(f"another's {method} {path.replace(order_id, '...')} is 404",
                             answer.status_code == 404, told(answer))  # fmt: skip
        people.shopper.api("POST", f"/orders/{order_id}/cancel")
    finally:
        people.admin.api("DELETE", f"/admin/books/{book_id}")


def _tokens(people: People) -> Iterator[Finding]:
    """Tokens that prove nothing."""
    head, claims, signature = people.shopper.token.split(".")
    wrong = {
        "with another's claims": f"{head}.{people.other.token.split('.')[1]}.{signature}",
        "without a signature": f"{head}.{claims}.",
        "of algorithm none": f"eyJhbGciOiJub25lIn0.{claims}.",
        "that is no token": "let-me-in",
    }
    for what, token in wrong.items():
        answer = people.shopper.api("GET", "/users/me", token=token)
        yield AREA.judge(f"a token {what} is refused", answer.status_code == 401, told(answer))

"""Bad bodies, a bad row, a poisoned cart, an event that is none; the other shoppers notice nothing."""

import time
from typing import Any

from pg8000.native import DatabaseError  # type: ignore[import-untyped]

from cloudshelf.drill import harness
from cloudshelf.drill.harness import Person, Stage, Witness, told
from cloudshelf.local.lambdas.environment import FunctionFailed

STACKS = ("phase2", "enhanced", "phase1")
OVERRIDES: dict[str, str] = {}
ORDERS = 3
Row = dict[str, Any]
BOOK = "book-9780143034759"
HEAD = "#cart"
MEGABYTE = 2**20
PROBLEM = "application/problem+json"
BAD_BODIES: tuple[tuple[str, str, bytes], ...] = (
    ("PUT", f"/cart/items/{BOOK}", b"{"),
    ("PUT", f"/cart/items/{BOOK}", b"\xff\xfe\x00"),
    ("PUT", f"/cart/items/{BOOK}", b'{"quantity": NaN}'),
    ("PUT", f"/cart/items/{BOOK}", b'{"quantity": 1e400}'),
    ("PUT", f"/cart/items/{BOOK}", b'{"quantity": "1"}'),
    ("PUT", f"/cart/items/{BOOK}", b'{"quantity": 1, "price": 0.01}'),
    ("PUT", "/cart/items/..%2f..%2fetc", b'{"quantity": 1}'),
    ("PUT", f"/cart/items/{BOOK}", b"[" * 50_000),
    ("PATCH", "/users/me", b'{"first_name": "a\\u0000b"}'),
    ("PATCH", "/users/me", b'{"first_name": "\\ud800"}'),
    ("PATCH", "/users/me", b'{"user_id": "somebody-else"}'),
    ("POST", "/cart/merge", b'{"merge_id": "m-00000001", "items": [null]}'),
    ("POST", "/cart/merge", b" " * (11 * MEGABYTE)),
    ("GET", "/orders?cursor=%00%ff", b""),
    ("GET", "/books?limit=-1", b""),
)
BAD_ROWS = (
    'INSERT INTO orders SELECT * FROM json_populate_record(NULL::orders, \'{"status": "gone"}\')',
    "UPDATE orders SET total_amount = total_amount - 1",
    "UPDATE books SET stock_quantity = -1",
)


def run(stage: Stage) -> None:
    seen = Witness()
    load = stage.send(seen)
    stage.step("shoppers buy")
    seen.wait_for_orders(ORDERS)
    victim = Person(stage.cloud.url)
    _bad_bodies(stage, victim)
    if stage.cloud.world.databases.instances:
        _bad_rows(stage)
    _poisoned_cart(stage, victim)
    _poisoned_event(stage, victim)
    stage.expect_orders("orders go on", seen, ORDERS, since=time.time())
    outcome = load.stop()
    stage.expect("the other shoppers saw no server error", not outcome.failures, f"{outcome.requests} requests")
    stage.expect_nothing_lost(outcome)
    stage.expect_alarms(["api-errors", "carts-errors", "carts-unreadable"], silent=["orders-errors", "users-errors"])


def _bad_bodies(stage: Stage, victim: Person) -> None:
    stage.step(f"{len(BAD_BODIES)} requests come that no client of the shop sends")
    for method, path, body in BAD_BODIES:
        answer = victim.api(method, path, body or None)
        fits = 400 <= answer.status_code < 500 and answer.headers.get("Content-Type") == PROBLEM
        shown = f"{body[:30]!r}{'...' if len(body) > 30 else ''}" if body else ""
        stage.expect(f"{method} {path} {shown} is refused as a problem", fits, told(answer))


def _bad_rows(stage: Stage) -> None:
    stage.step("somebody writes rows by hand that cannot be right")
    for statement in BAD_ROWS:
        refused = ""
        try:
            harness.run(stage.database, statement)
        except DatabaseError as error:
            refused = str(error.args[0].get("C", ""))
        # Class 23 is integrity: https://www.postgresql.org/docs/15/errcodes-appendix.html
        stage.expect(f"the database refuses: {statement}", refused.startswith("23"), refused)


def _poisoned_cart(stage: Stage, victim: Person) -> None:
    dynamodb = stage.cloud.world.aws.client("dynamodb")
    stage.step("a line of one shopper's cart is broken by hand")
    table, broken, key = broken_line(stage.cloud.stack, victim.user_id)
    dynamodb.put_item(TableName=table, Item=broken)
    answer = victim.api("GET", "/cart")
    stage.expect("that shopper has a cart, without the line", answer.status_code == 200, told(answer))
    stage.expect("the row is still there", "Item" in dynamodb.get_item(TableName=table, Key=key))
    dynamodb.delete_item(TableName=table, Key=key)
    stage.step("what all lines share is broken, too")
    table, broken, key = broken_cart(stage.cloud.stack, victim.user_id)
    dynamodb.put_item(TableName=table, Item=broken)
    answer = victim.api("GET", "/cart")
    stage.expect("that shopper alone is told the shop failed", told(answer) == "500 internal_error", told(answer))
    stage.expect("with an id to find it in the logs by", bool(answer.json().get("request_id")))
    stage.step("the row is removed")
    dynamodb.delete_item(TableName=table, Key=key)
    answer = victim.api("GET", "/cart")
    stage.expect("the shopper has a cart again", answer.status_code == 200, told(answer))


def _poisoned_event(stage: Stage, victim: Person) -> None:
    stage.step("the carts function is invoked with what is no request")
    function = stage.function("carts")
    for event in (b"{}", b"[]", b'{"Records": [{"eventSource": "aws:sqs"}]}'):
        failed = ""
        try:
            function.invoke(event)
        except FunctionFailed as error:
            failed = error.kind
        stage.expect(f"{event.decode()} is an error of the function, not an answer", bool(failed), failed)
    answer = victim.api("GET", "/cart")
    stage.expect("the next request is served", answer.status_code == 200, told(answer))


def broken_line(stack: str, user_id: str) -> tuple[str, Row, Row]:
    """A table, a row in it with a line that has not what every line has, in the phase's layout, and the row's key."""
    line: Row = {"book_id": {"S": BOOK}, "quantity": {"S": "many"}}
    return _row(stack, user_id, _document("1", [{"M": line}]) if stack == "phase1" else line)


def broken_cart(stack: str, user_id: str) -> tuple[str, Row, Row]:
    """The same with a version that is no number: of such a cart nothing is known."""
    head: Row = {"book_id": {"S": HEAD}, "version": {"S": "many"}}
    return _row(stack, user_id, _document("many", []) if stack == "phase1" else head)


def _document(version: str, lines: list[Row]) -> Row:
    expires = {"N": str(int(time.time()) + 3600)}
    counted = {"N": version} if version.isdigit() else {"S": version}
    stamps = {name: {"S": "2026-01-01T00:00:00Z"} for name in ("created_at", "updated_at")}
    return {"cart_id": {"S": "active"}, "version": counted, "items": {"L": lines}, "expires_at": expires, **stamps}


def _row(stack: str, user_id: str, rest: Row) -> tuple[str, Row, Row]:
    row: Row = {"user_id": {"S": user_id}, **rest}
    second = "cart_id" if stack == "phase1" else "book_id"
    return f"cloudshelf-{stack}-carts", row, {name: row[name] for name in ("user_id", second)}


def commands(stack: str) -> list[str]:
    name, second = f"cloudshelf-{stack}", "cart_id" if stack == "phase1" else "book_id"
    return [
        f"aws logs filter-log-events --log-group-name /aws/lambda/{name}-carts "
        "--filter-pattern '{ $.message = \"cart line unreadable\" }'",
        f"aws logs filter-log-events --log-group-name /aws/lambda/{name}-carts "
        "--filter-pattern '{ $.correlation_id = \"REQUEST_ID\" }'",
        f"aws dynamodb query --table-name {name}-carts --key-condition-expression 'user_id = :u' "
        '--expression-attribute-values \'{":u": {"S": "USER_ID"}}\'',
        f"aws dynamodb delete-item --table-name {name}-carts "
        f'--key \'{{"user_id": {{"S": "USER_ID"}}, "{second}": {{"S": "VALUE"}}}}\' --return-values ALL_OLD',
    ]

"""A shop with sessions in front of either layout of carts, without a database server; and a Lambda to invoke."""

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from books.lookup import BookLookup
from books.model import Book
from carts.catalogue import TableCatalogue
from carts.dynamo import DynamoCarts
from carts.items import ItemCarts
from carts.store import Carts
from shared import clock
from shared.cart_document import DocumentRows
from shared.cart_items import ItemRows
from shared.cart_rows import CartRows
from shared.dynamo import Table

from tests.functions.lambdas import Answer, Lambdas
from tests.functions.stores import ITEMS, PHASE1, DynamoStore, Row, partition

LAYOUTS = ("document", "items")
TABLES = {"document": f"{PHASE1}-carts", "items": f"{ITEMS}-carts"}
SESSIONS = f"{ITEMS}-sessions"
SERVICES = ("books", "carts", "sessions", "admin")


class LayoutStore(DynamoStore):
    """phase1's books, carts in a layout, and sessions."""

    def __init__(self, client: Any, layout: str) -> None:
        super().__init__(client)
        self.client, self.layout = client, layout

    def environment(self) -> Mapping[str, str]:
        return {
            **super().environment(),
            "CARTS_TABLE_NAME": TABLES[self.layout],
            "CART_LAYOUT": self.layout,
            "SESSIONS_TABLE_NAME": SESSIONS,
            "CAPABILITIES": "sessions",
        }

    def cart_rows(self, user: str) -> list[Row]:
        return partition(self.client, TABLES[self.layout], user)

    def sessions(self) -> list[Row]:
        """Everything in the table of sessions, as it is on the wire."""
        items: list[Row] = self.client.scan(TableName=SESSIONS)["Items"]
        return items


def store_of(layout: str) -> Carts:
    table = Table(TABLES[layout])
    return ItemCarts(table) if layout == "items" else DynamoCarts(table, days=30)


def rows_of(layout: str) -> CartRows:
    table = Table(TABLES[layout])
    return ItemRows(table) if layout == "items" else DocumentRows(table)


def catalogue() -> TableCatalogue:
    return TableCatalogue(BookLookup(Table(f"{PHASE1}-books")))


class Known:
    """A catalogue of so many books that are only in this process."""

    def __init__(self, count: int) -> None:
        now = clock.stamp(clock.now())
        self.ids = [f"book-{uuid.uuid4().hex[:12]}" for _ in range(count)]
        self._books = {
            each: Book(each, "Test", "A book", "Somebody", None, Decimal("10.00"), 5, "", None, now, now)
            for each in self.ids
        }

    def find(self, book_id: str) -> Book | None:
        return self._books.get(book_id)

    def several(self, book_ids: Iterable[str]) -> Mapping[str, Book]:
        return {each: self._books[each] for each in book_ids if each in self._books}

    current = several


class Guest:
    """A visitor with the cookie of a session."""

    def __init__(self, lambdas: Lambdas) -> None:
        self._lambdas = lambdas
        begun = lambdas.call("POST", "/sessions")
        assert begun.status == 201, begun.text
        self.set_cookie = begun.headers["Set-Cookie"]
        self.cookie = self.set_cookie.partition(";")[0]
        self.session_id = self.cookie.partition("=")[2]

    def call(self, method: str, path: str, body: Any = None, *, user: str | None = None) -> Answer:
        return self._lambdas.call(method, path, body, user=user, headers={"Cookie": self.cookie})

    def fill(self, quantities: Mapping[str, int]) -> None:
        for book_id, quantity in quantities.items():
            answer = self.call("PUT", f"/sessions/me/cart/items/{book_id}", {"quantity": quantity})
            assert answer.status == 200, answer.text

    def cart(self) -> dict[str, int]:
        items = self.call("GET", "/sessions/me/cart").body["items"]
        return {item["book_id"]: item["quantity"] for item in items}

    def merge(self, user: str, merge_id: str) -> Answer:
        return self.call("POST", "/cart/merge", {"merge_id": merge_id, "session": True}, user=user)


Answering = Callable[[str, bytes], tuple[int, dict[str, str], bytes]]


@contextmanager
def http_server(answer: Answering) -> Iterator[str]:
    """The address of a server on this machine; `answer` makes status, headers and body of path and body."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, headers, body = answer(self.path, self.rfile.read(int(self.headers.get("Content-Length", 0))))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def invoked(function: Callable[[Any, Any], Any], context: Any) -> Answering:
    """Lambda's Invoke, for one function."""

    def answer(path: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        assert path.endswith("/invocations"), path
        try:
            result = function(json.loads(body), context)
        except Exception as error:
            failed = {"errorType": type(error).__name__, "errorMessage": str(error)}
            return 200, {"X-Amz-Function-Error": "Unhandled"}, json.dumps(failed).encode()
        return 200, {}, json.dumps(result).encode()

    return answer

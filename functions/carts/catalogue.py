"""What the catalogue says of the books in a cart, asked for in three ways."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import msgspec
from books.model import Book
from books.rows import COLUMNS, as_json, from_json
from shared.observability import logger
from shared.problems import Unavailable

if TYPE_CHECKING:
    from books.lookup import BookLookup
    from shared.postgres import Database

FOUND = as_json(f"SELECT {COLUMNS} FROM books WHERE book_id = ANY(:book_ids)")  # noqa: S608 - no input in it
# The other function may have to start first, and to connect to its database. It is only asked again if that fails.
CONNECT_S, READ_S, ATTEMPTS = 2, 5, 2


class Catalogue(Protocol):
    """Unavailable wherever the catalogue does not answer."""

    def find(self, book_id: str) -> Book | None: ...

    def several(self, book_ids: Sequence[str]) -> Mapping[str, Book]:
        """The books there are of these ids, by id."""
        ...

    def current(self, categories: Mapping[str, str]) -> Mapping[str, Book]:
        """The books there are, as they are now. `categories` tells where each id was last seen."""
        ...


class TableCatalogue:
    """From the table of books."""

    def __init__(self, lookup: "BookLookup") -> None:
        self.find, self.current = lookup.find, lookup.current

    def several(self, book_ids: Sequence[str]) -> Mapping[str, Book]:
        return _by_id(book for book_id in book_ids if (book := self.find(book_id)) is not None)


class PostgresCatalogue:
    """From PostgreSQL, as the role of the carts."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    def find(self, book_id: str) -> Book | None:
        return self.several([book_id]).get(book_id)

    def several(self, book_ids: Sequence[str]) -> Mapping[str, Book]:
        if not book_ids:
            return {}
        return _by_id(from_json(self._database.run(FOUND, book_ids=list(book_ids))[0][0]))

    def current(self, categories: Mapping[str, str]) -> Mapping[str, Book]:
        return self.several(list(categories))


class Found(msgspec.Struct, frozen=True):
    """What the function of the catalogue answers."""

    books: list[Book]


class InvokedCatalogue:
    """From the function of the catalogue, where carts have no way to its database."""

    def __init__(self, function_name: str) -> None:
        self._function_name = function_name

    def find(self, book_id: str) -> Book | None:
        return self.several([book_id]).get(book_id)

    def several(self, book_ids: Sequence[str]) -> Mapping[str, Book]:
        return _by_id(msgspec.json.decode(self._answer(book_ids), type=Found).books) if book_ids else {}

    def current(self, categories: Mapping[str, str]) -> Mapping[str, Book]:
        return self.several(list(categories))

    def _answer(self, book_ids: Sequence[str]) -> bytes:
        from botocore.exceptions import BotoCoreError, ClientError

        payload = msgspec.json.encode({"lookup": book_ids})
        try:
            reply = _client().invoke(FunctionName=self._function_name, Payload=payload)
            answer: bytes = reply["Payload"].read()
        except (BotoCoreError, ClientError) as error:
            raise _unavailable(f"{type(error).__name__}: {error}") from error
        if failed := reply.get("FunctionError"):
            raise _unavailable(f"{self._function_name}: {failed}")
        return answer


@cache
def _client() -> Any:
    import boto3
    from botocore.config import Config

    retries: Any = {"mode": "standard", "total_max_attempts": ATTEMPTS}
    return boto3.client("lambda", config=Config(connect_timeout=CONNECT_S, read_timeout=READ_S, retries=retries))


def _by_id(books: Iterable[Book]) -> dict[str, Book]:
    return {book.book_id: book for book in books}


def _unavailable(reason: str) -> Unavailable:
    logger().warning("catalogue", reason=reason)
    return Unavailable("The catalogue does not answer. Nothing was changed: try again in a moment.")

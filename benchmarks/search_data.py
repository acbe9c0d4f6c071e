"""A catalogue as large as needed, made from a vocabulary, and the ways to search it."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate, product
from typing import Any
from unittest.mock import patch

import psycopg
from books import ranking
from books.conditions import SAME_TITLE, WORDS, narrowed, wording
from books.model import Filters, Listing
from books.rows import COLUMNS, as_json, from_json
from shared.postgres import Database

from benchmarks.database import NAME, ShopDatabase

SEED = 20261121
TOPICS, SHELVES, WRITERS = 25, 20, 40_000
COMMON_WORDS, TOPIC_WORDS = 2000, 1200
COMMON_IN_A_BOOK, OF_TOPIC_IN_A_BOOK, IN_A_TITLE = 12, 12, 4
# Ranks in their vocabularies: a common word is in 10 to 35 of 100 books, a mid one in 1 to 3, a rare one in few.
COMMON, MID, RARE = range(3, 12), range(3), range(180, 420)
COPY = """COPY books (id, book_id, title, author, price, category, description, stock_quantity, popularity, created_at)
    FROM STDIN"""
SECONDARY = """SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'books' AND indexname NOT IN (
    SELECT conname FROM pg_constraint WHERE conrelid = 'books'::regclass)"""


@dataclass(frozen=True)
class Vocabulary:
    """Words by rank, and their weights added up."""

    words: Sequence[str]
    weights: Sequence[float]

    @classmethod
    def of(cls, words: Sequence[str]) -> "Vocabulary":
        return cls(words, list(accumulate(1 / rank for rank in range(1, len(words) + 1))))

    def some(self, chance: random.Random, count: int) -> list[str]:
        return chance.choices(self.words, cum_weights=self.weights, k=count)


class Catalogue:
    """The same for the same seed."""

    def __init__(self) -> None:
        self._chance = random.Random(SEED)  # noqa: S311 - not for secrets
        made = _words()
        self._chance.shuffle(made)
        self._common = Vocabulary.of(made[:COMMON_WORDS])
        rest = made[COMMON_WORDS:]
        self._topics = [Vocabulary.of(rest[n * TOPIC_WORDS : (n + 1) * TOPIC_WORDS]) for n in range(TOPICS)]
        # Half of the topics hardly sell.
        self._fame = [self._chance.uniform(-2, 3) for _ in range(TOPICS)]

    def words(self) -> list[str]:
        """A book's, those of its title first."""
        return self._of_topic(self._chance.randrange(TOPICS))

    def _of_topic(self, topic: int) -> list[str]:
        chance = self._chance
        words = self._topics[topic].some(chance, OF_TOPIC_IN_A_BOOK) + self._common.some(chance, COMMON_IN_A_BOOK)
        chance.shuffle(words)
        return words

    def rows(self, many: int) -> Iterator[tuple[Any, ...]]:
        """As COPY takes them."""
        chance = self._chance
        for number in range(many):
            topic = chance.randrange(TOPICS)
            words = self._of_topic(topic)
            sold = int(chance.lognormvariate(self._fame[topic], 1.5))
            yield (
                f"{number:032x}",
                f"book-{number:07}",
                " ".join(words[:IN_A_TITLE]),
                f"Writer {chance.randrange(WRITERS)}",
                f"{chance.randrange(100, 10000) / 100:.2f}",
                f"Shelf {(topic + chance.randrange(3)) % SHELVES}",
                " ".join(words[IN_A_TITLE:]),
                chance.randrange(5),
                sold,
                f"2026-01-{1 + number % 28:02} 00:00:00+00",
            )

    def searches(self, each: int) -> Mapping[str, list[str]]:
        """So many texts of each class."""
        chance = random.Random(SEED + 1)  # noqa: S311 - not for secrets

        def word(vocabulary: Vocabulary, ranks: range) -> str:
            return vocabulary.words[chance.choice(ranks)]

        def topic() -> Vocabulary:
            return chance.choice(self._topics)

        common = [self._common.words[rank] for rank in chance.sample(COMMON, each)]
        return {
            "common": common,
            "mid": [word(topic(), MID) for _ in range(each)],
            "rare": [word(topic(), RARE) for _ in range(each)],
            "common and common": [f"{one} {other}" for one, other in zip(common, common[1:] + common[:1], strict=True)],
            "common and mid": [f"{each} {word(topic(), MID)}" for each in common],
        }


def load(database: ShopDatabase, catalogue: Catalogue, many: int) -> None:
    """Into the empty table, its indexes made afterwards."""
    indexes = database.run(SECONDARY)
    for name, _ in indexes:
        database.run(f'DROP INDEX "{name}"')
    login = database.login(database.server.superuser)
    where = {"host": login.host, "port": login.port, "dbname": NAME, "user": login.user, "password": login.password()}
    with psycopg.connect(**where, autocommit=True) as connection:  # type: ignore[arg-type]
        with connection.cursor() as cursor, cursor.copy(COPY) as copy:
            for row in catalogue.rows(many):
                copy.write_row(row)
        connection.execute("SET maintenance_work_mem = '1GB'")
        for _, definition in indexes:
            connection.execute(definition)
        connection.execute("VACUUM ANALYZE books")


def _words() -> list[str]:
    """None is the beginning of another, nor has an ending that English grammar takes off."""
    first, vowels, last = "bdfghklmnprstvwz", "aeiou", "bgkmpt"
    return ["".join(parts) for parts in product(first, vowels, first, vowels, last)]


LIMIT = 20
SHELF, DEAREST = "Shelf 3", Decimal("60.00")
NAIVE = f"""SELECT {COLUMNS} FROM books WHERE search @@ {WORDS}
    ORDER BY ts_rank(search, {WORDS}) DESC LIMIT {LIMIT}"""  # noqa: S608 - no input in it
# More than there are books: then every match is ranked.
NO_SHORT_CUT = 10**9
Search = Callable[[str], object]


def naive(database: Database) -> Search:
    """All matches by ts_rank, whatever sells."""
    return lambda text: from_json(database.run(as_json(NAIVE), text=text)[0][0])


def exact(database: Database, *, filtered: bool = False) -> Search:
    """The same books in the same order as the shop's own, by the statement that says so: it ranks all matches."""

    def search(text: str) -> object:
        filters = listing(text, filtered=filtered).filters
        words, values = wording(text)
        conditions, given = narrowed(filters)
        wanted = " AND ".join([f"(search @@ {words} OR {SAME_TITLE})", *conditions])
        sql = f"""SELECT {COLUMNS} FROM books WHERE {wanted}
            ORDER BY {SAME_TITLE} DESC, ts_rank(search, {words}) * (1 + ln(1 + popularity)) DESC, books.category,
                books.book_id LIMIT {LIMIT + 1}"""  # noqa: S608 - no input in it
        return from_json(database.run(as_json(sql), **values, **given)[0][0])

    return search


def ours(database: Database, *, filtered: bool = False) -> Search:
    return lambda text: ranking.page(database, listing(text, filtered=filtered), None)


def listing(text: str, *, filtered: bool = False) -> Listing:
    more = {"category": SHELF, "max_price": DEAREST} if filtered else {}
    return Listing(Filters(words=tuple(text.split()), exact_title=text, **more), None, LIMIT)  # type: ignore[arg-type]


def recall(database: Database, text: str) -> float:
    """Which part of the best books the shop's first page has."""
    with patch.multiple(ranking, HOT=NO_SHORT_CUT, ENOUGH_TITLES=NO_SHORT_CUT, ENOUGH_WITH_FILTERS=NO_SHORT_CUT):
        best = {book.book_id for book in ranking.page(database, listing(text), None)[0]}
    found = {book.book_id for book in ranking.page(database, listing(text), None)[0]}
    return len(best & found) / len(best) if best else 1.0

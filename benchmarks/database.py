"""A PostgreSQL server with the shop's schema, for one benchmark."""

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pg8000.native import Connection  # type: ignore[import-untyped]
from schema.files import migrations
from shared.postgres import Database, Login, Session

from cloudshelf.local.postgres.server import PostgresServer
from schema import runner

SCHEMA = Path(__file__).resolve().parent.parent / "schema" / "postgres"
NAME = "shop"
# Long enough for what fills a database, which no function does.
PATIENT_S = 1800.0


@dataclass(frozen=True)
class ShopDatabase:
    """A database of a server of its own."""

    server: PostgresServer
    _passwords: dict[str, str] = field(default_factory=dict)

    def login(self, role: str, *, port: int | None = None) -> Login:
        """As a function of that service logs in, but for the token; `port` is that of a relay."""
        if role not in self._passwords:
            self._passwords[role] = self.server.password(role)
        password = self._passwords[role]
        return Login(self.server.host, port or self.server.port, NAME, role, lambda: password, ca_file=None)

    def as_service(self, role: str, *, port: int | None = None) -> Database:
        return Database(self.login(role, port=port))

    def connect(self) -> Any:
        """The superuser's driver connection, without timeouts."""
        return self.server.connect(database=NAME)

    def run(self, sql: str, **values: Any) -> list[list[Any]]:
        """As the superuser, in a connection of its own."""
        connection: Connection = self.connect()
        try:
            rows: list[list[Any]] = connection.run(sql, **values) or []
            return rows
        finally:
            connection.close()


@contextmanager
def shop_database(settings: Mapping[str, str] | None = None, *, durable: bool = False) -> Iterator[ShopDatabase]:
    """Empty but for the schema. `settings` are those of postgresql.conf; `durable` keeps every commit, as RDS does."""
    with (
        tempfile.TemporaryDirectory(prefix="cloudshelf-bench-") as folder,
        PostgresServer(Path(folder) / "server", durable=durable, settings=settings) as server,
    ):
        Path(folder).chmod(0o755)
        server.create_database(NAME, owner=server.superuser)
        made = ShopDatabase(server)
        session = Session(replace(made.login(server.superuser), reply_s=PATIENT_S))
        runner.apply(session, migrations(SCHEMA))
        session.close()
        yield made


BOOKS = """INSERT INTO books (id, book_id, title, author, price, category, description, stock_quantity, popularity,
        isbn, created_at)
    SELECT gen_random_uuid(), 'book-' || lpad(n::text, 7, '0'), 'Title ' || md5(n::text), 'Writer ' || n % 997,
        10.00, 'Shelf ' || n % 20, 'What is told of book ' || n || ' in two sentences. This is the second of them.',
        :copies, :sold, '978' || lpad(n::text, 10, '0'), timestamptz '2026-01-01' + n % 99991 * interval '1 minute'
    FROM generate_series(1, :many) AS n"""


def stock(database: ShopDatabase, many: int, copies: int = 1000, sold: int = 0) -> Sequence[str]:
    """Puts books on the shelves, of each of which so many were sold before; their ids."""
    database.run(BOOKS, many=many, copies=copies, sold=sold)
    database.run("VACUUM ANALYZE books")
    return [f"book-{number:07}" for number in range(1, many + 1)]

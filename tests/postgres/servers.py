"""A PostgreSQL server for the session, and a database of its own for each module of tests.

CLOUDSHELF_POSTGRES tells which: `system` is PostgreSQL 15 on PATH, `embedded` that of the Python package. Without it
the first of them that there is.
"""

import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from schema.files import migrations
from shared.postgres import Database, Login, Session

from cloudshelf.local.postgres.server import PostgresServer
from schema import runner

SCHEMA = Path(__file__).parents[2] / "schema" / "postgres"
MASTER = "shelfmaster"


@cache
def _password(server: PostgresServer, role: str) -> str:
    """A role's password is the same for all databases of the server, and another would end its being one."""
    return server.password(role)


class Shop:
    """A database, and logins to it."""

    def __init__(self, server: PostgresServer, name: str) -> None:
        self.server, self.name = server, name
        self._opened: dict[str, Database] = {}

    def login(self, role: str) -> Login:
        password = _password(self.server, role)
        return Login(self.server.host, self.server.port, self.name, role, lambda: password, ca_file=None)

    def database(self, role: str = MASTER) -> Database:
        """As a function of that service has it; as the master user unless told otherwise."""
        if role not in self._opened:
            self._opened[role] = Database(self.login(role))
        return self._opened[role]

    def close(self) -> None:
        for database in self._opened.values():
            database.close()


def as_rds(server: PostgresServer) -> None:
    """The master user is no superuser, and the role for logins with tokens is there."""
    connection = server.connect()
    connection.run(f"CREATE ROLE {MASTER} LOGIN CREATEROLE CREATEDB")
    connection.run(f"CREATE ROLE rds_iam; GRANT rds_iam TO {MASTER} WITH ADMIN OPTION")
    connection.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with PostgresServer(tmp_path_factory.mktemp("postgres") / "server") as running:
        as_rds(running)
        yield running


@pytest.fixture
def empty(server: PostgresServer) -> Iterator[Shop]:
    """A database without a schema."""
    yield from _database(server)


@pytest.fixture(scope="module")
def shop(server: PostgresServer) -> Iterator[Shop]:
    """A database with the shop's schema."""
    yield from with_schema(server)


def with_schema(server: PostgresServer) -> Iterator[Shop]:
    for made in _database(server):
        session = Session(made.login(MASTER))
        runner.apply(session, migrations(SCHEMA))
        session.close()
        yield made


def _database(server: PostgresServer) -> Iterator[Shop]:
    name = f"shop_{uuid.uuid4().hex[:12]}"
    server.create_database(name, owner=MASTER)
    shop = Shop(server, name)
    yield shop
    shop.close()
    server.drop_database(name)

"""A PostgreSQL server for the session and a database of its own, with the schema, for each module.

TEST_POSTGRES=embedded takes the server of the Python package, whatever is on PATH.
"""

import atexit
import json
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from schema.files import migrations
from shared.postgres import Database, Login, Session

from cloudshelf.local.postgres.server import PostgresServer
from components import contract
from schema import runner
from tests.functions.lambdas import Lambdas

SCHEMA = Path(__file__).parents[2] / "schema" / "postgres"
MASTER = "shelfmaster"

# A handler reads the contract when it is imported, and tests import handlers.
CONTRACT = Path(tempfile.mkdtemp(prefix="contract-")) / "contract.json"
CONTRACT.write_text(json.dumps(contract.load()))
atexit.register(shutil.rmtree, CONTRACT.parent)
os.environ["CONTRACT_PATH"] = str(CONTRACT)


@cache
def _password(server: PostgresServer, role: str) -> str:
    """A role's password is the same for all databases of the server, and another would end its being one."""
    return server.password(role)


class Shop:
    """A database with the shop's schema, and logins to it."""

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


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    folder = tmp_path_factory.mktemp("postgres") / "server"
    with PostgresServer(folder, embedded=os.environ.get("TEST_POSTGRES") == "embedded") as running:
        connection = running.connect()
        # As RDS makes it: the master user is no superuser, and the role for logins with tokens is there.
        connection.run(f"CREATE ROLE {MASTER} LOGIN CREATEROLE CREATEDB")
        connection.run(f"CREATE ROLE rds_iam; GRANT rds_iam TO {MASTER} WITH ADMIN OPTION")
        connection.close()
        yield running


@pytest.fixture
def empty(server: PostgresServer) -> Iterator[Shop]:
    """A database without a schema."""
    yield from _shop(server)


@pytest.fixture(scope="module")
def shop(server: PostgresServer) -> Iterator[Shop]:
    for made in _shop(server):
        session = Session(made.login(MASTER))
        runner.apply(session, migrations(SCHEMA))
        session.close()
        yield made


def _shop(server: PostgresServer) -> Iterator[Shop]:
    name = f"shop_{uuid.uuid4().hex[:12]}"
    server.create_database(name, owner=MASTER)
    shop = Shop(server, name)
    yield shop
    shop.close()
    server.drop_database(name)


class Functions(Lambdas):
    """The functions of the catalogue and the back office in this process, each with its own service's login."""

    def __init__(self) -> None:
        super().__init__(_NoEmulator())  # type: ignore[arg-type]


class _NoEmulator:
    def client(self, _: str) -> None:
        """There is no DynamoDB here."""


@pytest.fixture
def lambdas(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Functions:
    """Named as in the tests over DynamoDB, which run here, too."""
    from admin import handler as admin
    from admin.postgres_catalogue import PostgresCatalogue
    from admin.reports import Reports
    from books import handler as books
    from books.postgres import PostgresBooks

    reader, back_office = PostgresBooks(shop.database("books")), shop.database("admin")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    monkeypatch.setattr(books, "books", lambda: reader)
    monkeypatch.setattr(admin, "catalogue", lambda: PostgresCatalogue(back_office))
    monkeypatch.setattr(admin, "reports", lambda: Reports(back_office))
    return Functions()

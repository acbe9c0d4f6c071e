"""Statements as an operator types them, in a stack's own database."""

from typing import Any

from cloudshelf.local.databases import Database
from cloudshelf.local.postgres.server import PostgresServer

OWN = "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"


def name_of(database: Database) -> str:
    """The shop's database on its server: the only one that is not PostgreSQL's own."""
    connection = database.server.connect()
    try:
        ((name,),) = connection.run(OWN)
        return str(name)
    finally:
        connection.close()


def run(database: Database, sql: str, server: PostgresServer | None = None, **values: Any) -> list[list[Any]]:
    """The rows. `server` is asked in place of the database's own: another with the same database."""
    connection = (server or database.server).connect(database=name_of(database))
    try:
        return connection.run(sql, **values) or []
    finally:
        connection.close()

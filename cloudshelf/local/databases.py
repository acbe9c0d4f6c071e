"""The databases of a stack: a PostgreSQL server for each RDS instance, and the endpoints its clients know."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pg8000.native import DatabaseError, InterfaceError, identifier  # type: ignore[import-untyped]

from cloudshelf.local.postgres.certificate import Authority
from cloudshelf.local.postgres.login import Authenticate, LoginEndpoint
from cloudshelf.local.postgres.server import PostgresServer

TOKEN_ROLE = "rds_iam"  # noqa: S105 - the name of a role
# Parameters that RDS itself knows; its login, and so the local one, does what they say.
RDS_ONLY = "rds."


@dataclass(frozen=True, kw_only=True)
class Database:
    """An RDS instance. `arn` and `resource_id` are RDS's names for it."""

    identifier: str
    arn: str
    resource_id: str
    master: str
    password: str = field(repr=False)
    tokens: bool
    server: PostgresServer

    def takes_tokens(self, user: str) -> str | None:
        """Why a database user cannot log in with a token; None when it can. ConnectionError while it is away."""
        if not self.tokens:
            return "the database does not authenticate with IAM"
        try:
            connection = self.server.connect()
        except (InterfaceError, DatabaseError) as error:
            raise ConnectionRefusedError(f"{self.identifier} takes no connection") from error
        try:
            sql = "SELECT pg_has_role(rolname, :role, 'member') FROM pg_roles WHERE rolname = :user"
            found = connection.run(sql, role=TOKEN_ROLE, user=user)
        finally:
            connection.close()
        return None if found == [[True]] else f"there is no database user {user} with the role {TOKEN_ROLE}"


class Databases:
    """`folder` takes the servers' files. `authority` vouches for every endpoint. `durable` as on PostgresServer."""

    def __init__(self, folder: Path, authority: Authority, *, durable: bool = False) -> None:
        self._folder, self.authority, self._durable = folder, authority, durable
        self.instances: dict[str, Database] = {}
        self.parameter_groups: dict[str, dict[str, str]] = {}
        self.used_groups: dict[str, str] = {}
        self.proxies: dict[str, Any] = {}
        self._endpoints: list[tuple[str, LoginEndpoint]] = []
        self._closing = ExitStack()

    def start_server(self, name: str, group: str) -> PostgresServer:
        """With the settings of a parameter group; of none that is declared, with PostgreSQL's own."""
        self.used_groups[name] = group
        settings = self._settings(group)
        server = PostgresServer(self._folder / f"postgres-{name}", settings=settings, durable=self._durable)
        return self._closing.enter_context(server)

    def _settings(self, group: str) -> dict[str, str]:
        parameters = self.parameter_groups.get(group, {})
        return {name: value for name, value in parameters.items() if not name.startswith(RDS_ONLY)}

    def use(self, name: str, group: str) -> None:
        """Restarts a server with the settings of a parameter group as they are now."""
        self.used_groups[name] = group
        self.instances[name].server.restart(self._settings(group))

    def drop(self, name: str) -> None:
        """Stops a server for good."""
        self.instances.pop(name).server.stop()
        del self.used_groups[name]

    def close_endpoint(self, host: str) -> None:
        """Ends the endpoint of a host name, and every session through it."""
        for each in [each for each in self._endpoints if each[1].host == host]:
            each[1].stop()
            self._endpoints.remove(each)

    @property
    def hosts(self) -> set[str]:
        """The names of all endpoints."""
        return {endpoint.host for _, endpoint in self._endpoints}

    def listen(
        self, database: Database, host: str, authenticate: Authenticate, fixed: Mapping[str, str] | None = None
    ) -> LoginEndpoint:
        """An endpoint of a database, under the host name its clients verify."""
        endpoint = LoginEndpoint(database.server.socket_path, self.authority, [host], authenticate, fixed=fixed)
        self._endpoints.append((database.identifier, endpoint))
        return self._closing.enter_context(endpoint)

    def connections(self) -> dict[str, int]:
        """How many clients each instance has now, through any of its endpoints."""
        counted = dict.fromkeys(self.instances, 0)
        for name, endpoint in self._endpoints:
            counted[name] += endpoint.connections
        return counted

    def close(self) -> None:
        self._closing.close()


def prepare(server: PostgresServer, master: str, database: str) -> None:
    """What RDS has made before a client comes: a master user that is no superuser, its database, the tokens' role."""
    connection = server.connect()
    try:
        for sql in (
            f"CREATE ROLE {TOKEN_ROLE}",
            f"CREATE ROLE {identifier(master)} LOGIN CREATEROLE CREATEDB",
            f"GRANT {TOKEN_ROLE} TO {identifier(master)} WITH ADMIN OPTION",
            f"CREATE DATABASE {identifier(database)} OWNER {identifier(master)}",
        ):
            connection.run(sql)
    finally:
        connection.close()

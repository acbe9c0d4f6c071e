"""How a function gets to its database: where it is, as whom, by which password, and over TLS that knows the server."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from shared import clock
from shared.postgres_errors import ConnectionLost

if TYPE_CHECKING:
    import ssl

CONNECT_S = 3.0
# Longer than the timeouts of the services' roles (schema/postgres/0006_timeouts.sql).
REPLY_S = 6.0
# The roots of RDS, and those of ACM, whose certificate RDS Proxy shows:
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.howitworks.html#rds-proxy-security
CA_FILE = Path(__file__).with_name("rds_ca.pem")
# Asks for TLS: https://www.postgresql.org/docs/15/protocol-message-formats.html
SSL_REQUEST, AGREED = (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big"), b"S"


@dataclass(frozen=True)
class Login:
    """Who connects to which database. `password` makes one for each connection, as RDS tokens are short-lived.

    `ca_file` has the authorities that may vouch for the server. None is for a server of this machine without TLS.
    `settings` are sent at the start of a session, in place of those of the user's role; RDS Proxy refuses a session
    that brings any.
    """

    host: str
    port: int
    database: str
    user: str
    password: Callable[[], str] = field(repr=False)
    ca_file: str | None = str(CA_FILE)
    settings: tuple[tuple[str, str], ...] = ()
    reply_s: float = REPLY_S


def own_login(prefix: str = "") -> Login:
    """The function's own: its service's role, with a token of RDS for a password. A second database's variables have
    a prefix."""
    from shared import rds_token

    read = os.environ
    host, port, user = (read[f"{prefix}DATABASE_{name}"] for name in ("HOST", "PORT", "USER"))

    def password() -> str:
        return rds_token.token(host, int(port), user, read["AWS_REGION"], rds_token.own_credentials(), clock.now())

    return Login(host, int(port), read[f"{prefix}DATABASE_NAME"], user, password, own_ca_file())


def own_ca_file() -> str:
    """That of RDS, or DATABASE_CA_FILE where the server is another."""
    return os.environ.get("DATABASE_CA_FILE") or str(CA_FILE)


def open_socket(login: Login) -> socket.socket:
    """A connection to the server that is known to be the one; ConnectionLost when there is none."""
    context = None if login.ca_file is None else _verifying(login.ca_file)
    try:
        made = socket.create_connection((login.host, login.port), CONNECT_S)
    except OSError as error:
        raise ConnectionLost(f"{login.host}:{login.port} {error}") from None
    try:
        # What is sent in two packets must not wait until the server has acknowledged the first: 40 ms on Linux.
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        made.settimeout(login.reply_s)
        return made if context is None else _encrypted(made, context, login.host)
    except OSError as error:
        made.close()
        raise ConnectionLost(f"{login.host}:{login.port} {error}") from None
    except ConnectionLost:
        made.close()
        raise


def _encrypted(plain: socket.socket, context: "ssl.SSLContext", host: str) -> socket.socket:
    plain.sendall(SSL_REQUEST)
    if plain.recv(1) != AGREED:
        raise ConnectionLost(f"{host} refuses TLS")
    return context.wrap_socket(plain, server_hostname=host)


@cache
def _verifying(ca_file: str) -> "ssl.SSLContext":
    """TLS that checks the server's certificate and its name, as libpq's sslmode=verify-full."""
    import ssl

    if not Path(ca_file).is_file():
        raise FileNotFoundError(f"{ca_file}: no certificates to know the database by; see DATABASE_CA_FILE")
    return ssl.create_default_context(cafile=ca_file)

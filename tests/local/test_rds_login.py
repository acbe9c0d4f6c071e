"""Logins to RDS: the token of a function is checked as RDS checks it, and nothing goes past TLS."""

import os
import socket
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotoCredentials
from pg8000.native import Connection, DatabaseError, InterfaceError
from shared import rds_token

from cloudshelf.local.cloud import LocalCloud
from cloudshelf.local.iam import Caller, Iam
from cloudshelf.local.postgres.certificate import Authority
from cloudshelf.local.postgres.login import LoginEndpoint
from cloudshelf.local.postgres.rds_login import RdsLogin
from cloudshelf.local.postgres.server import PostgresServer

ROOT = Path(__file__).resolve().parents[2]
REGION, HOST, PORT = "us-east-1", "localhost", 5432
USERS = f"arn:aws:rds-db:{REGION}:1:dbuser:db-1"
MASTER, PASSWORD = "shelfmaster", "correct horse"
ALLOWED = f'{{"Statement": [{{"Effect": "Allow", "Action": ["rds-db:connect"], "Resource": ["{USERS}/books"]}}]}}'


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with PostgresServer(tmp_path_factory.mktemp("rds") / "server") as running:
        connection = running.connect()
        for sql in (
            "CREATE ROLE rds_iam",
            f"CREATE ROLE {MASTER} LOGIN",
            "CREATE ROLE books LOGIN IN ROLE rds_iam",
            "CREATE ROLE plain LOGIN",
        ):
            connection.run(sql)
        connection.close()
        yield running


class Rds:
    """An instance named HOST:PORT; `open` connects to where its endpoint really listens."""

    def __init__(self, server: PostgresServer, folder: Path, **endpoint: Any) -> None:
        self.iam, self.refusals = Iam(), []  # type: ignore[var-annotated]
        self.iam.attach("books", ALLOWED)
        self.caller = self.iam.issue("books", "books")
        self.login = RdsLogin(
            host=HOST,
            port=PORT,
            region=REGION,
            users_arn=USERS,
            iam=self.iam,
            takes_tokens=lambda user: None if user == "books" else "has not the role rds_iam",
            log=self.refusals.append,
            master=MASTER,
            password=PASSWORD,
        )
        self.endpoint = LoginEndpoint(
            server.socket_path, Authority(folder), [HOST], lambda attempt: self.login(attempt), **endpoint
        )

    def open(self, user: str, password: str, *, encrypted: bool = True, ca: Path | None = None) -> Connection:
        context = ssl.create_default_context(cafile=str(ca or self.endpoint.ca_file))
        opened = [socket.create_connection(("127.0.0.1", self.endpoint.port), 30)]
        wrap = context.wrap_socket
        context.wrap_socket = lambda *a, **k: opened.append(wrap(*a, **k)) or opened[-1]  # type: ignore[assignment]
        try:
            return Connection(
                user,
                HOST,
                database="postgres",
                password=password,
                sock=opened[0],
                ssl_context=context if encrypted else False,
            )
        except BaseException:
            # The driver leaves its socket open where it is not let in.
            for each in opened:
                each.close()
            raise

    def token(self, user: str = "books", *, host: str = HOST, port: int = PORT, region: str = REGION, **at: Any) -> str:
        now = at.get("now", datetime.now(UTC))
        return rds_token.token(host, port, user, region, credentials(at.get("caller", self.caller)), now)


def credentials(caller: Caller) -> rds_token.Credentials:
    return rds_token.Credentials(caller.access_key, caller.secret_key, caller.session_token)


@pytest.fixture
def rds(server: PostgresServer, tmp_path: Path) -> Iterator[Rds]:
    made = Rds(server, tmp_path)
    with made.endpoint:
        yield made


def who(connection: Connection) -> Any:
    ((user,),) = connection.run("SELECT session_user")
    connection.close()
    return user


def test_a_function_gets_in_with_its_token(rds: Rds) -> None:
    assert who(rds.open("books", rds.token())) == "books"


def sdk_token(rds: Rds, seconds: int = 900) -> str:
    """As the AWS SDK makes it."""
    request = AWSRequest("GET", f"https://{HOST}:{PORT}/?Action=connect&DBUser=books")
    given = BotoCredentials(rds.caller.access_key, rds.caller.secret_key, rds.caller.session_token)
    SigV4QueryAuth(given, "rds-db", REGION, expires=seconds).add_auth(request)
    return str(request.url).removeprefix("https://")


def test_the_aws_sdks_own_token_gets_in(rds: Rds) -> None:
    assert who(rds.open("books", sdk_token(rds))) == "books"


def test_the_master_user_gets_in_with_its_password_alone(rds: Rds) -> None:
    assert who(rds.open(MASTER, PASSWORD)) == MASTER
    for wrong in ("", PASSWORD + " ", rds.token(MASTER)):
        with pytest.raises(DatabaseError, match="28P01"):
            rds.open(MASTER, wrong)


def _other_role(rds: Rds) -> str:
    return rds.token(caller=rds.iam.issue("carts", "carts"))


def _stranger(rds: Rds) -> str:
    return rds.token(caller=Iam().issue("books", "books"))


def _other_session(rds: Rds) -> str:
    return rds.token(caller=replace(rds.caller, session_token="x"))


BAD = {
    "no token": lambda _: "password",
    "an empty one": lambda _: "",
    "one changed in one character": lambda rds: rds.token()[:-1] + ("0" if rds.token()[-1] != "0" else "1"),
    "one for another user": lambda rds: rds.token("orders"),
    "one for another host": lambda rds: rds.token(host="other.example.com"),
    "one for another port": lambda rds: rds.token(port=5433),
    "one of another region": lambda rds: rds.token(region="eu-west-1"),
    "one of sixteen minutes ago": lambda rds: rds.token(now=datetime.now(UTC) - timedelta(minutes=16)),
    "one of the future": lambda rds: rds.token(now=datetime.now(UTC) + timedelta(minutes=16)),
    "one good for longer": lambda rds: sdk_token(rds, 901),
    "one of a role that may not": _other_role,
    "one of nobody's access key": _stranger,
    "one of another session": _other_session,
}


@pytest.mark.parametrize("name", BAD)
def test_a_token_that_is_not_good_gets_nobody_in(rds: Rds, name: str) -> None:
    with pytest.raises(DatabaseError, match='PAM authentication failed for user "books"'):
        rds.open("books", BAD[name](rds))
    (refusal,) = rds.refusals
    assert "X-Amz" not in refusal


def test_a_token_is_for_who_has_the_role_rds_iam(rds: Rds) -> None:
    rds.iam.attach("books", ALLOWED.replace("/books", "/plain"))
    with pytest.raises(DatabaseError, match="28000"):
        rds.open("plain", rds.token("plain"))
    assert "rds_iam" in rds.refusals[0]


def test_nobody_gets_in_without_tls(rds: Rds) -> None:
    with pytest.raises(DatabaseError, match="no encryption"):
        rds.open("books", rds.token(), encrypted=False)


def test_a_client_with_another_authority_sends_no_password(rds: Rds, tmp_path: Path) -> None:
    with pytest.raises((ssl.SSLError, InterfaceError)):
        rds.open("books", rds.token(), ca=Authority(tmp_path / "other").ca_file)
    assert rds.refusals == []


def test_a_read_replica_takes_no_writes(server: PostgresServer, tmp_path: Path) -> None:
    replica = Rds(server, tmp_path, fixed={"options": "-c default_transaction_read_only=on"})
    with replica.endpoint:
        connection = replica.open(MASTER, PASSWORD)
        with pytest.raises(DatabaseError, match="25006"):
            connection.run("CREATE TABLE written (id int)")
        connection.close()


def test_large_values_pass_both_ways(rds: Rds) -> None:
    connection = rds.open("books", rds.token())
    text = os.urandom(2_000_000).hex()
    assert connection.run("SELECT :text::text", text=text) == [[text]]
    connection.close()


def test_stopping_ends_open_sessions(server: PostgresServer, tmp_path: Path) -> None:
    rds = Rds(server, tmp_path)
    with rds.endpoint:
        connection = rds.open(MASTER, PASSWORD)
    with pytest.raises((InterfaceError, OSError)):
        connection.run("SELECT 1")


@pytest.mark.xdist_group("proxy")
def test_a_shop_sells_through_rds_proxy_which_refuses_what_aws_refuses(tmp_path: Path) -> None:
    overrides = {"cloudshelf:databaseProxy": "true"}
    with LocalCloud(stack="phase2", port=0, root=ROOT, folder=tmp_path / "phase2", overrides=overrides) as cloud:
        assert requests.get(f"{cloud.url}/api/v1/books", timeout=30).json()["books"] == []
        (listener,) = [each for each in cloud.world.vpc.listeners if ".proxy-" in each.host]
        refused = ({"statement_timeout": "5000"}, "0A000"), ({"options": "-c lock_timeout=1"}, "0A000")
        for settings, code in (({}, "28000"), *refused):
            assert refusal(listener.local_port, settings) == code


def refusal(port: int, settings: Mapping[str, str]) -> str:
    """The SQLSTATE of a login with a wrong password and these settings."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    plain = socket.create_connection(("127.0.0.1", port), 30)
    with pytest.raises(DatabaseError) as denied, plain:
        Connection(
            "books",
            HOST,
            database="cloudshelf",
            password="x",
            sock=plain,
            ssl_context=context,
            startup_params=dict(settings),
        )
    return str(denied.value.args[0]["C"])

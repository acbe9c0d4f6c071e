"""How a function gets into the database: a token of its own role, over TLS that knows the server."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl

import boto3
import pytest
from shared import clock, rds_token
from shared.postgres import Database
from shared.postgres_login import own_login
from shared.problems import Unavailable

from cloudshelf.local.iam import Iam
from cloudshelf.local.postgres.certificate import Authority
from cloudshelf.local.postgres.login import Attempt, Denied, LoginEndpoint
from cloudshelf.local.postgres.rds_login import RdsLogin
from tests.postgres.servers import Shop

REGION, HOST = "eu-central-1", "localhost"
USERS = "arn:aws:rds-db:eu-central-1:1:dbuser:db-1"


@dataclass
class Rds:
    """An endpoint as RDS has it: TLS, and logins with tokens for the database user `books` alone."""

    authority: Authority
    endpoint: LoginEndpoint | None = None
    iam: Iam = field(default_factory=Iam)
    attempts: list[Attempt] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)

    def authenticate(self, attempt: Attempt) -> Denied | None:
        assert self.endpoint is not None
        self.attempts.append(attempt)
        login = RdsLogin(
            host=HOST,
            port=self.endpoint.port,
            region=REGION,
            users_arn=USERS,
            iam=self.iam,
            takes_tokens=lambda _: None,
            log=self.reasons.append,
        )
        return login(attempt)


@pytest.fixture
def rds(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Rds]:
    """The environment is that of the function `books`."""
    made = Rds(Authority(tmp_path / "authority"))
    with LoginEndpoint(shop.server.socket_path, made.authority, [HOST], made.authenticate) as made.endpoint:
        _be_books(made, made.endpoint, shop, monkeypatch)
        yield made


def _be_books(rds: Rds, endpoint: LoginEndpoint, shop: Shop, patch: pytest.MonkeyPatch) -> None:
    rds.iam.attach("role", f'{{"Statement": [{_allowed("books")}]}}')
    environment = {
        **rds.iam.issue("books", "role").environment,
        "AWS_REGION": REGION,
        "DATABASE_HOST": HOST,
        "DATABASE_PORT": str(endpoint.port),
        "DATABASE_NAME": shop.name,
        "DATABASE_USER": "books",
        "DATABASE_CA_FILE": str(rds.authority.ca_file),
        "POWERTOOLS_SERVICE_NAME": "test",
    }
    for name, value in environment.items():
        patch.setenv(name, value)


def _allowed(user: str) -> str:
    return f'{{"Effect": "Allow", "Action": "rds-db:connect", "Resource": "{USERS}/{user}"}}'


@pytest.fixture
def database(rds: Rds) -> Iterator[Database]:
    assert rds.endpoint is not None
    made = Database(own_login())
    yield made
    made.close()


def refused(database: Database) -> str:
    """Why the database lets nobody in, which callers of the API are not told."""
    with pytest.raises(Unavailable) as raised:
        database.run("SELECT 1")
    assert "busy" in raised.value.detail
    assert raised.value.retry_after_s
    return str(raised.value.__cause__)


def test_a_function_gets_in_as_its_own_role(rds: Rds, database: Database) -> None:
    assert database.run("SELECT current_user, current_setting('application_name')") == [["books", "books"]]
    assert database.run("SELECT count(*) >= 0 FROM books") == [[True]]
    assert len(rds.attempts) == 1
    assert rds.reasons == []


def test_each_connection_has_a_token_of_its_own_time(
    rds: Rds, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", _clock(-1))
    database.run("SELECT 1")
    database.close()
    monkeypatch.setattr(clock, "now", _clock(0))
    database.run("SELECT 1")
    first, second = (attempt.password for attempt in rds.attempts)
    assert first != second


def test_an_expired_token_is_refused(rds: Rds, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", _clock(-16))
    assert "PAM authentication failed" in refused(database)
    assert "expired" in rds.reasons[0]


def test_a_role_that_the_function_may_not_use_is_refused(
    rds: Rds, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_USER", "admin")
    other = Database(own_login())
    assert "PAM authentication failed" in refused(other)
    assert "has no rds-db:connect" in rds.reasons[0]
    assert database.run("SELECT 1") == [[1]]


def test_a_server_that_another_authority_vouches_for_gets_no_token(
    rds: Rds, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = Authority(tmp_path / "other")
    monkeypatch.setenv("DATABASE_CA_FILE", str(other.ca_file))
    assert "CERTIFICATE_VERIFY_FAILED" in refused(Database(own_login()))
    assert rds.attempts == []


def test_a_server_is_known_by_the_authorities_of_rds_where_nothing_else_is_said(
    rds: Rds, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_CA_FILE")
    assert "CERTIFICATE_VERIFY_FAILED" in refused(Database(own_login()))
    assert rds.attempts == []


def test_a_server_with_the_certificate_of_another_name_gets_no_token(
    rds: Rds, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    with LoginEndpoint(shop.server.socket_path, rds.authority, ["db.example.com"], rds.authenticate) as other:
        monkeypatch.setenv("DATABASE_PORT", str(other.port))
        assert "Hostname mismatch" in refused(Database(own_login()))
    assert rds.attempts == []


def test_a_server_without_tls_gets_no_token(rds: Rds, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_PORT", str(shop.server.port))
    assert "localhost refuses TLS" in refused(Database(own_login()))
    assert rds.attempts == []


def test_a_file_of_authorities_that_is_not_there_is_named(rds: Rds, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_CA_FILE", "/nowhere.pem")
    with pytest.raises(FileNotFoundError, match=r"/nowhere\.pem: no certificates"):
        Database(own_login()).run("SELECT 1")
    assert rds.attempts == []


def test_nothing_of_a_token_is_in_a_message(rds: Rds, database: Database, capfd: pytest.CaptureFixture[str]) -> None:
    rds.iam.policies.clear()
    reason = refused(database)
    told = reason + repr(own_login()) + "".join(capfd.readouterr())
    assert rds.attempts
    for attempt in rds.attempts:
        assert attempt.password not in told
        assert dict(parse_qsl(attempt.password))["X-Amz-Signature"] not in told


@pytest.mark.parametrize("session_token", [None, "a/b+c=="])
def test_a_token_is_what_aws_own_sdk_makes(session_token: str | None) -> None:
    keys = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", session_token)
    client = boto3.client("rds", REGION, **dict(zip(_KEY_NAMES, keys, strict=True)))
    theirs = client.generate_db_auth_token("db.example.com", 5432, "books")
    stamp = dict(parse_qsl(theirs))["X-Amz-Date"]
    now = clock.now().strptime(stamp + "+0000", "%Y%m%dT%H%M%SZ%z")
    ours = rds_token.token("db.example.com", 5432, "books", REGION, rds_token.Credentials(*keys), now)
    assert ours.partition("?")[0] == theirs.partition("?")[0]
    assert dict(parse_qsl(ours)) == dict(parse_qsl(theirs))


_KEY_NAMES = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")


def _clock(minutes: int) -> Callable[[], datetime]:
    """A clock that stands still at so many minutes from now."""
    then = datetime.now(UTC) + timedelta(minutes=minutes)
    return lambda: then

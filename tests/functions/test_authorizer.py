"""Who is let in by the token authorizer: real keys, a real key server, real accounts."""

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import jwt
import pytest
from authorizer import handler
from authorizer.accounts import Accounts
from authorizer.keys import Keys
from authorizer.tokens import Tokens
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from shared import clock
from shared.contract import operations
from shared.postgres import Database, Login
from shared.problems import Unauthorized, Unavailable
from shared.request import Request, Signature
from shared.row_ids import row_id

from tests.functions.carts_fixtures import http_server
from tests.functions.lambdas import Context
from tests.postgres.servers import Shop

ISSUER, CLIENT = "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Abc", "client-1"
ARN = "arn:aws:execute-api:us-east-1:111122223333:abc123/api/PUT/v1/cart/items/book-1"
OPEN, DISABLED, ERASED, UNKNOWN = "sub-open", "sub-disabled", "sub-erased", "sub-unknown"


def new_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


KEY, FORGED = new_key(), new_key()


def published(key: rsa.RSAPrivateKey, kid: str) -> dict[str, Any]:
    jwk: dict[str, Any] = jwt.algorithms.RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return {**jwk, "kid": kid, "use": "sig", "alg": "RS256"}


@dataclass
class Pool:
    """What the pool publishes, and how often it was asked."""

    keys: list[dict[str, Any]] = field(default_factory=lambda: [published(KEY, "one")])
    status: int = 200
    asked: int = 0

    def answer(self, path: str, _: bytes) -> tuple[int, dict[str, str], bytes]:
        assert path == "/jwks.json"
        self.asked += 1
        return self.status, {"Content-Type": "application/json"}, json.dumps({"keys": self.keys}).encode()


@pytest.fixture
def pool() -> Pool:
    return Pool()


@pytest.fixture
def keys(pool: Pool) -> Iterator[Keys]:
    with http_server(pool.answer) as url:
        yield Keys(f"{url}/jwks.json")


@pytest.fixture(scope="module")
def accounts(shop: Shop) -> Accounts:
    for sub, status in ((OPEN, "active"), (DISABLED, "disabled"), (ERASED, "erased")):
        shop.database().run(
            "INSERT INTO users (id, user_id, account_status, erased_at) VALUES (:id, :sub, :status, :erased_at)",
            id=row_id("users", sub),
            sub=sub,
            status=status,
            erased_at=clock.stamp(clock.now()) if status == "erased" else None,
        )
    return Accounts(shop.database("authorizer"))


@pytest.fixture(autouse=True)
def _parts(keys: Keys, accounts: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = Tokens(keys, ISSUER, CLIENT)
    monkeypatch.setattr(handler, "tokens", lambda: tokens)
    monkeypatch.setattr(handler, "accounts", lambda: accounts)


def claims(**changes: Any) -> dict[str, Any]:
    now = int(time.time())
    given = {
        "sub": OPEN,
        "email": "Ada@example.com",
        "cognito:groups": ["admin", "staff"],
        "iss": ISSUER,
        "aud": CLIENT,
        "token_use": "id",
        "iat": now,
        "auth_time": now,
        "exp": now + 3600,
        **changes,
    }
    return {name: value for name, value in given.items() if value is not None}


def token(key: Any = KEY, kid: str | None = "one", alg: str = "RS256", **changes: Any) -> str:
    return jwt.encode(claims(**changes), key, algorithm=alg, headers={"kid": kid} if kid else {})


def authorize(sent: str) -> dict[str, Any]:
    event = {"type": "TOKEN", "authorizationToken": sent, "methodArn": ARN}
    return handler.lambda_handler(event, Context())  # type: ignore[arg-type]


def effect(answer: dict[str, Any]) -> str:
    (statement,) = answer["policyDocument"]["Statement"]
    return str(statement["Effect"])


def unsigned(**changes: Any) -> str:
    """alg none, as the library itself would not make it with a key."""
    parts = ({"alg": "none", "kid": "one", "typ": "JWT"}, claims(**changes))
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, ""])


def signed_with_the_public_key() -> str:
    """HS256 with what everybody knows as its secret."""
    import hashlib
    import hmac

    pem = KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    parts = ({"alg": "HS256", "kid": "one", "typ": "JWT"}, claims())
    head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts)
    mac = hmac.new(pem, head + b"." + body, hashlib.sha256).digest()
    return b".".join([head, body, base64.urlsafe_b64encode(mac).rstrip(b"=")]).decode()


class TestTokens:
    def test_a_good_token_opens_the_whole_stage(self) -> None:
        answer = authorize(f"Bearer {token()}")
        assert answer == {
            "principalId": OPEN,
            "policyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Action": "execute-api:Invoke",
                        "Effect": "Allow",
                        "Resource": "arn:aws:execute-api:us-east-1:111122223333:abc123/api/*",
                    }
                ],
            },
            "context": {"sub": OPEN, "email": "Ada@example.com", "groups": "admin,staff"},
        }

    def test_a_shopper_without_groups_or_e_mail_is_let_in(self) -> None:
        answer = authorize(f"Bearer {token(email=None, **{'cognito:groups': None})}")
        assert (effect(answer), answer["context"]) == ("Allow", {"sub": OPEN, "email": "", "groups": ""})

    def test_a_group_with_a_comma_is_not_two(self) -> None:
        answer = authorize(f"Bearer {token(**{'cognito:groups': ['staff,admin', 'x']})}")
        assert answer["context"]["groups"] == "x"

    @pytest.mark.parametrize(
        "sent",
        {
            "forged": lambda: token(FORGED),
            "expired": lambda: token(exp=int(time.time()) - 1),
            "without an end": lambda: token(exp=None),
            "not yet valid": lambda: token(nbf=int(time.time()) + 600),
            "of another client": lambda: token(aud="client-2"),
            "of several clients": lambda: token(aud=[CLIENT, "client-2"]),
            "of another pool": lambda: token(iss=ISSUER + "d"),
            "an access token": lambda: token(token_use="access", aud=None, client_id=CLIENT),
            "an access token with an audience": lambda: token(token_use="access"),
            "of no use": lambda: token(token_use=None),
            "of nobody": lambda: token(sub=None),
            "unsigned": unsigned,
            "HS256 with the public key": signed_with_the_public_key,
            "another algorithm": lambda: token(alg="RS512"),
            "of an unknown key": lambda: token(FORGED, kid="two"),
            "without a key's name": lambda: token(kid=None),
            "changed": lambda: token().replace(".", ".a", 1),
            "no token": lambda: "token",
            "nothing": lambda: "",
            "large": lambda: "a" * 8000,
        }.items(),
        ids=lambda item: item[0],
    )
    def test_anything_else_is_unauthorized(self, sent: Any) -> None:
        with pytest.raises(Exception, match=r"^Unauthorized$"):
            authorize(f"Bearer {sent[1]()}")

    def test_nothing_of_a_token_is_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        sent = token(FORGED)
        with pytest.raises(Exception, match=r"^Unauthorized$"):
            authorize(f"Bearer {sent}")
        said = str([vars(record) for record in caplog.records])
        assert "InvalidSignatureError" in said
        assert not any(part in said for part in (*sent.split("."), "Ada@", OPEN))


class TestAccounts:
    @pytest.mark.parametrize(
        ("sub", "expected"), [(OPEN, "Allow"), (UNKNOWN, "Allow"), (DISABLED, "Deny"), (ERASED, "Deny")]
    )
    def test_an_account_is_open_until_it_is_disabled_or_erased(self, sub: str, expected: str) -> None:
        answer = authorize(f"Bearer {token(sub=sub)}")
        assert (effect(answer), answer["principalId"]) == (expected, sub)

    def test_nobody_is_let_in_while_accounts_are_out_of_reach(self, monkeypatch: pytest.MonkeyPatch) -> None:
        away = Database(Login("127.0.0.1", 1, "shop", "authorizer", lambda: "", ca_file=None))
        monkeypatch.setattr(handler, "accounts", lambda: Accounts(away))
        with pytest.raises(Unavailable):
            authorize(f"Bearer {token()}")

    def test_the_authorizers_role_sees_no_more_than_the_status(self, shop: Shop) -> None:
        from shared.postgres_errors import StatementFailed

        with pytest.raises(StatementFailed, match="permission denied"):
            shop.database("authorizer").run("SELECT email FROM users")


class TestKeys:
    def test_the_keys_are_asked_for_once(self, pool: Pool) -> None:
        for _ in range(5):
            authorize(f"Bearer {token()}")
        assert pool.asked == 1

    def test_unknown_keys_are_asked_for_once_a_minute_at_most(
        self, pool: Pool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        now = clock.monotonic()
        monkeypatch.setattr(clock, "monotonic", lambda: now)
        authorize(f"Bearer {token()}")
        for passed, asked in ((0.0, 1), (59.0, 1), (60.0, 2), (61.0, 2), (119.0, 2), (120.0, 3)):
            monkeypatch.setattr(clock, "monotonic", lambda passed=passed: now + passed)
            with pytest.raises(Exception, match=r"^Unauthorized$"):
                authorize(f"Bearer {token(FORGED, kid='two')}")
            assert pool.asked == asked

    def test_a_new_key_of_the_pool_is_found(self, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
        authorize(f"Bearer {token()}")
        second = new_key()
        pool.keys = [*pool.keys, published(second, "two")]
        now = clock.monotonic()
        monkeypatch.setattr(clock, "monotonic", lambda: now + 60)
        assert effect(authorize(f"Bearer {token(second, kid='two')}")) == "Allow"
        assert effect(authorize(f"Bearer {token()}")) == "Allow"

    def test_a_key_that_was_taken_back_is_trusted_for_an_hour_at_most(
        self, pool: Pool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        authorize(f"Bearer {token()}")
        pool.keys = [published(new_key(), "two")]
        now = clock.monotonic()
        monkeypatch.setattr(clock, "monotonic", lambda: now + 3600)
        with pytest.raises(Exception, match=r"^Unauthorized$"):
            authorize(f"Bearer {token()}")

    @pytest.mark.parametrize("status", [500, 404])
    def test_nobody_is_let_in_while_there_are_no_keys(self, pool: Pool, status: int) -> None:
        pool.status = status
        with pytest.raises(Unavailable):
            authorize(f"Bearer {token()}")
        pool.status = 200
        assert effect(authorize(f"Bearer {token()}")) == "Allow"

    def test_known_keys_go_on_while_the_pool_does_not_answer(self, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
        authorize(f"Bearer {token()}")
        pool.status = 500
        now = clock.monotonic()
        monkeypatch.setattr(clock, "monotonic", lambda: now + 4000)
        assert effect(authorize(f"Bearer {token()}")) == "Allow"
        monkeypatch.setattr(clock, "monotonic", lambda: now + 4060)
        with pytest.raises(Unavailable):
            authorize(f"Bearer {token(kid='two')}")

    def test_keys_for_other_purposes_are_not_taken(self, pool: Pool) -> None:
        pool.keys = [*pool.keys, {**published(FORGED, "two"), "use": "enc"}]
        with pytest.raises(Exception, match=r"^Unauthorized$"):
            authorize(f"Bearer {token(FORGED, kid='two')}")

    def test_what_is_no_key_set_is_an_outage(self, pool: Pool) -> None:
        pool.keys = [{"kid": "one", "kty": "RSA", "n": "?", "e": "?"}]
        with pytest.raises(Unavailable):
            authorize(f"Bearer {token()}")


class TestCallers:
    """The functions read who calls in one way, whichever authorizer said so."""

    @pytest.mark.parametrize(
        "told",
        [
            {"claims": {"sub": "s", "email": "A@x.org", "cognito:groups": "admin,staff"}},
            {"principalId": "s", "sub": "s", "email": "A@x.org", "groups": "admin,staff"},
        ],
        ids=["cognito", "function"],
    )
    def test_either_authorizer_names_the_caller(self, told: dict[str, Any]) -> None:
        caller = request(told).caller
        assert (caller.user_id, caller.email, caller.groups) == ("s", "a@x.org", {"admin", "staff"})

    @pytest.mark.parametrize("told", [None, {}, {"claims": {}}, {"principalId": "s"}, {"claims": {"email": "a@x"}}])
    def test_who_is_not_named_is_nobody(self, told: dict[str, Any] | None) -> None:
        with pytest.raises(Unauthorized):
            _ = request(told).caller


def request(told: dict[str, Any] | None) -> Request:
    (operation,) = [each for each in operations("carts") if each.operation_id == "getCart"]
    return Request({"requestContext": {"authorizer": told}}, Signature(operation))

"""Sign-up and sign-in against a real user pool (moto), behind the front that stands for Cognito's public API."""

import threading
from collections.abc import Iterator

import pytest
from werkzeug import Request, Response
from werkzeug.serving import make_server

from cloudshelf.client import Backoff, IdentityProblem, ShopClient
from cloudshelf.local.aws import AwsEmulator
from cloudshelf.local.gateway.messages import Request as Asked
from cloudshelf.local.identity import IdentityFront, Mailbox
from tests.catalog.fake_shop import reply

EMAIL, PASSWORD = "reader@example.com", "Correct-horse-1"


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsEmulator]:
    with AwsEmulator() as emulator:
        yield emulator


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def client(aws: AwsEmulator, mailbox: Mailbox) -> Iterator[ShopClient]:
    cognito = aws.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="shop", UsernameAttributes=["email"])["UserPool"]["Id"]
    app = cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName="web",
        ExplicitAuthFlows=["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]["ClientId"]

    def knows(email: str) -> bool:
        return bool(cognito.list_users(UserPoolId=pool, Filter=f'email = "{email}"')["Users"])

    front = IdentityFront(aws.endpoint, aws.region, knows, mailbox, lambda _mail: None)

    @Request.application
    def site(request: Request) -> Response:
        if request.path == "/config.json":
            identity = {"endpoint": f"//{request.host}/_cognito/", "clientId": app}
            return reply(200, {"apiBaseUrl": "/api/v1", "identity": identity})
        asked = Asked(
            method="POST", path=request.path, query=[], headers=list(request.headers), body=request.data, source_ip=""
        )
        answer = front.handle(asked)
        return Response(answer.body, answer.status, answer.headers)

    server = make_server("127.0.0.1", 0, site, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    with ShopClient(f"http://127.0.0.1:{server.server_port}", backoff=Backoff(attempts=1)) as client:
        yield client
    server.shutdown()
    thread.join()
    server.server_close()
    cognito.close()


def test_a_shopper_signs_up_confirms_and_signs_in(client: ShopClient, mailbox: Mailbox) -> None:
    client.sign_up(EMAIL, PASSWORD)
    with pytest.raises(IdentityProblem) as early:
        client.sign_in(EMAIL, PASSWORD)
    assert early.value.kind == "UserNotConfirmedException"
    client.confirm_sign_up(EMAIL, mailbox.of(EMAIL)[-1].code)
    client.sign_in(EMAIL, PASSWORD)
    assert str(client.id_token()).count(".") == 2


def test_a_wrong_code_is_refused(client: ShopClient, mailbox: Mailbox) -> None:
    client.sign_up(EMAIL, PASSWORD)
    wrong = f"{(int(mailbox.of(EMAIL)[-1].code) + 1) % 10**6:06d}"
    with pytest.raises(IdentityProblem) as refused:
        client.confirm_sign_up(EMAIL, wrong)
    assert refused.value.kind == "CodeMismatchException"


def test_an_address_signs_up_once(client: ShopClient) -> None:
    client.sign_up(EMAIL, PASSWORD)
    with pytest.raises(IdentityProblem) as refused:
        client.sign_up(EMAIL, PASSWORD)
    assert refused.value.kind == "UsernameExistsException"


def test_the_refresh_token_yields_a_new_id_token(client: ShopClient, mailbox: Mailbox) -> None:
    client.sign_up(EMAIL, PASSWORD)
    client.confirm_sign_up(EMAIL, mailbox.of(EMAIL)[-1].code)
    client.sign_in(EMAIL, PASSWORD)
    identity = client._reach().identity
    assert identity._tokens is not None
    identity._tokens = identity._tokens.__class__("stale", identity._tokens.refresh_token, expires=0)
    assert str(client.id_token()).count(".") == 2

"""Cognito's public API as the storefront uses it."""

import json
from collections.abc import Iterator
from typing import Any

import jwt
import pytest

from cloudshelf.local.aws import AwsEmulator
from cloudshelf.local.gateway.messages import Request, Response
from cloudshelf.local.identity import IdentityFront, Mail, Mailbox

PASSWORD = "Correct-horse-9"


class Shopper:
    """Calls the front as a browser does."""

    def __init__(self, front: IdentityFront, client_id: str, mailbox: Mailbox) -> None:
        self._front, self._client_id, self.mailbox = front, client_id, mailbox

    def call(self, operation: str, **body: Any) -> tuple[int, dict[str, Any]]:
        headers = [("X-Amz-Target", f"AWSCognitoIdentityProviderService.{operation}")]
        content = json.dumps({"ClientId": self._client_id, **body}).encode()
        response = self._front.handle(
            Request(method="POST", path="/", query=[], headers=headers, body=content, source_ip="127.0.0.1")
        )
        return response.status, json.loads(response.body)

    def get(self, path: str) -> Response:
        return self._front.handle(
            Request(method="GET", path=path, query=[], headers=[], body=b"", source_ip="127.0.0.1")
        )

    def sign_up(self, email: str) -> tuple[int, dict[str, Any]]:
        attributes = [{"Name": "email", "Value": email}]
        return self.call("SignUp", Username=email, Password=PASSWORD, UserAttributes=attributes)

    def sign_in(self, email: str, password: str = PASSWORD) -> tuple[int, dict[str, Any]]:
        parameters = {"USERNAME": email, "PASSWORD": password}
        return self.call("InitiateAuth", AuthFlow="USER_PASSWORD_AUTH", AuthParameters=parameters)


@pytest.fixture(scope="module")
def aws() -> Iterator[AwsEmulator]:
    with AwsEmulator() as emulator:
        yield emulator


@pytest.fixture
def shopper(aws: AwsEmulator) -> Shopper:
    cognito = aws.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="shop", UsernameAttributes=["email"], AutoVerifiedAttributes=["email"])[
        "UserPool"
    ]["Id"]
    flows = ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]
    client = cognito.create_user_pool_client(UserPoolId=pool, ClientName="web", ExplicitAuthFlows=flows)
    mailbox = Mailbox()
    mails: list[Mail] = []

    def knows(name: str) -> bool:
        users = cognito.list_users(UserPoolId=pool)["Users"]
        return name in {attribute["Value"] for user in users for attribute in user["Attributes"]}

    front = IdentityFront(aws.endpoint, "us-east-1", knows, mailbox, mails.append)
    return Shopper(front, client["UserPoolClient"]["ClientId"], mailbox)


def test_a_shopper_signs_up_with_the_mailed_code_and_signs_in(shopper: Shopper) -> None:
    assert shopper.sign_up("ada@example.com")[0] == 200
    (mail,) = shopper.mailbox.of("Ada@example.com")
    assert shopper.call("ConfirmSignUp", Username="ada@example.com", ConfirmationCode=mail.code)[0] == 200
    status, answer = shopper.sign_in("ada@example.com")
    assert status == 200
    assert {"IdToken", "AccessToken", "RefreshToken"} <= answer["AuthenticationResult"].keys()


def test_a_wrong_code_confirms_nobody(shopper: Shopper) -> None:
    shopper.sign_up("bob@example.com")
    (mail,) = shopper.mailbox.of("bob@example.com")
    wrong = f"{(int(mail.code) + 1) % 10**6:06d}"
    status, answer = shopper.call("ConfirmSignUp", Username="bob@example.com", ConfirmationCode=wrong)
    assert (status, answer["__type"]) == (400, "CodeMismatchException")
    assert shopper.sign_in("bob@example.com")[1]["__type"] == "UserNotConfirmedException"


def test_a_new_code_replaces_the_old_one(shopper: Shopper) -> None:
    shopper.sign_up("cy@example.com")
    shopper.call("ResendConfirmationCode", Username="cy@example.com")
    first, second = shopper.mailbox.of("cy@example.com")
    assert shopper.call("ConfirmSignUp", Username="cy@example.com", ConfirmationCode=second.code)[0] == 200
    assert shopper.call("ConfirmSignUp", Username="cy@example.com", ConfirmationCode=first.code)[0] == 400


def test_a_forgotten_password_is_replaced_with_the_mailed_code(shopper: Shopper) -> None:
    shopper.sign_up("di@example.com")
    code = shopper.mailbox.of("di@example.com")[0].code
    shopper.call("ConfirmSignUp", Username="di@example.com", ConfirmationCode=code)
    assert shopper.call("ForgotPassword", Username="di@example.com")[0] == 200
    code = shopper.mailbox.of("di@example.com")[-1].code
    new = {"Username": "di@example.com", "Password": "Another-horse-9"}
    assert shopper.call("ConfirmForgotPassword", ConfirmationCode="000000x", **new)[0] == 400
    assert shopper.call("ConfirmForgotPassword", ConfirmationCode=code, **new)[0] == 200
    assert shopper.sign_in("di@example.com")[0] == 400
    assert shopper.sign_in("di@example.com", "Another-horse-9")[0] == 200


def test_who_deletes_their_account_cannot_sign_in_again(shopper: Shopper) -> None:
    email = "leaving@example.com"
    shopper.sign_up(email)
    shopper.call("ConfirmSignUp", Username=email, ConfirmationCode=shopper.mailbox.of(email)[-1].code)
    token = shopper.sign_in(email)[1]["AuthenticationResult"]["AccessToken"]
    assert shopper.call("DeleteUser", AccessToken="nobody's")[0] == 400
    assert shopper.sign_in(email)[0] == 200
    assert shopper.call("DeleteUser", AccessToken=token)[0] == 200
    assert shopper.sign_in(email) == shopper.sign_in("stranger@example.com")


def test_strangers_do_not_learn_who_has_an_account(shopper: Shopper) -> None:
    shopper.sign_up("eve@example.com")
    code = shopper.mailbox.of("eve@example.com")[0].code
    shopper.call("ConfirmSignUp", Username="eve@example.com", ConfirmationCode=code)
    assert shopper.sign_in("eve@example.com", "wrong") == shopper.sign_in("nobody@example.com", "wrong")
    assert shopper.call("ForgotPassword", Username="nobody@example.com")[0] == 200
    assert shopper.mailbox.of("nobody@example.com") == []


@pytest.mark.parametrize("operation", ["AdminCreateUser", "ListUsers", "AdminSetUserPassword", "", "Nonsense"])
def test_only_what_a_browser_may_do_is_passed_on(shopper: Shopper, operation: str) -> None:
    status, answer = shopper.call(operation, UserPoolId="x")
    assert (status, answer["__type"]) == (400, "UnknownOperationException")


def test_a_pools_keys_are_published_where_its_tokens_come_from(shopper: Shopper) -> None:
    shopper.sign_up("flo@example.com")
    code = shopper.mailbox.of("flo@example.com")[0].code
    shopper.call("ConfirmSignUp", Username="flo@example.com", ConfirmationCode=code)
    token = shopper.sign_in("flo@example.com")[1]["AuthenticationResult"]["IdToken"]
    pool = jwt.decode(token, options={"verify_signature": False})["iss"].rpartition("/")[2]
    keys = jwt.PyJWKSet.from_dict(json.loads(shopper.get(f"/_cognito/{pool}/.well-known/jwks.json").body))
    key = next(key for key in keys.keys if key.key_id == jwt.get_unverified_header(token)["kid"])
    assert jwt.decode(token, key, algorithms=["RS256"], options={"verify_aud": False})["email"] == "flo@example.com"
    assert shopper.get("/_cognito/").status == 404

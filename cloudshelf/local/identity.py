"""Cognito's public API for browsers: what needs no AWS credentials, in front of moto.

moto takes any confirmation code and tells unknown users apart from wrong passwords. This front checks codes, puts the
e-mails Cognito would send into a mailbox, and hides whether a user exists, as a client with
`PreventUserExistenceErrors` does.
"""

import json
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jwt
import requests

from cloudshelf.local.gateway.messages import Request, Response

KEY_SET = re.compile(r"/[a-z0-9-]+_[A-Za-z0-9]+/\.well-known/jwks\.json$")
TARGET = "AWSCognitoIdentityProviderService."
CODE_SECONDS = {"SignUp": 24 * 3600, "ForgotPassword": 3600}
SENDS_CODE = {"SignUp": "SignUp", "ResendConfirmationCode": "SignUp", "ForgotPassword": "ForgotPassword"}
CHECKS_CODE = {"ConfirmSignUp": "SignUp", "ConfirmForgotPassword": "ForgotPassword"}
PASSED_ON = {
    "SignUp",
    "ConfirmSignUp",
    "InitiateAuth",
    "RespondToAuthChallenge",
    "ForgotPassword",
    "ConfirmForgotPassword",
    "GetUser",
    "ChangePassword",
    "UpdateUserAttributes",
    "GlobalSignOut",
    "DeleteUser",
}


@dataclass(frozen=True)
class Mail:
    """An e-mail that Cognito would have sent."""

    to: str
    subject: str
    text: str
    code: str


@dataclass
class Mailbox:
    """The e-mails of this run, newest last."""

    _mails: list[Mail] = field(default_factory=list)

    def deliver(self, mail: Mail) -> None:
        self._mails.append(mail)

    def all(self) -> list[Mail]:
        return list(self._mails)

    def of(self, address: str) -> list[Mail]:
        return [mail for mail in self._mails if mail.to == address.lower()]


@dataclass(frozen=True)
class _Code:
    value: str
    expires: float


class Refusal(Exception):
    """An error as Cognito words it."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(kind)
        self.kind, self.message = kind, message


class IdentityFront:
    """Handles `POST` with `X-Amz-Target`, and `GET` of a pool's key set.

    `knows` tells whether a user exists; `on_mail` is told of every e-mail.
    """

    def __init__(
        self,
        endpoint: str,
        region: str,
        knows: Callable[[str], bool],
        mailbox: Mailbox,
        on_mail: Callable[[Mail], None],
    ) -> None:
        self._endpoint, self._region, self._knows = endpoint, region, knows
        self._mailbox, self._on_mail = mailbox, on_mail
        self._codes: dict[tuple[str, str], _Code] = {}
        self._lock = threading.Lock()

    def handle(self, request: Request) -> Response:
        if request.method == "GET":
            return self._key_set(request)
        operation = (request.header("X-Amz-Target") or "").removeprefix(TARGET)
        try:
            return self._operate(operation, _parsed(request.body))
        except Refusal as refusal:
            return _json(400, {"__type": refusal.kind, "message": refusal.message}, kind=refusal.kind)

    def _key_set(self, request: Request) -> Response:
        found = KEY_SET.search(request.path)
        if found is None:
            return _json(404, {"message": "There is a pool's /.well-known/jwks.json."})
        answer = requests.get(self._endpoint + found[0], timeout=30)
        return Response(status=answer.status_code, headers=[("Content-Type", "application/json")], body=answer.content)

    def _operate(self, operation: str, body: dict[str, Any]) -> Response:
        if operation not in PASSED_ON | SENDS_CODE.keys():
            raise Refusal(
                "UnknownOperationException", f"{operation or 'No operation'}: the local cloud does not offer it."
            )
        user = str(body.get("Username", "")).lower()
        if purpose := CHECKS_CODE.get(operation):
            self._check(purpose, user, str(body.get("ConfirmationCode", "")))
        if operation == "ResendConfirmationCode":
            if ("SignUp", user) in self._codes:
                self._send("SignUp", user)
            return _json(200, {"CodeDeliveryDetails": _delivery(user)})
        if operation == "ForgotPassword" and not self._knows(user):
            return _hide_user(operation, user)
        if operation == "DeleteUser":
            return self._delete(str(body.get("AccessToken", "")))
        answer = self._forward(operation, body)
        if answer.ok and operation in SENDS_CODE:
            self._send(SENDS_CODE[operation], user)
        if answer.ok and operation in CHECKS_CODE:
            self._codes.pop((CHECKS_CODE[operation], user), None)
        return _reworded(operation, user, answer)

    def _forward(self, operation: str, body: dict[str, Any]) -> requests.Response:
        return requests.post(
            self._endpoint,
            data=json.dumps(body),
            headers={
                "X-Amz-Target": TARGET + operation,
                "Content-Type": "application/x-amz-json-1.1",
                # moto finds the service by the signature's scope.
                "Authorization": f"AWS4-HMAC-SHA256 Credential=x/20260101/{self._region}/cognito-idp/aws4_request",
            },
            timeout=30,
        )

    def _delete(self, token: str) -> Response:
        """By what moto has: it looks the token's owner up, and removes users for administrators."""
        owner = self._forward("GetUser", {"AccessToken": token})
        if not owner.ok:
            return _reworded("DeleteUser", "", owner)
        pool = jwt.decode(token, options={"verify_signature": False})["iss"].rpartition("/")[2]
        removed = self._forward("AdminDeleteUser", {"UserPoolId": pool, "Username": owner.json()["Username"]})
        return _reworded("DeleteUser", "", removed)

    def _send(self, purpose: str, user: str) -> None:
        code = f"{secrets.randbelow(10**6):06d}"
        with self._lock:
            self._codes[purpose, user] = _Code(code, time.time() + CODE_SECONDS[purpose])
        subject = "Your verification code" if purpose == "SignUp" else "Your password reset code"
        mail = Mail(user, subject, f"{subject} is {code}.", code)
        self._mailbox.deliver(mail)
        self._on_mail(mail)

    def _check(self, purpose: str, user: str, given: str) -> None:
        expected = self._codes.get((purpose, user))
        if expected is None or expected.expires < time.time():
            raise Refusal("ExpiredCodeException", "Invalid code provided, please request a code again.")
        if not secrets.compare_digest(expected.value, given):
            raise Refusal("CodeMismatchException", "Invalid verification code provided, please try again.")


def _parsed(body: bytes) -> dict[str, Any]:
    try:
        parsed = json.loads(body or b"{}")
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise Refusal("SerializationException", "The body is not a JSON object.")
    return parsed


def _reworded(operation: str, user: str, answer: requests.Response) -> Response:
    kind = _error_type(answer)
    if kind == "UserNotFoundException":
        return _hide_user(operation, user)
    return _json(answer.status_code, answer.json() if answer.content else {}, kind=kind)


def _hide_user(operation: str, user: str) -> Response:
    if operation == "ForgotPassword":
        return _json(200, {"CodeDeliveryDetails": _delivery(user)})
    kind, message = "NotAuthorizedException", "Incorrect username or password."
    return _json(400, {"__type": kind, "message": message}, kind=kind)


def _delivery(user: str) -> dict[str, str]:
    masked = f"{user[:1]}***@{user.partition('@')[2][:1]}***"
    return {"AttributeName": "email", "DeliveryMedium": "EMAIL", "Destination": masked}


def _error_type(answer: requests.Response) -> str | None:
    if answer.ok:
        return None
    kind: str = answer.json().get("__type", "InternalErrorException")
    return kind.rpartition("#")[2]


def _json(status: int, body: dict[str, Any], *, kind: str | None = None) -> Response:
    headers = [("Content-Type", "application/x-amz-json-1.1"), ("Cache-Control", "no-store")]
    if kind:
        headers.append(("x-amzn-ErrorType", kind))
    return Response(status=status, headers=headers, body=json.dumps(body).encode())

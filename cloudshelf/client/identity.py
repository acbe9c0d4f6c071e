"""Sign-up and sign-in at the shop's Cognito user pool, through its public API for clients without a secret."""

import json
import threading
import time
from dataclasses import dataclass
from typing import Any

import requests

from cloudshelf.client.problems import IdentityProblem, NoAnswer
from cloudshelf.client.transport import Transport

TARGET = "AWSCognitoIdentityProviderService."
CONTENT_TYPE = "application/x-amz-json-1.1"
# A token this near its end is exchanged first, so that it cannot expire on the way.
MARGIN_S = 60.0


@dataclass(frozen=True)
class Tokens:
    """What sign-in yields; `expires` is by time.monotonic()."""

    id_token: str
    refresh_token: str
    expires: float

    @property
    def fresh(self) -> bool:
        return time.monotonic() < self.expires - MARGIN_S


class Identity:
    """One user's session with the user pool at `endpoint`. Threads may share it."""

    def __init__(self, transport: Transport, endpoint: str, client_id: str) -> None:
        self._transport, self._endpoint, self._client_id = transport, endpoint, client_id
        self._tokens: Tokens | None = None
        self._lock = threading.Lock()

    def sign_up(self, email: str, password: str) -> None:
        attributes = [{"Name": "email", "Value": email}]
        self._ask("SignUp", {"Username": email, "Password": password, "UserAttributes": attributes})

    def confirm_sign_up(self, email: str, code: str) -> None:
        self._ask("ConfirmSignUp", {"Username": email, "ConfirmationCode": code})

    def sign_in(self, email: str, password: str) -> None:
        self._tokens = self._authenticate("USER_PASSWORD_AUTH", {"USERNAME": email, "PASSWORD": password}, None)

    def sign_out(self) -> None:
        """Forgets the tokens here; they stay valid until they expire."""
        self._tokens = None

    def id_token(self) -> str | None:
        """The token the API takes, exchanged for a new one before it expires; None when nobody is signed in."""
        with self._lock:
            if self._tokens is None:
                return None
            if not self._tokens.fresh:
                refresh = self._tokens.refresh_token
                self._tokens = self._authenticate("REFRESH_TOKEN_AUTH", {"REFRESH_TOKEN": refresh}, refresh)
            return self._tokens.id_token

    def _authenticate(self, flow: str, parameters: dict[str, str], refresh_token: str | None) -> Tokens:
        answer = self._ask("InitiateAuth", {"AuthFlow": flow, "AuthParameters": parameters}, repeatable=True)
        result = answer.get("AuthenticationResult")
        if not result:
            challenge = answer.get("ChallengeName", "a further step")
            raise IdentityProblem("ChallengeRequired", f"Cognito asks for {challenge}: sign in once in the shop first")
        # A refresh answers without a new refresh token.
        refresh = result.get("RefreshToken", refresh_token)
        return Tokens(result["IdToken"], refresh, time.monotonic() + float(result["ExpiresIn"]))

    def _ask(self, operation: str, body: dict[str, Any], *, repeatable: bool = False) -> dict[str, Any]:
        response = self._transport.send(
            "POST",
            self._endpoint,
            headers={"X-Amz-Target": TARGET + operation, "Content-Type": CONTENT_TYPE},
            data=json.dumps({"ClientId": self._client_id, **body}).encode(),
            repeatable=repeatable,
            busy=_busy,
        )
        answer = _object(response)
        if not response.ok:
            raise IdentityProblem(_kind(answer), str(answer.get("message", "")))
        return answer


def _busy(response: requests.Response) -> bool:
    # Cognito says 400 when it throttles.
    return response.status_code >= 500 or _kind(_object(response)) == "TooManyRequestsException"


def _kind(answer: dict[str, Any]) -> str:
    return str(answer.get("__type", "")).rpartition("#")[2] or "UnknownError"


def _object(response: requests.Response) -> dict[str, Any]:
    try:
        answer = response.json() if response.content else {}
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise NoAnswer(f"{response.url} answered {response.status_code} without JSON: it is no sign-in endpoint")
    return answer

"""API Gateway's Lambda authorizer: a function that turns a token into a policy, kept for a while.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
"""

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cloudshelf.local.gateway.responses import Refused
from cloudshelf.local.iam import matches
from cloudshelf.local.lambdas.environment import FunctionFailed
from cloudshelf.local.lambdas.function import TooManyRequests

DEFAULT_TTL_SECONDS = 300
ACTION = "execute-api:Invoke"
UNAUTHORIZED = "Unauthorized"
HEADER_SOURCE = "method.request.header."


@dataclass(frozen=True)
class Decision:
    """What the function said: a policy, and a context for the function behind."""

    principal: str
    statements: list[Mapping[str, Any]]
    context: dict[str, str]

    def check(self, method_arn: str) -> None:
        """Refused unless the policy lets the method be called."""
        effects = [
            s["Effect"]
            for s in self.statements
            if _names(s, "Action", ACTION, any_case=True) and _names(s, "Resource", method_arn, any_case=False)
        ]
        if "Deny" in effects:
            raise Refused("ACCESS_DENIED", "User is not authorized to access this resource with an explicit deny")
        if "Allow" not in effects:
            raise Refused("ACCESS_DENIED", "User is not authorized to access this resource")


class LambdaAuthorizer:
    """`ask` runs the function with an event. Thread-safe; a policy is kept by its token for as long as declared."""

    def __init__(
        self, declared: Mapping[str, Any], ask: Callable[[bytes], bytes], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.header = str(declared["identitySource"]).removeprefix(HEADER_SOURCE)
        self._expression = declared.get("identityValidationExpression")
        self._ttl = int(declared.get("authorizerResultTtlInSeconds", DEFAULT_TTL_SECONDS))
        self._ask, self._clock = ask, clock
        self._kept: dict[str, tuple[float, Decision]] = {}
        self._lock = threading.Lock()

    def authorize(self, token: str | None, method_arn: str) -> dict[str, str]:
        """The context for `requestContext.authorizer`; Refused for who may not call this method."""
        if not token or (self._expression and not re.fullmatch(self._expression, token)):
            raise Refused("UNAUTHORIZED")
        decision = self._known(token) or self._decide(token, method_arn)
        decision.check(method_arn)
        return {**decision.context, "principalId": decision.principal}

    def flush(self) -> None:
        """Forgets every policy, as flush-stage-authorizers-cache does."""
        with self._lock:
            self._kept = {}

    def _known(self, token: str) -> Decision | None:
        with self._lock:
            until, decision = self._kept.get(token, (0.0, None))
            return decision if self._clock() < until else None

    def _decide(self, token: str, method_arn: str) -> Decision:
        event = {"type": "TOKEN", "methodArn": method_arn, "authorizationToken": token}
        try:
            answer = self._ask(json.dumps(event).encode())
        except FunctionFailed as error:
            # A function says "no" by raising just this word.
            said = str(error).partition(": ")[2]
            raise Refused("UNAUTHORIZED" if said == UNAUTHORIZED else "AUTHORIZER_FAILURE") from None
        except TooManyRequests:
            raise Refused("AUTHORIZER_FAILURE") from None
        decision = _parsed(answer)
        with self._lock:
            now = self._clock()
            self._kept = {known: kept for known, kept in self._kept.items() if kept[0] > now}
            self._kept[token] = (now + self._ttl, decision)
        return decision


def _parsed(answer: bytes) -> Decision:
    try:
        found = json.loads(answer)
        statements = found["policyDocument"]["Statement"]
        context = found.get("context") or {}
        flat = all(isinstance(value, str | int | float | bool) for value in context.values())
        if not flat or not all({"Effect", "Action", "Resource"} <= s.keys() for s in statements):
            raise Refused("AUTHORIZER_CONFIGURATION_ERROR")
        told = {name: value if isinstance(value, str) else json.dumps(value) for name, value in context.items()}
        return Decision(str(found["principalId"]), statements, told)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused("AUTHORIZER_CONFIGURATION_ERROR") from None


def _names(statement: Mapping[str, Any], part: str, text: str, *, any_case: bool) -> bool:
    listed = statement[part] if isinstance(statement[part], list) else [statement[part]]
    return any(matches(pattern, text, any_case=any_case) for pattern in listed)

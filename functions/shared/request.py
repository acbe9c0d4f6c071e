"""A request as an operation sees it: parsed parameters, a checked body, the verified caller."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from shared import bodies
from shared.contract import Operation
from shared.parameters import Parameters
from shared.problems import Forbidden, InvalidRequest, Unauthorized


@dataclass(frozen=True)
class Caller:
    """Who asks, from the claims of the verified token and from nothing else."""

    user_id: str
    email: str
    groups: frozenset[str]


class Signature:
    """What an operation may be sent, by the contract; made once for each operation."""

    def __init__(self, operation: Operation) -> None:
        self.operation = operation
        self.path = Parameters(operation.parameters_in("path"))
        self.query = Parameters(operation.parameters_in("query"))
        self.headers = Parameters(operation.parameters_in("header"))


class Request:
    """One call of an operation. Reading what is wrong raises the problem that says so."""

    def __init__(self, event: Mapping[str, Any], signature: Signature) -> None:
        self._event, self._signature = event, signature

    @cached_property
    def caller(self) -> Caller:
        told = self._event["requestContext"].get("authorizer") or {}
        # Cognito's authorizer hands on the token's claims, a function of ours a flat context.
        claims, groups_name = (told["claims"], "cognito:groups") if told.get("claims") else (told, "groups")
        if not claims.get("sub"):
            raise Unauthorized("Sign in and send the ID token as `Authorization: Bearer <token>`.")
        # API Gateway joins a claim that is a list with commas.
        groups = frozenset(filter(None, str(claims.get(groups_name, "")).split(",")))
        return Caller(claims["sub"], str(claims.get("email", "")).lower(), groups)

    @cached_property
    def path(self) -> dict[str, Any]:
        return self._signature.path.parse(self._event.get("pathParameters") or {})

    @cached_property
    def query(self) -> dict[str, Any]:
        given: dict[str, list[str]] = self._event.get("multiValueQueryStringParameters") or {}
        if repeated := sorted(name for name, values in given.items() if len(values) > 1):
            errors = tuple(f"{name}: is given more than once" for name in repeated)
            raise InvalidRequest("A parameter is wrong: " + "; ".join(errors), errors=errors)
        return self._signature.query.parse({name: values[0] for name, values in given.items()})

    @cached_property
    def headers(self) -> dict[str, Any]:
        """The headers the contract names, by its spelling."""
        given = {name.lower(): value for name, value in (self._event.get("headers") or {}).items()}
        known = {p.name: given[p.name.lower()] for p in self._declared_headers if p.name.lower() in given}
        return self._signature.headers.parse(known)

    @property
    def _declared_headers(self) -> tuple[Any, ...]:
        return self._signature.operation.parameters_in("header")

    def header(self, name: str) -> str | None:
        """Any header, any case; for those HTTP itself defines."""
        return next((v for n, v in (self._event.get("headers") or {}).items() if n.lower() == name.lower()), None)

    def cookie(self, name: str) -> str | None:
        """The first cookie of this name, as it was sent."""
        pairs = (each.strip().partition("=") for each in (self.header("Cookie") or "").split(";"))
        return next((value for key, _, value in pairs if key == name), None)

    def body(self, model: type[bodies.Model]) -> bodies.Model:
        text: str = self._event.get("body") or ""
        raw = base64.b64decode(text) if self._event.get("isBase64Encoded") else text.encode("utf-8", "surrogatepass")
        return bodies.read(raw, self.header("Content-Type"), model)

    def check(self) -> None:
        """Parameters that nobody reads are checked all the same: the contract lists what may be sent."""
        _ = self.path, self.query, self.headers

    def authorize(self) -> None:
        """What the contract says of the caller: signed in, and in the group the operation is for."""
        operation = self._signature.operation
        if operation.secured:
            role = operation.role
            if role and role not in self.caller.groups:
                raise Forbidden(f"This is for members of the group {role}.")

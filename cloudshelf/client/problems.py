"""What can go wrong between a client and the shop."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


class ClientError(Exception):
    """Any of the faults below; the message is one line for a person."""


class NoAnswer(ClientError):
    """Nothing came back, or nothing that could be read."""


class GivenUp(NoAnswer):
    """The caller's `pause` said that no further attempt is wanted."""


class NotAShop(ClientError):
    """Something answers at the address, and it is no CloudShelf."""


class InsecureShop(ClientError):
    """A password would travel in the clear."""


class IdentityProblem(ClientError):
    """Cognito's refusal. `kind` is its name for it, such as NotAuthorizedException."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(f"{kind}: {message}" if message else kind)
        self.kind = kind


@dataclass(eq=False)
class ApiProblem(ClientError):
    """The API's answer as `application/problem+json`. `code` is stable; `detail` is for a person."""

    status: int
    code: str
    detail: str
    errors: tuple[str, ...] = ()
    changes: tuple[Mapping[str, Any], ...] = ()
    request_id: str | None = None

    def __str__(self) -> str:
        return f"{self.status} {self.code}: {self.detail}"

    @classmethod
    def read(cls, status: int, body: object) -> "ApiProblem":
        """From any answer; one that is no problem+json came from something on the way, not from the API."""
        if not isinstance(body, Mapping) or "code" not in body:
            return cls(status, "unreadable", f"the answer {status} did not come from the shop's API")
        return cls(
            status=status,
            code=str(body["code"]),
            detail=str(body.get("detail", "")),
            errors=tuple(str(each) for each in body.get("errors", ())),
            changes=tuple(body.get("changes", ())),
            request_id=body.get("request_id"),
        )

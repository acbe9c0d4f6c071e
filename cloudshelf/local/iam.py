"""IAM on this machine: the access keys the local cloud gave out, and what the roles behind them may do.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cloudshelf.local.sigv4 import SignatureError

Context = Mapping[str, str]


@dataclass(frozen=True)
class Caller:
    """A role with temporary credentials, as Lambda gives a function. `role` is the role's name."""

    name: str
    role: str
    access_key: str
    secret_key: str = field(repr=False)
    session_token: str = field(repr=False)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_SESSION_TOKEN": self.session_token,
        }


@dataclass
class Iam:
    """Inline policies by role, and callers by access key. Managed policies are not looked at."""

    policies: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    _callers: dict[str, Caller] = field(default_factory=dict)

    def attach(self, role: str, policy: str) -> None:
        self.policies.setdefault(role, []).append(json.loads(policy))

    def detach(self, role: str, policy: str) -> None:
        """Takes back what `attach` was given."""
        self.policies[role].remove(json.loads(policy))

    def issue(self, name: str, role: str) -> Caller:
        """Credentials of its own for a function."""
        access_key = "ASIA" + "".join(secrets.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(16))
        caller = Caller(name, role, access_key, secrets.token_urlsafe(30), secrets.token_urlsafe(60))
        self._callers[access_key] = caller
        return caller

    def known(self, access_key: str, session_token: str | None) -> Caller:
        """Whose credentials they are; SignatureError for nobody's. That they are used rightly, the signature tells."""
        caller = self._callers.get(access_key)
        if caller is None:
            raise SignatureError("the access key is nobody's")
        if session_token != caller.session_token:
            raise SignatureError("the session token is another than the access key's")
        return caller

    def allows(self, role: str, action: str, resource: str, context: Context | None = None) -> bool:
        """Whether the role's policies allow it and none denies it."""
        fitting = [
            statement["Effect"]
            for document in self.policies.get(role, [])
            for statement in _listed(document["Statement"])
            if _fits(statement, action, resource, context or {})
        ]
        return "Allow" in fitting and "Deny" not in fitting


def document_allows(document: Mapping[str, Any], action: str, resource: str, context: Context | None = None) -> bool:
    """Whether one policy document allows something."""
    one = Iam()
    one.policies["one"] = [dict(document)]
    return one.allows("one", action, resource, context)


def matches(pattern: str, text: str, *, any_case: bool = False) -> bool:
    """IAM's wildcards: * is any run of characters, ? one."""
    expression = "".join({"*": ".*", "?": "."}.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(expression, text, re.DOTALL | (re.IGNORECASE if any_case else 0)) is not None


def _fits(statement: Mapping[str, Any], action: str, resource: str, context: Context) -> bool:
    known = {"Sid", "Effect", "Principal", "Action", "Resource", "Condition"}
    if unknown := statement.keys() - known:
        raise ValueError(f"the local cloud does not evaluate {', '.join(sorted(unknown))} in a policy")
    if statement.get("Principal", "*") != "*":
        raise ValueError(f"the local cloud does not evaluate the principal {statement['Principal']}")
    return (
        any(matches(pattern, action, any_case=True) for pattern in _listed(statement["Action"]))
        and any(matches(pattern, resource) for pattern in _listed(statement["Resource"]))
        and all(
            _holds(operator, key, _listed(values), context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        )
    )


def _holds(operator: str, key: str, values: list[str], context: Context) -> bool:
    given = {name.lower(): value for name, value in context.items()}.get(key.lower())
    if given is None:
        return operator.endswith("IfExists")
    match operator.removesuffix("IfExists"):
        case "StringEquals":
            return given in values
        case "StringLike" | "ArnLike" | "ArnEquals":
            return any(matches(value, given) for value in values)
        case "Bool":
            return given.lower() in (str(value).lower() for value in values)
        case _:
            raise ValueError(f"the local cloud does not evaluate the condition {operator}")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]

"""What one component lets another do, as plain data; the one place where it becomes an IAM policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

VERSION = "2012-10-17"


@dataclass(frozen=True, kw_only=True)
class Grant:
    """IAM actions on the ARNs of resources, under a condition if there is one. Neither may be a wildcard."""

    actions: Sequence[str]
    resources: Sequence[pulumi.Input[str]]
    condition: Mapping[str, Mapping[str, pulumi.Input[str]]] | None = None

    def __post_init__(self) -> None:
        _refuse_wildcards(self.actions)
        if any(resource == "*" for resource in self.resources):
            raise ValueError(f"{self.actions} on *: a grant names its resources")

    def statement(self) -> Mapping[str, Any]:
        statement = {"Effect": "Allow", "Action": list(self.actions), "Resource": list(self.resources)}
        return {**statement, "Condition": self.condition} if self.condition else statement


@dataclass(frozen=True, kw_only=True)
class UnscopedGrant:
    """IAM actions for which AWS knows no resource but `*`. `fact` is where AWS says so, for the reader."""

    actions: Sequence[str]
    fact: str

    def __post_init__(self) -> None:
        _refuse_wildcards(self.actions)

    def statement(self) -> Mapping[str, Any]:
        return {"Effect": "Allow", "Action": list(self.actions), "Resource": "*"}


@dataclass(frozen=True, kw_only=True)
class Denial:
    """IAM actions that nobody may take under a condition, whatever else allows them."""

    actions: Sequence[str]
    condition: Mapping[str, Mapping[str, pulumi.Input[str]]]

    def statement(self) -> Mapping[str, Any]:
        return {"Effect": "Deny", "Action": list(self.actions), "Resource": "*", "Condition": dict(self.condition)}


Permission = Grant | UnscopedGrant | Denial


def policy_document(permissions: Sequence[Permission]) -> pulumi.Output[str]:
    """An IAM policy that says what the permissions say."""
    return document([permission.statement() for permission in permissions])


def document(statements: Sequence[Mapping[str, Any]]) -> pulumi.Output[str]:
    """A policy of statements that name their principals: a resource's own policy."""
    return pulumi.Output.json_dumps({"Version": VERSION, "Statement": list(statements)})


def trust_policy(service: str, account_id: pulumi.Input[str] | None = None) -> Any:
    """An assume-role policy for one AWS service, for what it does in one account if that is told."""
    statement: dict[str, Any] = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sts:AssumeRole",
    }
    if account_id is None:
        return document([statement])
    return document([{**statement, "Condition": {"StringEquals": {"aws:SourceAccount": account_id}}}])


def _refuse_wildcards(actions: Sequence[str]) -> None:
    if any("*" in action for action in actions):
        raise ValueError(f"{actions}: a grant names its actions, without wildcards")

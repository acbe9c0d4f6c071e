"""What one component lets another do, as plain data; the one place where it becomes an IAM policy."""

from collections.abc import Sequence
from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, kw_only=True)
class Grant:
    """IAM actions on the ARNs of resources. Neither may be a wildcard."""

    actions: Sequence[str]
    resources: Sequence[pulumi.Input[str]]

    def __post_init__(self) -> None:
        if any("*" in action for action in self.actions):
            raise ValueError(f"{self.actions}: a grant names its actions, without wildcards")
        if any(resource == "*" for resource in self.resources):
            raise ValueError(f"{self.actions} on *: a grant names its resources")


def policy_document(grants: Sequence[Grant]) -> pulumi.Output[str]:
    """An IAM policy that allows what the grants say."""
    statements = [
        {"Effect": "Allow", "Action": list(grant.actions), "Resource": list(grant.resources)} for grant in grants
    ]
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": statements})


def trust_policy(service: str) -> str:
    """An assume-role policy for one AWS service."""
    statement = f'{{"Effect":"Allow","Principal":{{"Service":"{service}"}},"Action":"sts:AssumeRole"}}'
    return f'{{"Version":"2012-10-17","Statement":[{statement}]}}'

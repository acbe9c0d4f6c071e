"""Secrets where anybody who may list resources can read them."""

import re
from collections.abc import Iterator, Mapping

from ..rules import Rule, alone
from ..stack import Resource

NAME = re.compile(r"pass(word|wd|phrase)|secret|token|private_?key|api_?key", re.IGNORECASE)
ACCESS_KEY_ID = re.compile(r"\b(AKIA|ASIA)[0-9A-Z]{16}\b")


def no_secrets(path: str) -> Rule:
    """No variable is named like a secret, holds an access key, or is a secret to Pulumi."""

    def look(resource: Resource) -> Iterator[str]:
        variables = resource.get(path)
        for name, value in variables.items() if isinstance(variables, Mapping) else ():
            if NAME.search(name):
                yield f"{path}.{name} is named like a secret: let the function read it from Parameter Store"
            if ACCESS_KEY_ID.search(str(value)):
                yield f"{path}.{name} holds an access key: give the function's role the permission instead"
        for secret in resource.secrets or ():
            if _inside(secret, path) or _inside(path, secret):
                yield f"{secret} is a secret: let the function read it from Parameter Store"

    return alone(look)


def secret(path: str) -> Rule:
    """Pulumi keeps the value encrypted. The engine does not tell a policy pack which ones it does."""

    def look(resource: Resource) -> Iterator[str]:
        if resource.get(path) is None or resource.secrets is None:
            return
        if not any(_inside(path, each) for each in resource.secrets):
            yield f"{path} is not a secret: wrap it in pulumi.Output.secret"

    return alone(look)


def _inside(path: str, outer: str) -> bool:
    return path == outer or path.startswith((f"{outer}.", f"{outer}["))

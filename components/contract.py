"""The API contract, schema/openapi.yaml, and what follows from it."""

from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

PATH = Path(__file__).resolve().parent.parent / "schema" / "openapi.yaml"
METHODS = ("get", "put", "post", "delete", "options", "head", "patch")


@cache
def load() -> dict[str, Any]:
    """The contract as plain data. Callers do not change it."""
    # libyaml's parser, where PyYAML was built with it, is ten times as fast.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document: dict[str, Any] = yaml.load(PATH.read_text(), Loader=loader)  # noqa: S506 - both are safe
    return document


def base() -> tuple[str, str]:
    """The stage's name and the prefix of resources below it: `/api/v1` is stage `api`, prefix `/v1`."""
    stage, _, version = str(load()["servers"][0]["url"]).strip("/").partition("/")
    return stage, f"/{version}"


@dataclass(frozen=True)
class Operation:
    """One operation. `path` is as in the contract; `parameters` includes the path's own, with references resolved."""

    path: str
    method: str
    definition: dict[str, Any]
    parameters: list[dict[str, Any]]

    @property
    def operation_id(self) -> str:
        return str(self.definition["operationId"])

    @property
    def service(self) -> str:
        return str(self.definition["x-cloudshelf-service"])

    @property
    def token_schemes(self) -> list[str]:
        """The names of the schemes of which a caller's token satisfies one; none where anyone may call."""
        return [name for scheme in self.definition.get("security", []) for name in scheme if name in token_schemes()]

    @property
    def cache_seconds(self) -> int:
        """How long API Gateway may keep an answer, the same for everybody; 0 for not at all."""
        return int(self.definition.get("x-cloudshelf-cache-seconds", 0))


def token_schemes() -> list[str]:
    """The names of the contract's security schemes that a gateway can check: a cookie is the function's to check."""
    schemes = load()["components"]["securitySchemes"]
    return [name for name, scheme in schemes.items() if scheme["type"] == "http"]


def operations(capabilities: Set[str] | None = None) -> Iterator[Operation]:
    """The contract's operations in its order: all, or those a phase with these capabilities has."""
    for operation in _every():
        needed = operation.definition.get("x-cloudshelf-capability")
        if capabilities is None or needed is None or needed in capabilities:
            yield operation


def _every() -> Iterator[Operation]:
    for path, item in load()["paths"].items():
        for method in METHODS:
            if method in item:
                listed = [*item.get("parameters", []), *item[method].get("parameters", [])]
                yield Operation(path, method, item[method], [_resolved(p) for p in listed])


def services(capabilities: Set[str] | None = None) -> list[str]:
    """The function packages the contract names."""
    return sorted({operation.service for operation in operations(capabilities)})


def _resolved(parameter: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in parameter:
        return parameter
    resolved: dict[str, Any] = load()["components"]["parameters"][parameter["$ref"].rpartition("/")[2]]
    return resolved

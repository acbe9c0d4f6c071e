"""The API contract, as the functions read it: which operations there are and what each may be sent."""

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from shared import settings

METHODS = ("get", "put", "post", "patch", "delete")


class Parameter(msgspec.Struct, frozen=True):
    """A parameter of an operation; `schema` has no references."""

    name: str
    place: str
    required: bool
    schema: dict[str, Any]


class Operation(msgspec.Struct, frozen=True):
    """One method on one path. `path` is what the gateway routes by: without the stage, `{name}` for a parameter.

    `secured` means that a token is needed. `capability` is what a phase must be able to for the operation to exist.
    """

    operation_id: str
    service: str
    method: str
    path: str
    role: str | None
    capability: str | None
    secured: bool
    parameters: tuple[Parameter, ...]
    statuses: frozenset[int]

    @property
    def offered(self) -> bool:
        """Whether this phase has it."""
        return self.capability is None or self.capability in settings.capabilities()

    def parameters_in(self, place: str) -> tuple[Parameter, ...]:
        return tuple(parameter for parameter in self.parameters if parameter.place == place)


@cache
def document() -> dict[str, Any]:
    """The contract. It lies beside the packages in an artefact; CONTRACT_PATH names another place."""
    path = os.environ.get("CONTRACT_PATH") or Path(__file__).parents[1] / "contract.json"
    return msgspec.json.decode(Path(path).read_bytes(), type=dict[str, Any])


def operations(service: str | None = None) -> tuple[Operation, ...]:
    """The operations of a service, or of all, those of other phases too."""
    return tuple(operation for operation in _operations() if service in (None, operation.service))


def published() -> Any:
    """The contract of this phase, without what is only for CloudShelf's own machinery."""
    return _without_own(_of_this_phase())


def _without_own(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _without_own(value) for key, value in node.items() if not key.startswith("x-cloudshelf-")}
    return [_without_own(value) for value in node] if isinstance(node, list) else node


def _of_this_phase() -> dict[str, Any]:
    missing = {(each.path, each.method) for each in operations() if not each.offered}
    prefix = _prefix()
    paths = {
        path: {key: value for key, value in item.items() if (prefix + path, key.upper()) not in missing}
        for path, item in document()["paths"].items()
    }
    return {**document(), "paths": {path: item for path, item in paths.items() if not item.keys().isdisjoint(METHODS)}}


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """What a reference stands for."""
    while "$ref" in node:
        target: Any = document()
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def base_path() -> str:
    """Where the API begins on the shop's host."""
    url: str = document()["servers"][0]["url"]
    return urlsplit(url).path


def _prefix() -> str:
    # The first segment of the server's path is the gateway's stage, which no event's path has.
    return "/" + base_path().removeprefix("/").partition("/")[2]


def _operations() -> Iterator[Operation]:
    prefix = _prefix()
    for path, item in document()["paths"].items():
        for method in METHODS:
            if method in item:
                yield _operation(prefix + path, method, item, item[method])


def _operation(path: str, method: str, item: dict[str, Any], spec: dict[str, Any]) -> Operation:
    parameters = [resolved(each) for each in item.get("parameters", []) + spec.get("parameters", [])]
    return Operation(
        operation_id=spec["operationId"],
        service=spec["x-cloudshelf-service"],
        method=method.upper(),
        path=path,
        role=spec.get("x-cloudshelf-role"),
        capability=spec.get("x-cloudshelf-capability"),
        secured=any(_is_token(scheme) for scheme in spec.get("security", [])),
        parameters=tuple(
            Parameter(each["name"], each["in"], each.get("required", False), resolved(each["schema"]))
            for each in parameters
        ),
        statuses=frozenset(int(status) for status in spec["responses"]),
    )


def _is_token(requirement: dict[str, Any]) -> bool:
    """A cookie is the operation's own to check."""
    return any(document()["components"]["securitySchemes"][name]["type"] == "http" for name in requirement)

"""The API contract on this machine: operations by their id, and what a schema allows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

PATH = Path(__file__).parents[2] / "schema" / "openapi.yaml"
METHODS = ("get", "put", "post", "patch", "delete")
# RFC 9110 section 9.2.2; a request that carries a key the server remembers may be repeated too.
REPEATABLE = frozenset({"GET", "PUT", "DELETE"})
REPEAT_KEY = "Idempotency-Key"


@dataclass(frozen=True)
class Placed:
    """Where an operation's parameters go in one request."""

    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]


@dataclass(frozen=True)
class Operation:
    """One method on one path, relative to the API's base URL. `places` says where each parameter goes."""

    operation_id: str
    method: str
    path: str
    places: Mapping[str, str]
    secured: bool

    def place(self, values: Mapping[str, object]) -> Placed:
        """ValueError for a parameter that the contract does not know, or a part of the path that was not given."""
        if unknown := values.keys() - self.places.keys():
            known = ", ".join(self.places) or "none"
            raise ValueError(f"{self.operation_id} has no parameter {', '.join(sorted(unknown))}; it has {known}")
        path = self.path
        for name in self._names("path"):
            if name not in values:
                raise ValueError(f"{self.operation_id} needs the parameter {name}")
            path = path.replace(f"{{{name}}}", quote(_text(values[name]), safe=""))
        return Placed(path, self._given("query", values), self._given("header", values))

    def repeatable(self, values: Mapping[str, object]) -> bool:
        """Whether sending it twice does what sending it once does."""
        return self.method in REPEATABLE or REPEAT_KEY in values

    def _names(self, place: str) -> list[str]:
        return [name for name, where in self.places.items() if where == place]

    def _given(self, place: str, values: Mapping[str, object]) -> dict[str, str]:
        return {name: _text(values[name]) for name in self._names(place) if name in values}


class Contract:
    """schema/openapi.yaml, read once."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._operations = {each.operation_id: each for each in self._read_operations()}

    @classmethod
    @cache
    def load(cls, path: Path = PATH) -> "Contract":
        loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        return cls(yaml.load(path.read_text(encoding="utf-8"), Loader=loader))  # noqa: S506 - both loaders are safe ones

    def operation(self, operation_id: str) -> Operation:
        if operation_id not in self._operations:
            raise ValueError(f"{operation_id} is no operation of the contract; it has {', '.join(self._operations)}")
        return self._operations[operation_id]

    def schema(self, name: str) -> dict[str, Any]:
        """A schema of the contract with every reference replaced by what it stands for."""
        resolved: dict[str, Any] = self._resolve({"$ref": f"#/components/schemas/{name}"})
        return resolved

    def _resolve(self, node: Any) -> Any:
        if isinstance(node, list):
            return [self._resolve(each) for each in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return self._resolve(self._target(node["$ref"]))
        return {key: self._resolve(value) for key, value in node.items()}

    def _target(self, reference: str) -> Any:
        target: Any = self._document
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]
        return target

    def _read_operations(self) -> Iterator[Operation]:
        for path, item in self._document["paths"].items():
            for method in METHODS:
                if method in item:
                    spec = item[method]
                    parameters = self._resolve(item.get("parameters", []) + spec.get("parameters", []))
                    places = {each["name"]: each["in"] for each in parameters}
                    yield Operation(spec["operationId"], method.upper(), path, places, bool(spec.get("security")))


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

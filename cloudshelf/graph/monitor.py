"""Pulumi's mock engine, keeping what `Mocks` is not shown.

It builds on internals of the pinned Pulumi SDK (`pulumi.runtime.mocks.MockMonitor`). Only this file and capture.py,
which starts it, do.
"""

import threading
from typing import Any

from google.protobuf import struct_pb2  # type: ignore[import-untyped]
from pulumi.runtime import mocks, rpc, settings

from cloudshelf.graph.model import Graph, Node

ROOT = "pulumi:pulumi:Stack"
OPTIONS = (
    "protect",
    "retainOnDelete",
    "ignoreChanges",
    "replaceOnChanges",
    "deleteBeforeReplace",
    "additionalSecretOutputs",
    "importId",
    "aliases",
)
WARNING = 2


class DuplicateUrnError(Exception):
    """Two resources share a URN: the real engine refuses this, the mock engine would keep the last."""


class GraphMonitor(mocks.MockMonitor):
    """Records every registration as a Node. Calls arrive on several threads."""

    def __init__(self, provider: mocks.Mocks) -> None:
        super().__init__(provider)
        self._mock: Any = super()  # the SDK's methods have no types
        self.graph = Graph()
        self._lock = threading.Lock()

    def make_urn(self, parent: str, type_: str, name: str) -> str:
        """The engine's rule: the whole chain of parent types, without the stack's."""
        chain = parent.split("::")[2] if parent else ""
        prefix = "" if chain in ("", ROOT) else f"{chain}$"
        return f"urn:pulumi:{settings.get_stack()}::{settings.get_project()}::{prefix}{type_}::{name}"

    def RegisterResource(self, request: Any) -> Any:
        node = self._record(request, request.object, request.custom)
        answer = self._mock.RegisterResource(request)
        node.outputs = decode(answer.object)
        return answer

    def ReadResource(self, request: Any) -> Any:
        node = self._record(request, request.properties, custom=True)
        answer = self._mock.ReadResource(request)
        node.outputs = decode(answer.properties)
        return answer

    def RegisterResourceOutputs(self, request: Any) -> Any:
        secrets: set[str] = set()
        outputs = decode(request.outputs, secrets=secrets)
        if request.urn.split("::")[2] == ROOT:
            self.graph.outputs, self.graph.secret_outputs = outputs, secrets
        else:
            self.graph.finished.add(request.urn)
        return self._mock.RegisterResourceOutputs(request)

    def Invoke(self, request: Any) -> Any:
        self.graph.lookups.append((request.tok, decode(request.args)))
        return self._mock.Invoke(request)

    def _record(self, request: Any, properties: Any, custom: bool) -> Node:
        secrets: set[str] = set()
        unknowns: set[str] = set()
        node = Node(
            urn=self.make_urn(request.parent, request.type, request.name),
            type=request.type,
            name=request.name,
            parent=request.parent,
            custom=custom,
            inputs=decode(properties, secrets=secrets, unknowns=unknowns),
            secrets=secrets,
            unknowns=unknowns,
            dependencies=list(request.dependencies),
            property_dependencies=_by_property(request),
            options={name: _option(value) for name in OPTIONS if (value := getattr(request, name, None))},
        )
        with self._lock:
            if node.urn in self.graph.nodes:
                raise DuplicateUrnError(f"two resources are {node.urn}")
            self.graph.nodes[node.urn] = node
        return node


class Engine:
    """Takes the program's log messages."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph

    def Log(self, request: Any) -> None:
        if request.severity >= WARNING:
            self._graph.warnings.append(request.message)


def decode(value: Any, path: str = "", *, secrets: set[str] | None = None, unknowns: set[str] | None = None) -> Any:
    """A protobuf value as plain Python; the dotted paths of secret and unknown values go into the sets."""
    secrets = set() if secrets is None else secrets
    unknowns = set() if unknowns is None else unknowns
    if isinstance(value, struct_pb2.Value):
        kind = value.WhichOneof("kind")
        if kind == "struct_value":
            return decode(value.struct_value, path, secrets=secrets, unknowns=unknowns)
        if kind == "list_value":
            items = enumerate(value.list_value.values)
            return [decode(item, f"{path}[{i}]", secrets=secrets, unknowns=unknowns) for i, item in items]
        return _scalar(value, kind, path, unknowns)
    signature = value.fields[rpc._special_sig_key].string_value if rpc._special_sig_key in value.fields else None
    if signature == rpc._special_secret_sig:
        secrets.add(path)
        return decode(value.fields["value"], path, secrets=secrets, unknowns=unknowns)
    if signature == rpc._special_resource_sig:
        return {"$ref": value.fields["urn"].string_value}
    if signature:
        return rpc.deserialize_property(value)
    return {
        name: decode(item, f"{path}.{name}" if path else name, secrets=secrets, unknowns=unknowns)
        for name, item in value.fields.items()
    }


def _scalar(value: struct_pb2.Value, kind: str | None, path: str, unknowns: set[str]) -> Any:
    if kind in (None, "null_value"):
        return None
    if kind == "number_value":
        return int(value.number_value) if value.number_value.is_integer() else value.number_value
    if kind == "string_value" and value.string_value == rpc.UNKNOWN:
        unknowns.add(path)
        return "<unknown>"
    return getattr(value, str(kind))


def _by_property(request: Any) -> dict[str, list[str]]:
    # A request to read a resource has none.
    listed = getattr(request, "propertyDependencies", {})
    return {name: list(dependencies.urns) for name, dependencies in listed.items() if dependencies.urns}


def _option(value: Any) -> Any:
    return value if isinstance(value, (str, bool)) else [str(item).strip() for item in value]

"""The AWS provider of the local cloud, as the Pulumi engine speaks to one: over gRPC, at a port of this machine.

The engine attaches to it by PULUMI_DEBUG_PROVIDERS, and asks it about one resource after the other. What is made,
changed and removed is the world the shop is served from, by the same makers that run without an engine.
"""

import json
import re
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]
from google.protobuf import empty_pb2  # type: ignore[import-untyped]
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc, resource_pb2, resource_pb2_grpc

from cloudshelf.graph.model import Graph, Node
from cloudshelf.local import lookups
from cloudshelf.local.engine import wire
from cloudshelf.local.provider import REMOTE
from cloudshelf.local.resources.registry import REGISTRY, Decision, UndecidedResourceError
from cloudshelf.local.world import World

VERSION = version("pulumi-aws")
# What the AWS provider replaces a resource for, as it says itself when it is asked to plan such a change.
REPLACEMENTS: dict[str, list[str]] = json.loads(Path(__file__).with_name("replacements.json").read_text())
# Inputs that name a resource: where one is given, the AWS provider removes the old one before it makes the new one.
NAMES = ("name", "bucket", "identifier")
BIG = [("grpc.max_receive_message_length", 1 << 28), ("grpc.max_send_message_length", 1 << 28)]
THREADS = 32
INDEX = re.compile(r"\[\d+\]")
WORD = re.compile(r"(?<!^)(?=[A-Z])")
Kind = provider_pb2.PropertyDiff


class Refused(Exception):
    """What the local cloud cannot do; the text says what and why."""


@dataclass(kw_only=True)
class Made:
    """A resource there is. `outputs` are all of its properties, `inputs` as the engine sent them; `secret` names those
    of both that are to be kept secret.
    """

    node: Node
    inputs: dict[str, Any]
    outputs: dict[str, Any]
    secret: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a change of inputs comes to. `replaced` are the paths in `changed` that a new resource is made for."""

    changed: Mapping[str, tuple[Any, Any]]
    replaced: frozenset[str]
    removed_first: bool


def plan(token: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Plan:
    """Refused for a change that AWS makes in place and the local cloud cannot."""
    changed = wire.differences(dict(old), dict(new))
    replaced = frozenset(path for path in changed if _replaces(token, path))
    named = [name for name in NAMES if new.get(name) and old.get(name) == new.get(name)]
    if changed and not replaced:
        _check(token, changed, REGISTRY.decide(token, token))
    return Plan(changed=changed, replaced=replaced, removed_first=bool(replaced and named))


def _replaces(token: str, path: str) -> bool:
    plain = f"{INDEX.sub('', path)}."
    return any(plain.startswith(f"{each}.") for each in REPLACEMENTS[token])


def _check(token: str, changed: Mapping[str, Any], decision: Decision) -> None:
    if decision.change is None:
        raise Refused(f"{token}: the local cloud cannot change {', '.join(changed)} of one that is there")
    if fixed := {INDEX.sub("", path).partition(".")[0] for path in changed} & decision.fixed:
        raise Refused(
            f"{token}: AWS changes {', '.join(sorted(fixed))} in place, the local cloud cannot. Remove it and make it "
            "again: pulumi up --replace, or a new --fresh shop."
        )


class Provider:
    """Serves at `port` from `start` to `stop`. Each method answers a request of the same name in Pulumi's protocol.

    `graph` has the resources that are there. `changed` is told the type of each that was made, changed or removed.
    """

    def __init__(self, world: World, graph: Graph, changed: Callable[[str], None]) -> None:
        self._world, self._graph, self._changed = world, graph, changed
        self._made: dict[tuple[str, str], Made] = {}
        self._lock = threading.Lock()
        self._server = grpc.server(ThreadPoolExecutor(THREADS, thread_name_prefix="provider"), options=BIG)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(_Told(self), self._server)
        self.port: int = self._server.add_insecure_port("127.0.0.1:0")

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop(grace=None).wait()

    def handshake(self, _request: Any) -> Any:
        return provider_pb2.ProviderHandshakeResponse(accept_secrets=True)

    def attach(self, _request: Any) -> Any:
        return empty_pb2.Empty()

    def get_plugin_info(self, _request: Any) -> Any:
        return plugin_pb2.PluginInfo(version=VERSION)

    def get_schema(self, _request: Any) -> Any:
        return provider_pb2.GetSchemaResponse(schema=json.dumps({"name": "aws", "version": VERSION}))

    def check_config(self, request: Any) -> Any:
        return provider_pb2.CheckResponse(inputs=request.news)

    def diff_config(self, _request: Any) -> Any:
        return provider_pb2.DiffResponse(changes=provider_pb2.DiffResponse.DIFF_NONE)

    def configure(self, _request: Any) -> Any:
        return provider_pb2.ConfigureResponse(supportsPreview=True, acceptSecrets=True)

    def cancel(self, _request: Any) -> Any:
        return empty_pb2.Empty()

    def check(self, request: Any) -> Any:
        token, name = _type_and_name(request.urn)
        try:
            REGISTRY.decide(token, name)
        except UndecidedResourceError as error:
            return provider_pb2.CheckResponse(failures=[provider_pb2.CheckFailure(reason=str(error))])
        return provider_pb2.CheckResponse(inputs=request.news)

    def diff(self, request: Any) -> Any:
        token, _ = _type_and_name(request.urn)
        found = plan(token, wire.received(request.old_inputs), wire.received(request.news))
        answer = provider_pb2.DiffResponse
        return answer(
            changes=answer.DIFF_SOME if found.changed else answer.DIFF_NONE,
            hasDetailedDiff=True,
            detailedDiff={
                path: Kind(kind=_kind(*values, replaces=path in found.replaced), inputDiff=True)
                for path, values in found.changed.items()
            },
            diffs=sorted({INDEX.sub("", path).partition(".")[0] for path in found.changed}),
            replaces=sorted(found.replaced),
            deleteBeforeReplace=found.removed_first,
        )

    def create(self, request: Any) -> Any:
        if request.preview:
            return provider_pb2.CreateResponse(properties=request.properties)
        token, name = _type_and_name(request.urn)
        inputs = wire.received(request.properties)
        identity, computed = REGISTRY.decide(token, name).make(self._world, name, wire.given(inputs))
        outputs, secret = {**inputs, **computed}, wire.secrets(request.properties)
        self._keep(request.urn, identity, inputs, outputs, secret)
        self._changed(token)
        return provider_pb2.CreateResponse(id=identity, properties=wire.sent(outputs, secret))

    def read(self, request: Any) -> Any:
        """What is there, or nothing."""
        token, _ = _type_and_name(request.urn)
        made = self._made.get((token, request.id))
        if made is None:
            return provider_pb2.ReadResponse()
        inputs, outputs = wire.sent(made.inputs, made.secret), wire.sent(made.outputs, made.secret)
        return provider_pb2.ReadResponse(id=request.id, inputs=inputs, properties=outputs)

    def update(self, request: Any) -> Any:
        token, name = _type_and_name(request.urn)
        old, new = wire.received(request.old_inputs), wire.received(request.news)
        before = wire.received(request.olds)
        secret = wire.secrets(request.news) | (wire.secrets(request.olds) - old.keys())
        outputs = {**{name: value for name, value in before.items() if name not in old}, **new}
        if not request.preview:
            change = REGISTRY.decide(token, name).change
            assert change  # noqa: S101 - Diff refused it
            if (token, request.id) not in self._made:
                raise Refused(f"{request.id} is not there any more: run pulumi refresh")
            outputs |= change(self._world, request.id, wire.given(old), wire.given(new))
            self._keep(request.urn, request.id, new, outputs, secret)
            self._changed(token)
        return provider_pb2.UpdateResponse(properties=wire.sent(outputs, secret))

    def delete(self, request: Any) -> Any:
        token, name = _type_and_name(request.urn)
        if made := self._made.get((token, request.id)):
            if remove := REGISTRY.decide(token, name).remove:
                remove(self._world, request.id, wire.given(made.inputs))
            with self._lock:
                del self._made[token, request.id]
                if self._graph.nodes.get(request.urn) is made.node:
                    del self._graph.nodes[request.urn]
            self._changed(token)
        return empty_pb2.Empty()

    def invoke(self, request: Any) -> Any:
        answer = lookups.answer(self._world, request.tok, wire.given(wire.received(request.args)))
        return provider_pb2.InvokeResponse(**{"return": wire.sent(answer)})

    def construct(self, request: Any) -> Any:
        """A component of Pulumi's own packages: what it looks up is its outputs, and there is nothing in it."""
        if request.type not in REMOTE:
            raise UndecidedResourceError(request.type, request.name)
        outputs = wire.sent(REMOTE[request.type]())
        with grpc.insecure_channel(request.monitorEndpoint, options=BIG) as channel:
            monitor = resource_pb2_grpc.ResourceMonitorStub(channel)
            registered = monitor.RegisterResource(
                resource_pb2.RegisterResourceRequest(
                    type=request.type, name=request.name, parent=request.parent, object=request.inputs, custom=False
                )
            )
            monitor.RegisterResourceOutputs(
                resource_pb2.RegisterResourceOutputsRequest(urn=registered.urn, outputs=outputs)
            )
        return provider_pb2.ConstructResponse(urn=registered.urn, state=outputs)

    def _keep(
        self, urn: str, identity: str, inputs: dict[str, Any], outputs: dict[str, Any], secret: frozenset[str]
    ) -> None:
        token, name = _type_and_name(urn)
        node = Node(
            urn=urn,
            type=token,
            name=name,
            parent="",
            custom=True,
            inputs=inputs,
            secrets=set(),
            unknowns=set(),
            dependencies=[],
            property_dependencies={},
            options={},
            outputs=outputs,
        )
        with self._lock:
            self._made[token, identity] = Made(node=node, inputs=inputs, outputs=outputs, secret=secret)
            self._graph.nodes[urn] = node


class _Told(provider_pb2_grpc.ResourceProviderServicer):
    """Tells the engine why, in one line, where the provider raises."""

    def __init__(self, provider: Provider) -> None:
        for method in provider_pb2.DESCRIPTOR.services_by_name["ResourceProvider"].methods:
            if operation := getattr(provider, WORD.sub("_", method.name).lower(), None):
                setattr(self, method.name, self._told(operation))

    def _told(self, operation: Callable[[Any], Any]) -> Callable[[Any, Any], Any]:
        def answer(request: Any, context: Any) -> Any:
            try:
                return operation(request)
            except Exception as error:  # the engine reports it with the resource
                context.abort(grpc.StatusCode.UNKNOWN, str(error) or type(error).__name__)

        return answer


def _type_and_name(urn: str) -> tuple[str, str]:
    _, _, types, name = urn.split("::", 3)
    return types.rpartition("$")[2], name


def _kind(old: Any, new: Any, *, replaces: bool) -> Any:
    if old is None:
        return Kind.ADD_REPLACE if replaces else Kind.ADD
    if new is None:
        return Kind.DELETE_REPLACE if replaces else Kind.DELETE
    return Kind.UPDATE_REPLACE if replaces else Kind.UPDATE

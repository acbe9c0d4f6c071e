"""The policy pack in a process of its own, asked as the Pulumi engine asks it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pulumi
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc

from cloudshelf.graph import Node
from cloudshelf.graph.stacks import ROOT

SIGNATURE = "4dabf18193072939515e22adb298388d"
ASSET, ARCHIVE = "c44067f5952c0a294b673a41bacd8c17", "0def7320c3a5731c473e5ecbe6d01bc7"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
# pulumi_policy.proxy.UNKNOWN_STRING_VALUE
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
START = "import runpy, sys; runpy.run_path(sys.argv[1], run_name='__main__')"
BIG = [("grpc.max_receive_message_length", 1 << 28), ("grpc.max_send_message_length", 1 << 28)]
SECONDS = 60


class Pack:
    """What a pack says about resources and stacks."""

    def __init__(self, port: int) -> None:
        self._channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=BIG)
        self._stub = analyzer_pb2_grpc.AnalyzerStub(self._channel)

    def policies(self) -> list[Any]:
        return list(self._stub.GetAnalyzerInfo(empty_pb2.Empty(), timeout=SECONDS).policies)

    def only(self, *rows: int) -> None:
        """Switches every policy of other rows off; with no row, on."""
        config = {}
        for policy in self.policies():
            on = not rows or int(policy.name.partition("-")[0]) in rows
            level = policy.enforcementLevel if on else analyzer_pb2.DISABLED
            config[policy.name] = analyzer_pb2.PolicyConfig(enforcementLevel=level)
        self._stub.Configure(analyzer_pb2.ConfigureAnalyzerRequest(policyConfig=config), timeout=SECONDS)

    def resource(self, node: Node) -> list[Any]:
        return list(self._stub.Analyze(request(node), timeout=SECONDS).diagnostics)

    def stack(self, nodes: list[Node]) -> list[Any]:
        asked = analyzer_pb2.AnalyzeStackRequest(resources=[listed(node) for node in nodes])
        return list(self._stub.AnalyzeStack(asked, timeout=SECONDS).diagnostics)

    def close(self) -> None:
        self._channel.close()


@contextmanager
def running(phase: str, elsewhere: Path, config: Mapping[str, str] | None = None) -> Iterator[Pack]:
    """The pack as the CLI starts it for a stack, in a folder that knows nothing of the project."""
    command = [sys.executable, "-I", "-u", "-c", START, str(ROOT / "policies")]
    environment = {"PATH": os.environ["PATH"], "PULUMI_STACK": phase, "PULUMI_PROJECT": "cloudshelf"}
    environment |= {
        "PULUMI_DRY_RUN": "true",
        "PULUMI_CONFIG": json.dumps({"aws:region": "us-east-1", **(config or {})}),
    }
    with subprocess.Popen(command, cwd=elsewhere, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        port = process.stdout.readline()
        assert port, "the pack ended before it served"
        pack = Pack(int(port))
        try:
            yield pack
        finally:
            pack.close()
            process.terminate()


def request(node: Node) -> analyzer_pb2.AnalyzeRequest:
    """Before a resource is made: its inputs."""
    found = analyzer_pb2.AnalyzeRequest(type=node.type, name=node.name, urn=node.urn, options=_options(node))
    found.properties.update(_wire(node, node.inputs))
    return found


def listed(node: Node) -> analyzer_pb2.AnalyzerResource:
    """When all is known: what a resource came to be."""
    found = analyzer_pb2.AnalyzerResource(
        type=node.type, name=node.name, urn=node.urn, parent=node.parent, options=_options(node)
    )
    found.properties.update(_wire(node, {**node.inputs, **node.outputs}))
    for name, urns in node.property_dependencies.items():
        found.propertyDependencies[name].urns.extend(urns)
    return found


def _options(node: Node) -> analyzer_pb2.AnalyzerResourceOptions:
    first = bool(node.options.get("deleteBeforeReplace"))
    return analyzer_pb2.AnalyzerResourceOptions(
        protect=node.protected, deleteBeforeReplace=first, deleteBeforeReplaceDefined=first, parent=node.parent
    )


def _wire(node: Node, props: Mapping[str, Any]) -> dict[str, Any]:
    secret = {path.split(".")[0].split("[")[0] for path in node.secrets}
    return {
        name: _signed(SECRET, value=_plain(value)) if name in secret else _plain(value) for name, value in props.items()
    }


def _plain(value: Any) -> Any:
    if isinstance(value, pulumi.FileArchive):
        return _signed(ARCHIVE, path=value.path)
    if isinstance(value, pulumi.FileAsset):
        return _signed(ASSET, path=value.path)
    if isinstance(value, Mapping):
        return {key: _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list) else value


def _signed(signature: str, **fields: Any) -> dict[str, Any]:
    return {SIGNATURE: signature, **fields}

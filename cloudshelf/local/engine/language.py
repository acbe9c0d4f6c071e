"""A language host for Python: what the Pulumi CLI starts as `pulumi-language-python` to run a program or a policy pack.

An installed CLI brings one. Where only its binary is, this one runs both with the Python that runs this file.
"""

import os
import runpy
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]
from google.protobuf import empty_pb2  # type: ignore[import-untyped]
from pulumi.automation._server import LanguageServer
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2

NAME = "pulumi-language-python"
BIG = [("grpc.max_receive_message_length", 1 << 28), ("grpc.max_send_message_length", 1 << 28)]
THREADS = 8


class LanguageHost(LanguageServer):
    """Runs one program, in this process."""

    def __init__(self, engine: str) -> None:
        super().__init__(self._program)
        self._engine = engine

    def GetPluginInfo(self, _request: Any, _context: Any) -> Any:
        return plugin_pb2.PluginInfo(version="3.0.0")

    def Handshake(self, _request: Any, _context: Any) -> Any:
        return language_pb2.LanguageHandshakeResponse()

    def Run(self, request: Any, context: Any) -> Any:
        os.chdir(request.pwd or request.info.program_directory)
        # Where the SDK's own host is told of the engine.
        request.args[:] = [self._engine, *request.args]
        return super().Run(request, context)  # type: ignore[no-untyped-call]

    def _program(self) -> None:
        sys.path.insert(0, str(Path.cwd()))
        runpy.run_path(str(Path.cwd() / "__main__.py"), run_name="__main__")

    def RunPlugin(self, request: Any, _context: Any) -> Iterator[Any]:
        """A policy pack, in a process of its own that ends with this one."""
        folder = request.info.program_directory or request.program
        environment = {**os.environ, **dict(each.partition("=")[::2] for each in request.env)}
        with subprocess.Popen(
            [sys.executable, "-u", folder, *request.args],
            cwd=request.pwd,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as process:
            assert process.stdout  # noqa: S101 - it is a pipe
            while read := os.read(process.stdout.fileno(), 4096):
                yield language_pb2.RunPluginResponse(stdout=read)
        yield language_pb2.RunPluginResponse(exitcode=process.returncode)

    def InstallDependencies(self, _request: Any, _context: Any) -> Iterator[Any]:
        """They are there: this runs in them."""
        yield from ()

    def Cancel(self, _request: Any, _context: Any) -> Any:
        return empty_pb2.Empty()


def install(folder: Path) -> Path:
    """An executable of that name in a folder, for PATH."""
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / NAME
    root = Path(__file__).resolve().parents[3]
    made.write_text(f'#!/bin/sh\nPYTHONPATH="{root}" exec "{sys.executable}" -m {__name__} "$@"\n')
    made.chmod(0o755)
    return made


def main() -> None:
    """Prints its port, and serves until the CLI ends it."""
    engine = next((argument for argument in reversed(sys.argv[1:]) if not argument.startswith("-")), "")
    server = grpc.server(ThreadPoolExecutor(THREADS), options=BIG)
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageHost(engine), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    # Ctrl-C reaches every process of the terminal; the CLI ends this one in its own time.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Event().wait()


if __name__ == "__main__":
    main()

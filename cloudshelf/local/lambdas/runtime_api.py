"""The Lambda Runtime API of one execution environment.

Protocol: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html. The process asks for the next event, and posts
a response or an error; `invoke` hands events over and waits for that answer.
"""

import json
import socket
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from typing import Any

VERSION = "/2018-06-01/runtime"


@dataclass(frozen=True)
class Invocation:
    """One event on its way to the process. `deadline_ms` is Unix time in milliseconds."""

    request_id: str
    event: bytes
    deadline_ms: int
    function_arn: str


@dataclass(frozen=True)
class Answer:
    """What the process made of an event: a payload, or an error of the function."""

    payload: bytes
    error: dict[str, Any] | None = None


@dataclass
class RuntimeApi:
    """Serves one process on a loopback port of its own; `address` is what AWS_LAMBDA_RUNTIME_API is to be."""

    _waiting: Queue[Invocation | None] = field(default_factory=Queue)
    _answers: Queue[Answer] = field(default_factory=Queue)
    ready: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.api = self
        self.address = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 60}, daemon=True).start()

    def hand_over(self, invocation: Invocation) -> None:
        self._waiting.put(invocation)

    def next_invocation(self) -> Invocation | None:
        self.ready.set()
        return self._waiting.get()

    def answer(self, answer: Answer) -> None:
        self._answers.put(answer)

    @property
    def answers(self) -> Queue[Answer]:
        return self._answers

    def close(self) -> None:
        self._waiting.put(None)
        threading.Thread(target=self._server.shutdown, daemon=True).start()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    api: RuntimeApi

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: a process that is stopped, or crashes, breaks its connection off."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body leave in one segment: sent apart, Nagle and delayed ACK hold each answer for 40 ms.
    wbufsize = -1
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_GET(self) -> None:
        if self.path != f"{VERSION}/invocation/next":
            return self._reply(404)
        invocation = self.server.api.next_invocation()
        if invocation is None:
            self.close_connection = True
            return None
        headers = {
            "Lambda-Runtime-Aws-Request-Id": invocation.request_id,
            "Lambda-Runtime-Deadline-Ms": str(invocation.deadline_ms),
            "Lambda-Runtime-Invoked-Function-Arn": invocation.function_arn,
            "Content-Type": "application/json",
        }
        return self._reply(200, invocation.event, headers)

    def do_POST(self) -> None:
        body = self._body()
        if self.path.endswith("/response"):
            self.server.api.answer(Answer(body))
        elif self.path.endswith("/error"):
            self.server.api.answer(Answer(b"", _error(body)))
        else:
            return self._reply(404)
        return self._reply(202, b"{}")

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    def _reply(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self.send_response_only(status)
        for name, value in {**(headers or {}), "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the runtime's own traffic is not the shop's."""


def _error(body: bytes) -> dict[str, Any]:
    try:
        error = json.loads(body)
    except ValueError:
        error = None
    return error if isinstance(error, dict) else {"errorType": "Runtime.Unknown", "errorMessage": "no details"}

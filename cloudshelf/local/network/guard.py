"""Runs a module in a process whose sockets lead only where the same function's would on AWS.

    guard.py REACH MODULE ARGUMENT...

A script of its own, by path: it imports nothing of the project, for a function must not see the project. REACH is JSON:
`ways` from `host:port` to a port of this machine, `refused` from `host:port` to the reason, `unserved` a suffix of
hosts nobody answers for here, `internet` the ranges of its ports that are open, `otherwise` the reason for the rest.
Extension modules with sockets of their own, such as AWS's runtime client, are not held back.
"""

import errno
import ipaddress
import json
import os
import runpy
import socket
import sys
from typing import Any, NoReturn

# Reserved for benchmarks (RFC 2544), so nobody's: what names stand for in here.
PRETENDED = ipaddress.IPv4Network("198.18.0.0/15")


class Network:
    """Where a name and a port lead."""

    def __init__(self, reach: dict[str, Any], runtime_api: str) -> None:
        self._ways: dict[str, int] = reach["ways"]
        self._refused: dict[str, str] = reach["refused"]
        self._unserved: str = reach["unserved"]
        self._internet: list[tuple[int, int]] = reach["internet"]
        self._otherwise: str = reach["otherwise"]
        self._runtime_api = runtime_api
        self._known = {key.rpartition(":")[0] for key in (*self._ways, *self._refused)}
        self._names: dict[str, str] = {}

    def pretends(self, host: str) -> bool:
        """Whether a name is answered here rather than by a name server."""
        if _address(host) or host in ("localhost", ""):
            return False
        return host in self._known or self._is_unserved(host) or not self._internet

    def pretended(self, host: str) -> str:
        """An address that stands for a name."""
        if host not in self._names.values():
            self._names[str(PRETENDED[len(self._names) + 1])] = host
        return next(address for address, name in self._names.items() if name == host)

    def destination(self, address: Any) -> Any:
        """Where to connect instead; TimeoutError, as when packets get lost, for what cannot be reached."""
        host, port = str(address[0]), int(address[1])
        name = self._names.get(host, host)
        key = self._key(name, port)
        if key == self._runtime_api:
            return address
        if key in self._ways:
            return "127.0.0.1", self._ways[key]
        if key in self._refused:
            self._lose(key, self._refused[key])
        if self._is_unserved(name):
            self._lose(key, "the local cloud does not offer this service")
        literal = _address(name)
        if literal and literal.is_loopback:
            raise ConnectionRefusedError(errno.ECONNREFUSED, f"{key}: nothing listens in a function's own sandbox")
        open_port = any(first <= port <= last for first, last in self._internet)
        if not open_port or (literal and not literal.is_global):
            self._lose(key, self._otherwise)
        return address

    def _key(self, name: str, port: int) -> str:
        """A bucket has a host of its own, below S3's."""
        _, is_bucket, region = name.partition(".s3.")
        return f"s3.{region}:{port}" if is_bucket else f"{name}:{port}"

    def _is_unserved(self, name: str) -> bool:
        return name.endswith(self._unserved)

    def _lose(self, key: str, reason: str) -> NoReturn:
        raise TimeoutError(errno.ETIMEDOUT, f"{key} cannot be reached from here: {reason}")


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def install(network: Network) -> None:
    """Puts the network behind Python's sockets."""
    connect, connect_ex = socket.socket.connect, socket.socket.connect_ex
    sendto: Any = socket.socket.sendto
    getaddrinfo, gethostbyname = socket.getaddrinfo, socket.gethostbyname

    def led(self: socket.socket, address: Any) -> Any:
        if self.family == socket.AF_UNIX:
            raise FileNotFoundError(errno.ENOENT, f"{address!r}: there is no such socket in a function's sandbox")
        return network.destination(address)

    def led_connect(self: socket.socket, address: Any) -> None:
        connect(self, led(self, address))

    def led_connect_ex(self: socket.socket, address: Any) -> int:
        try:
            return connect_ex(self, led(self, address))
        except OSError as error:
            return error.errno or errno.EIO

    def led_sendto(self: socket.socket, data: Any, *flags_and_address: Any) -> int:
        *flags, address = flags_and_address
        sent: int = sendto(self, data, *flags, led(self, address))
        return sent

    def led_getaddrinfo(host: Any, *rest: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        return getaddrinfo(network.pretended(name) if name and network.pretends(name) else host, *rest, **options)

    def led_gethostbyname(host: str) -> str:
        return network.pretended(host) if network.pretends(host) else gethostbyname(host)

    replaced = {"connect": led_connect, "connect_ex": led_connect_ex, "sendto": led_sendto}
    for name, function in replaced.items():
        setattr(socket.socket, name, function)
    vars(socket).update(getaddrinfo=led_getaddrinfo, gethostbyname=led_gethostbyname)


def main(arguments: list[str]) -> None:
    reach, module, *rest = arguments
    install(Network(json.loads(reach), os.environ.get("AWS_LAMBDA_RUNTIME_API", "")))
    # The module finds itself as `python -m` would have started it.
    sys.argv = [module, *rest]
    sys.path.insert(0, os.getcwd())  # noqa: PTH109 - as the interpreter does it
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(sys.argv[1:])

"""A way to a server that can be counted and cut."""

import selectors
import socket
import threading
from typing import Literal

CHUNK = 65536
Fault = Literal["none", "refuse", "cut", "lose reply"]


class Relay:
    """Listens at 127.0.0.1:`port` and passes bytes on to `target`; a context manager.

    `fault` is what it does instead: `refuse` closes what connects; `cut` closes a connection as soon as its client
    sends something, which the server never gets; `lose reply` passes that on and closes when the server answers.
    With `one_fault` it goes well again after that.
    """

    def __init__(self, target: tuple[str, int]) -> None:
        self._target = target
        self.fault: Fault = "none"
        self.one_fault = False
        # What clients sent at once counts as one trip.
        self.trips = self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._open: list[socket.socket] = []

    def __enter__(self) -> "Relay":
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join()
        for each in self._open:
            _shut(each)
        for thread in self._threads[1:]:
            thread.join()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            if self._fails("refuse"):
                client.close()
                continue
            server = socket.create_connection(self._target)
            self._open += [client, server]
            self._threads.append(threading.Thread(target=self._pass_on, args=(client, server), daemon=True))
            self._threads[-1].start()

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        other = {client: server, server: client}
        with selectors.DefaultSelector() as waiting, client, server:
            for each in other:
                waiting.register(each, selectors.EVENT_READ)
            while True:
                for key, _ in waiting.select():
                    source: socket.socket = key.fileobj  # type: ignore[assignment]
                    if not self._pass(source, other[source], from_client=source is client):
                        return

    def _pass(self, source: socket.socket, sink: socket.socket, *, from_client: bool) -> bool:
        """False at the end, and where the connection is to end."""
        try:
            data = source.recv(CHUNK)
            if not data or self._fails("cut" if from_client else "lose reply"):
                return False
            self.trips += from_client
            sink.sendall(data)
        except OSError:
            return False
        return True

    def _fails(self, fault: Fault) -> bool:
        fails = self.fault == fault
        if fails and self.one_fault:
            self.fault = "none"
        return fails


def _shut(each: socket.socket) -> None:
    try:
        each.shutdown(socket.SHUT_RDWR)
    except OSError:
        return

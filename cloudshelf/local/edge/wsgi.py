"""A WSGI application served from a thread, on the loopback interface."""

import logging
import socket
import threading
from typing import Any

from waitress import wasyncore
from waitress.server import create_server

logging.getLogger("waitress.queue").setLevel(logging.ERROR)

# At its limit waitress takes no new connection until one that is kept open has been idle for two minutes.
MOST_CONNECTIONS = 2000


class WsgiServer:
    """Takes its port at once, so a taken one is an OSError before anything else is made; port 0 is any free one."""

    def __init__(self, port: int, threads: int) -> None:
        self._threads = threads
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        # A port left in TIME_WAIT by the run before may be taken again; one that is listened on may not.
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind(("127.0.0.1", port))
        except OSError:
            self._socket.close()
            raise
        self._socket.listen(1024)
        self.port: int = self._socket.getsockname()[1]
        self._thread: threading.Thread | None = None

    def start(self, application: Any) -> None:
        self._server = create_server(
            application,
            sockets=[self._socket],
            threads=self._threads,
            ident="",
            connection_limit=MOST_CONNECTIONS,
            # select() knows no file beyond the 1024th.
            asyncore_use_poll=True,
        )
        self._thread = threading.Thread(target=self._server.run, name=f"wsgi-{self.port}", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Doing it again changes nothing."""
        if self._thread is not None:
            self._server.task_dispatcher.shutdown(timeout=5)
            # Its sockets are closed by the thread that waits on them: closed here, its wait would fail.
            trigger = self._server.trigger
            # With its lock, or one pulled by an answer would have closed it before it is pulled here.
            with trigger.lock:
                trigger.thunks.append(lambda: wasyncore.close_all(self._server._map, ignore_all=True))
                trigger.pull_trigger()
            self._thread.join(timeout=5)
            self._thread = None
        self._socket.close()

"""What clients connect to in place of the server: TLS as on RDS, and a login that is checked here.

Who is let in reaches the server through its Unix socket, as the database user of the login.
"""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cloudshelf.local.postgres import wire
from cloudshelf.local.postgres.certificate import Authority

LOGIN_SECONDS = 10.0
CHUNK = 65536


@dataclass(frozen=True)
class Attempt:
    """Somebody wants in: a database user, what was sent as the password, and the parameters of the startup message."""

    user: str
    database: str
    password: str = field(repr=False)
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Denied:
    """Why not, in PostgreSQL's words; `code` is an SQLSTATE."""

    code: str
    message: str


Authenticate = Callable[[Attempt], Denied | None]


MOST_ROUNDS = 100


class LoginEndpoint:
    """Listens at 127.0.0.1:`port` from `start` to `stop`; also a context manager.

    `names` are what the certificate is for. `authenticate` answers None to let somebody in; it runs in a thread.
    `fixed` are session settings that the client cannot leave out, such as those of a read replica.
    """

    def __init__(
        self,
        socket_path: Path,
        authority: Authority,
        names: Sequence[str],
        authenticate: Authenticate,
        *,
        fixed: Mapping[str, str] | None = None,
    ) -> None:
        self._server_path, self._authenticate, self._fixed = socket_path, authenticate, dict(fixed or {})
        self._context = authority.server_context(names)
        self.host, self.ca_file = names[0], authority.ca_file
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._socket.getsockname()[1]
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=f"login-{self.port}", daemon=True)

    @property
    def connections(self) -> int:
        """How many are open now."""
        return len(self._open)

    def start(self) -> None:
        self._thread.start()
        listening = asyncio.start_server(self._serve, sock=self._socket)
        self._listener = asyncio.run_coroutine_threadsafe(listening, self._loop).result()

    def stop(self) -> None:
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self._end(), self._loop).result()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join()
        self._socket.close()
        self._loop.close()

    async def _end(self) -> None:
        self._listener.close()
        # Closed in good order, TLS would wait for the other end's good-bye.
        for writer in self._open:
            writer.transport.abort()
        # Nobody serves a connection that was just accepted, yet: its task may be cancelled before it begins.
        for transport in self._transports():
            transport.abort()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._close_sockets()
        await self._loop.shutdown_default_executor()

    async def _close_sockets(self) -> None:
        """Of connections just accepted, and of those whose end was begun: a transport closes in later rounds."""
        transports = self._transports()
        for transport in transports:
            transport.abort()
        for _ in range(MOST_ROUNDS):
            if all(transport._sock is None for transport in transports):  # type: ignore[attr-defined]
                return
            await asyncio.sleep(0)

    def _transports(self) -> list[asyncio.Transport]:
        return list(self._loop._transports.values())  # type: ignore[attr-defined]

    def __enter__(self) -> "LoginEndpoint":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        # A client that goes, or speaks something else, ends its own connection only.
        with contextlib.suppress(OSError, EOFError, asyncio.CancelledError, TimeoutError, wire.ProtocolError):
            try:
                async with asyncio.timeout(LOGIN_SECONDS):
                    opening = await self._login(reader, writer)
                if opening:
                    await self._pipe(reader, writer, opening)
            finally:
                writer.close()
                await writer.wait_closed()
                self._open.discard(writer)

    async def _login(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes | None:
        """What the server is to be sent first; None for somebody who is not let in."""
        encrypted = False
        while True:
            code, contents = await wire.read_startup(reader)
            if code == wire.SSL_REQUEST and not encrypted:
                await self._encrypt(reader, writer)
                encrypted = True
            elif code in (wire.SSL_REQUEST, wire.GSSENC_REQUEST):
                writer.write(b"N")
            elif code == wire.CANCEL_REQUEST:
                return wire.startup(code, contents)
            elif code == wire.PROTOCOL_3:
                return await self._check(reader, writer, wire.parameters(contents), encrypted=encrypted)
            else:
                raise wire.ProtocolError(f"a startup message of code {code}")

    async def _encrypt(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Nothing may have come before TLS: https://www.postgresql.org/support/security/CVE-2021-23214/
        if reader._buffer:  # type: ignore[attr-defined]
            raise wire.ProtocolError("data before TLS")
        writer.write(b"S")
        await writer.start_tls(self._context)

    async def _check(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, given: dict[str, str], *, encrypted: bool
    ) -> bytes | None:
        user = given.get("user", "")
        database = given.get("database") or user
        denied: Denied | None = Denied(
            wire.INVALID_AUTHORIZATION,
            f'no pg_hba.conf entry for host "127.0.0.1", user "{user}", database "{database}", no encryption',
        )
        if encrypted:
            writer.write(wire.CLEARTEXT_PASSWORD)
            attempt = Attempt(user, database, await wire.read_password(reader), given)
            denied = await asyncio.to_thread(self._authenticate, attempt)
        if denied is None:
            return wire.startup_message({**given, **self._fixed})
        writer.write(wire.fatal(denied.code, denied.message))
        await writer.drain()
        return None

    async def _pipe(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, opening: bytes) -> None:
        server_reader, server_writer = await asyncio.open_unix_connection(str(self._server_path))
        server_writer.write(opening)
        to_server = asyncio.create_task(_copy(reader, server_writer))
        to_client = asyncio.create_task(_copy(server_reader, writer))
        try:
            await asyncio.wait([to_server, to_client], return_when=asyncio.FIRST_COMPLETED)
        finally:
            to_server.cancel()
            to_client.cancel()
            await asyncio.gather(to_server, to_client, return_exceptions=True)
            server_writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(CHUNK):
        writer.write(data)
        await writer.drain()

"""A run of the local cloud at a terminal: its events, the sample catalogue, reloading functions."""

import errno
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from cloudshelf.client import ClientError
from cloudshelf.client.transport import USER_AGENT
from cloudshelf.graph.stacks import ConfigError
from cloudshelf.local import demo, fidelity
from cloudshelf.local.cloud import LocalCloud
from cloudshelf.local.deploy import RefusedByAws
from cloudshelf.local.events import EventSink
from cloudshelf.local.gateway.messages import Request, Response
from cloudshelf.local.identity import Mail
from cloudshelf.local.lambdas.function import for_this_machine
from cloudshelf.local.lookups import UndecidedLookupError
from cloudshelf.local.postgres.binaries import NoPostgresError
from cloudshelf.local.postgres.server import PostgresFailed
from cloudshelf.local.resources.functions import InvocationFailed
from cloudshelf.local.resources.registry import UndecidedResourceError
from components import artifact
from components.vendor import Target, VendorError

WATCH_SECONDS = 0.5
REFUSALS = (
    ConfigError,
    InvocationFailed,
    NoPostgresError,
    PostgresFailed,
    RefusedByAws,
    UndecidedLookupError,
    UndecidedResourceError,
    ValueError,
    VendorError,
)


class SessionError(Exception):
    """The local cloud cannot start; the text is one line that says why and what to do."""


@contextmanager
def starting(port: int) -> Iterator[None]:
    """What keeps a stack from starting becomes a SessionError, in one line with the remedy."""
    try:
        yield
    except OSError as error:
        if error.errno not in REMEDIES:
            raise
        raise SessionError(REMEDIES[error.errno](error, port)) from None
    except REFUSALS as error:
        raise SessionError(str(error)) from None


@dataclass(kw_only=True)
class Session:
    """Use as a context manager. `events` takes what happens, with `requests` each request, too.

    `artefacts` is what functions are built for.
    """

    artefacts: ClassVar[Target] = artifact.HOST

    stack: str
    port: int
    root: Path
    overrides: Mapping[str, str]
    requests: bool
    events: EventSink
    _stopping: threading.Event = field(default_factory=threading.Event)
    # While the sample catalogue is imported, its own requests are not events.
    _filling: bool = field(default=False, init=False)
    _credentials: Path | None = field(default=None, init=False)

    def __enter__(self) -> "Session":
        self._cloud = self._make()
        with starting(self.port):
            self._cloud.start()
            self._opened()
        return self

    def _make(self) -> LocalCloud:
        return LocalCloud(**self._arguments())

    def _arguments(self) -> dict[str, Any]:
        return {
            "stack": self.stack,
            "port": self.port,
            "root": self.root,
            "folder": self.root / ".local" / self.stack,
            "overrides": dict(self.overrides),
            "on_request": self._on_request,
            "on_mail": self._on_mail,
            "on_progress": lambda what: self.events("progress", what=what),
        }

    def _opened(self) -> None:
        self._credentials = demo.write_credentials(self.root, self._cloud.url, self._cloud.accounts)

    def abandon(self) -> None:
        """Stops what a start has begun so far, from another thread than the one that starts."""
        self._stopping.set()
        if hasattr(self, "_cloud"):
            self._cloud.stop()

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        if self._credentials is not None:
            self._credentials.unlink(missing_ok=True)
        self._cloud.stop()
        if self.port == 0:
            # A port that was any free one is not asked for again.
            shutil.rmtree(self._cloud.folder, ignore_errors=True)

    def announce(self, seconds: float) -> None:
        """What runs, how true it is to AWS, whom to sign in as."""
        cloud = self._cloud
        self.events(
            "open",
            stack=self.stack,
            url=cloud.url,
            live=f"{cloud.url}/_local/",
            seconds=round(seconds, 3),
            logs=f"{cloud.folder.relative_to(self.root)}/logs",
            accounts={role: asdict(account) for role, account in cloud.accounts.items()},
            databases={each.identifier: each.server.version for each in cloud.world.databases.instances.values()},
            resources=fidelity.rows(cloud.graph),
        )

    def fill(self) -> None:
        """Imports the sample catalogue through the admin API, as anybody's own books would be."""
        started, self._filling = time.monotonic(), True
        try:
            told = demo.import_catalogue(self._cloud.url, self._cloud.accounts["admin"], self._stopping)
        except ClientError as error:
            told = f"The sample catalogue is not in the shop: {error}"
        self._filling = False
        if not self._stopping.is_set():
            self.events("catalogue", told=told, seconds=round(time.monotonic() - started, 3))

    def watch(self) -> None:
        """Puts a function's new artefact in place when the sources change; an artefact's name tells whether it did."""
        functions = self._cloud.world.functions.deployed
        artifact.target.set(self.artefacts)
        seen = _changed()
        while True:
            time.sleep(WATCH_SECONDS)
            if (now := _changed()) == seen:
                continue
            seen = now
            for name, function in [*functions.items()]:
                package = function.config.handler.partition(".")[0]
                try:
                    task_root = for_this_machine(artifact.build(package))
                except (OSError, SyntaxError) as error:
                    self.events("not_reloaded", function=name, why=str(error))
                    continue
                if task_root != function.config.task_root:
                    function.replace_code(task_root)
                    self.events("reloaded", function=name)

    def _on_request(self, request: Request, response: Response) -> None:
        own = self._filling and request.header("User-Agent") == USER_AGENT
        if self.requests and not own:
            ms = round(request.age_ms, 1)
            self.events("request", status=response.status, method=request.method, path=request.path, ms=ms)

    def _on_mail(self, mail: Mail) -> None:
        self.events("mail", to=mail.to, text=mail.text)


def _changed() -> dict[Path, int]:
    """When each source was last written."""
    return {path: path.stat().st_mtime_ns for path in artifact.FUNCTIONS.rglob("*.py")}


def _taken(_error: OSError, port: int) -> str:
    return (
        f"port {port} is taken: another local cloud or another program listens on it. "
        f"Stop it, or choose another: make local PORT={port + 1 if port < 65535 else port - 1}"
    )


def _refused(error: OSError, port: int) -> str:
    if error.filename is None:
        return f"port {port} is for root alone on this machine. Choose one above 1023: make local PORT=8000"
    return _unwritable(error, port)


def _unwritable(error: OSError, _port: int) -> str:
    return (
        f"{error.filename} cannot be written: {error.strerror}. CloudShelf keeps data, logs and artefacts in its "
        "checkout: run it in one that you may write to."
    )


def _full(error: OSError, _port: int) -> str:
    where = f" for {error.filename}" if error.filename else ""
    return f"the disk is full{where}. A local cloud needs about 500 MB; `make clean` removes what was built."


REMEDIES = {
    errno.EADDRINUSE: _taken,
    errno.EACCES: _refused,
    errno.EPERM: _refused,
    errno.EROFS: _unwritable,
    errno.ENOSPC: _full,
    errno.EDQUOT: _full,
}

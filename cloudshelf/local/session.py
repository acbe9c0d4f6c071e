"""A run of the local cloud for somebody at a terminal: what it says, what it fills in, what it reloads."""

import errno
import shutil
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from cloudshelf.client import ClientError
from cloudshelf.graph.stacks import ConfigError
from cloudshelf.local import demo, fidelity
from cloudshelf.local.cloud import LocalCloud
from cloudshelf.local.gateway.messages import Request, Response
from cloudshelf.local.identity import Mail
from cloudshelf.local.lambdas.function import unpack
from cloudshelf.local.lookups import UndecidedLookupError
from cloudshelf.local.postgres.binaries import NoPostgresError
from cloudshelf.local.postgres.server import PostgresFailed
from cloudshelf.local.resources.functions import InvocationFailed
from cloudshelf.local.resources.registry import UndecidedResourceError
from cloudshelf.local.telling import Tell
from components import artifact
from components.vendor import VendorError

WATCH_SECONDS = 0.5
REFUSALS = (
    ConfigError,
    InvocationFailed,
    NoPostgresError,
    PostgresFailed,
    UndecidedLookupError,
    UndecidedResourceError,
    ValueError,
    VendorError,
)


class SessionError(Exception):
    """The local cloud cannot start; the text is one line that says why and what to do."""


@contextmanager
def starting(port: int) -> Iterator[None]:
    """What keeps a stack from starting becomes a SessionError."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise SessionError(_taken(port)) from None
    except REFUSALS as error:
        raise SessionError(str(error)) from None


@dataclass(kw_only=True)
class Session:
    """Use as a context manager. `tell` takes what happens; `requests` tells of each request, too."""

    stack: str
    port: int
    root: Path
    overrides: Mapping[str, str]
    requests: bool
    tell: Tell
    _stopping: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Session":
        self._cloud = LocalCloud(
            stack=self.stack,
            port=self.port,
            root=self.root,
            folder=self.root / ".local" / self.stack,
            overrides=dict(self.overrides),
            on_request=self._on_request,
            on_mail=self._on_mail,
        )
        with starting(self.port):
            self._cloud.start()
        credentials = self.root / ".local" / "credentials.json"
        demo.write_credentials(credentials, self._cloud.url, self._cloud.accounts)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._cloud.stop()
        if self.port == 0:
            # Nobody comes back to a port that was anyone.
            shutil.rmtree(self._cloud.folder, ignore_errors=True)

    def announce(self, seconds: float) -> None:
        """What runs, how true it is to AWS, whom to sign in as."""
        cloud = self._cloud
        self.tell(
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
        started = time.monotonic()
        try:
            told = demo.import_catalogue(self._cloud.url, self._cloud.accounts["admin"], self._stopping)
        except ClientError as error:
            told = f"the sample catalogue is not in the shop: {error}"
        if not self._stopping.is_set():
            self.tell("catalogue", told=told, seconds=round(time.monotonic() - started, 3))

    def watch(self) -> None:
        """Puts a function's new artefact in place when the sources change; an artefact's name tells whether it did."""
        functions = self._cloud.world.functions.deployed
        artifact.target.set(artifact.HOST)
        seen = _changed()
        while True:
            time.sleep(WATCH_SECONDS)
            if (now := _changed()) == seen:
                continue
            seen = now
            for name, function in functions.items():
                package = function.config.handler.partition(".")[0]
                try:
                    task_root = unpack(artifact.build(package))
                except (OSError, SyntaxError) as error:
                    self.tell("not_reloaded", function=name, why=str(error))
                    continue
                if task_root != function.config.task_root:
                    function.replace_code(task_root)
                    self.tell("reloaded", function=name)

    def _on_request(self, request: Request, response: Response) -> None:
        if self.requests:
            ms = round(request.age_ms, 1)
            self.tell("request", status=response.status, method=request.method, path=request.path, ms=ms)

    def _on_mail(self, mail: Mail) -> None:
        self.tell("mail", to=mail.to, text=mail.text)


def _changed() -> dict[Path, int]:
    """When each source was last written."""
    return {path: path.stat().st_mtime_ns for path in artifact.FUNCTIONS.rglob("*.py")}


def _taken(port: int) -> str:
    return (
        f"port {port} is taken: another local cloud or another program listens on it. "
        f"Stop it, or choose another: make local PORT={port + 1 if port < 65535 else port - 1}"
    )

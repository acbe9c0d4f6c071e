"""A function: as many execution environments as there are events at once, up to a limit."""

import contextlib
import filecmp
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from cloudshelf.local.lambdas.environment import Environment, FunctionConfig, FunctionFailed
from cloudshelf.local.network.reach import EVERY_PORT, Reach
from components import artifact
from components.vendor import VENDOR, vendor

MOST_ENVIRONMENTS = 4
WAIT_SECONDS = 29.0


class TooManyRequests(Exception):
    """Lambda's 429: the function's reserved concurrency is used up."""


class Function:
    """Keeps warm environments and starts cold ones. `aws` are its credentials; `reach` is asked at each cold start.

    On AWS a further event starts a further environment at once. Here at most MOST_ENVIRONMENTS run, and further events
    wait for one; a reserved concurrency below that is enforced as AWS does, by refusing.
    """

    def __init__(
        self,
        config: FunctionConfig,
        aws: dict[str, str],
        reach: Callable[[], Reach] = lambda: Reach(internet=[EVERY_PORT]),
        measure: Callable[[str, float], None] = lambda _metric, _value: None,
    ) -> None:
        self.config = config
        self._aws, self._reach, self._measure = aws, reach, measure
        self._idle: list[Environment] = []
        self._busy: set[Environment] = set()
        self._outdated: set[Environment] = set()
        self._free = threading.Condition()
        self._closed = False

    def invoke(self, event: bytes) -> bytes:
        """Answers with the payload; FunctionFailed or TooManyRequests otherwise."""
        try:
            environment = self._take()
        except TooManyRequests:
            self._measure("Throttles", 1)
            raise
        failed = True
        started = time.perf_counter()
        try:
            environment.wait_for_init()
            # Lambda's duration is without a cold start's initialisation.
            started = time.perf_counter()
            answer = environment.invoke(event)
            failed = False
            return answer
        finally:
            self._give_back(environment)
            self._measure("Invocations", 1)
            self._measure("Throttles", 0)
            self._measure("Errors", failed)
            self._measure("Duration", (time.perf_counter() - started) * 1000)

    def _take(self) -> Environment:
        most = min(MOST_ENVIRONMENTS, self.config.concurrency or MOST_ENVIRONMENTS)
        with self._free:
            if self.config.concurrency is not None and len(self._busy) >= self.config.concurrency:
                raise TooManyRequests(self.config.name)
            if not self._free.wait_for(lambda: len(self._busy) < most, timeout=WAIT_SECONDS):
                raise FunctionFailed("Sandbox.Timedout", "every execution environment was busy for 29 seconds")
            if self._closed:
                raise FunctionFailed("Sandbox.Closed", "the local cloud is stopping")
            environment = self._idle.pop() if self._idle else Environment(self.config, self._aws, self._reach())
            self._busy.add(environment)
            self._measure("ConcurrentExecutions", len(self._busy))
            return environment

    def _give_back(self, environment: Environment) -> None:
        with self._free:
            self._busy.discard(environment)
            stale = self._closed or environment in self._outdated
            self._outdated.discard(environment)
            if environment.alive and not stale:
                self._idle.append(environment)
            elif environment.alive:
                environment.stop()
            self._free.notify()

    @property
    def environments(self) -> tuple[int, int]:
        """How many run: at work, and waiting for an event."""
        with self._free:
            return len(self._busy), len(self._idle)

    def replace_code(self, task_root: Path) -> None:
        """New events run the artefact unpacked at `task_root`; events under way end on the old one."""
        self.reconfigure(replace(self.config, task_root=task_root), self._aws)

    def reconfigure(self, config: FunctionConfig, aws: dict[str, str]) -> None:
        """New events run with this; events under way end as they began."""
        with self._free:
            old, self._idle = self._idle, []
            self._outdated |= self._busy
            self.config, self._aws = config, aws
        for environment in old:
            environment.stop()

    def restart(self) -> None:
        """New events start cold."""
        self.replace_code(self.config.task_root)

    def close(self) -> None:
        with self._free:
            self._closed = True
            environments = [*self._idle, *self._busy]
            self._idle = []
            self._free.notify_all()
        for environment in environments:
            environment.stop()


def for_this_machine(archive: Path) -> Path:
    """An artefact's contents to run here. In one built for Lambda's platform, this machine's libraries lie over those
    of the same versions for the other; the function's own code is what is deployed.
    """
    if archive.parent.name != artifact.LAMBDA.name:
        return unpack(archive)
    package = archive.stem.rpartition("-")[0]
    return unpack(archive, vendor(artifact.requirements(artifact.packages(package)), artifact.HOST))


def unpack(archive: Path, libraries: Path | None = None) -> Path:
    """The artefact's contents in a folder beside it. An artefact's name carries their hash, so it is made once.

    `libraries` are laid over them. Files that the vendored libraries have too are hard links to these, where the file
    system has links.
    """
    target = archive.with_suffix("")
    if libraries is not None:
        target = target.with_name(f"{target.name}-with-{libraries.name}")
    if not target.exists():
        with tempfile.TemporaryDirectory(dir=archive.parent) as part:
            made = Path(part) / target.name
            shutil.unpack_archive(archive, made)
            if libraries is not None:
                shutil.copytree(libraries, made, dirs_exist_ok=True)
            _share(made)
            with contextlib.suppress(OSError):  # another process was first
                made.rename(target)
    return target


def _share(folder: Path) -> None:
    libraries = list(VENDOR.glob(f"{artifact.HOST.name}-*"))
    for path in [each for each in folder.rglob("*") if each.is_file()]:
        twins = (library / path.relative_to(folder) for library in libraries)
        same = next((each for each in twins if each.is_file() and filecmp.cmp(path, each, shallow=False)), None)
        if same is not None:
            link = path.with_name(f".{path.name}.link")
            with contextlib.suppress(OSError):  # a file system without links keeps the copy
                link.hardlink_to(same)
                link.replace(path)

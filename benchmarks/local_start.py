"""From the command to the first book over HTTP, beside a moto server with a small Flask application.

Each round starts from a copy of the project as `make install` leaves it, so that nothing is kept from an earlier run.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.measuring import Samples, Side, interleaved
from benchmarks.results import Figure, Findings, Target, at_most, beside

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = (
    *("__main__.py", "config_reader.py", "settings.py", "Pulumi.yaml"),
    *("phases", "components", "functions", "schema", "storefront", "cloudshelf"),
)
PATIENCE_S, POLL_S, STOP_S = 120.0, 0.01, 30.0
STACKS = ("phase1", "phase2")
PHASE2 = (
    "5 s of it are a processor's, in the one process that imports the SDK of the AWS provider and makes 400 resources; "
    "the rest are a new PostgreSQL, its schema by the deployed function, and the functions' first starts."
)
REFERENCE = Path(__file__).with_name("flask_shop.py")


def run(*, quick: bool) -> Findings:
    rounds = 1 if quick else 5
    with tempfile.TemporaryDirectory(prefix="cloudshelf-bench-") as folder:
        copies = Copies(Path(folder))
        sides: dict[str, Side] = {"flask": _flask}
        for stack in STACKS:
            sides[f"{stack}, first"] = lambda stack=stack: _shop(stack, copies.fresh(stack))  # type: ignore[misc]
            sides[f"{stack}, again"] = lambda stack=stack: _shop(stack, copies.used(stack))  # type: ignore[misc]
        samples = interleaved(sides, rounds, warm_up=0 if quick else 1)
    return Findings(list(_figures(samples)))


class Copies:
    """Of the project, in a folder for each stack."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def fresh(self, stack: str) -> Path:
        """As `make install` leaves it."""
        copy = self._folder / stack
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for name in (*PROGRAM, f"Pulumi.{stack}.yaml"):
            source, target = ROOT / name, copy / name
            if source.is_dir():
                shutil.copytree(source, target)
            else:
                shutil.copy2(source, target)
        shutil.copy2(ROOT / "requirements.txt", copy)
        (copy / ".build").mkdir()
        # What was vendored at install is only read.
        (copy / ".build" / "vendor").symlink_to(ROOT / ".build" / "vendor")
        subprocess.run([sys.executable, "-m", "cloudshelf.local.ahead"], cwd=copy, env=_environment(), check=True)
        return copy

    def used(self, stack: str) -> Path:
        """After a start from it."""
        copy = self._folder / stack
        return copy if copy.exists() else self.fresh(stack)


def _figures(samples: Samples) -> Iterator[Figure]:
    yield _figure(samples, "`make local`, phase1", "phase1, first", "flask", at_most(7))
    yield _figure(samples, "`make local STACK=phase2`, a new database", "phase2, first", "flask", at_most(12), PHASE2)
    for stack in STACKS:
        yield _figure(samples, f"{stack}, started again", f"{stack}, again", f"{stack}, first", at_most(1))


def _figure(samples: Samples, name: str, side: str, reference: str, target: Target, reason: str = "") -> Figure:
    ratio = samples.ratio(side, reference)
    return beside(
        ratio,
        name=name,
        target=target,
        measured=f"{samples.median(side):.2f} s",
        reference=f"{reference}: {samples.median(reference):.2f} s",
        reason=reason,
    )


def _shop(stack: str, copy: Path) -> float:
    port = free_port()
    command = [sys.executable, "-m", "cloudshelf", "local", stack, "--port", str(port)]
    with started([command], copy) as (since, _):
        return until_a_book(f"http://127.0.0.1:{port}/api/v1/books?limit=1", since)


def _flask() -> float:
    moto, port = free_port(), free_port()
    server = [str(Path(sys.executable).with_name("moto_server")), "-H", "127.0.0.1", "-p", str(moto)]
    application = [sys.executable, str(REFERENCE), f"http://127.0.0.1:{moto}", str(port)]
    with started([server, application], ROOT) as (since, _):
        return until_a_book(f"http://127.0.0.1:{port}/books", since)


@contextmanager
def started(
    commands: Sequence[Sequence[str]], folder: Path
) -> Iterator[tuple[float, Sequence["subprocess.Popen[bytes]"]]]:
    """Runs the programs within the block; the moment they were started at, and their processes."""
    since = time.perf_counter()
    processes = [
        subprocess.Popen(command, cwd=folder, env=_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for command in commands
    ]
    try:
        yield since, processes
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
        for process in processes:
            process.wait(STOP_S)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": "", "PYTHONDONTWRITEBYTECODE": ""}


def until_a_book(url: str, since: float) -> float:
    """Seconds from `since` until the answer at `url` has a book."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.perf_counter() - since < PATIENCE_S:
        try:
            with opener.open(url, timeout=PATIENCE_S) as reply:
                if json.load(reply)["books"]:
                    return time.perf_counter() - since
        except OSError:
            pass
        time.sleep(POLL_S)
    raise TimeoutError(f"no book at {url} after {PATIENCE_S:.0f} s")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port

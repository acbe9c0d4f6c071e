"""How things are measured: sides in turn, round by round; the machine; what a process and its children take."""

import os
import platform
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cloudshelf.local.postgres import binaries

Side = Callable[[], float]


@dataclass(frozen=True, kw_only=True)
class Ratio:
    """The median of each round's own ratio, and the least and greatest of them."""

    median: float
    low: float
    high: float
    rounds: int


@dataclass(frozen=True)
class Samples:
    """What each side measured, round by round."""

    by_side: Mapping[str, tuple[float, ...]]

    def median(self, side: str) -> float:
        return statistics.median(self.by_side[side])

    def ratio(self, side: str, reference: str) -> Ratio:
        """ZeroDivisionError where the reference measured nothing."""
        ratios = [one / other for one, other in zip(self.by_side[side], self.by_side[reference], strict=True)]
        return Ratio(median=statistics.median(ratios), low=min(ratios), high=max(ratios), rounds=len(ratios))

    def more(self, side: str, reference: str) -> Ratio:
        """How much more the side measured than the reference, in their own unit."""
        more = [one - other for one, other in zip(self.by_side[side], self.by_side[reference], strict=True)]
        return Ratio(median=statistics.median(more), low=min(more), high=max(more), rounds=len(more))


def interleaved(sides: Mapping[str, Side], rounds: int, warm_up: int = 1) -> Samples:
    """Every side once a round; every other round in the opposite order. The first `warm_up` rounds do not count."""
    found: dict[str, list[float]] = {name: [] for name in sides}
    names = list(sides)
    for number in range(warm_up + rounds):
        for name in names if number % 2 == 0 else reversed(names):
            value = sides[name]()
            if number >= warm_up:
                found[name].append(value)
    return Samples({name: tuple(values) for name, values in found.items()})


def timed(work: Callable[[], object], times: int = 1, clock: Callable[[], float] = time.perf_counter) -> Side:
    """A side that measures the seconds of one call, the mean of so many.

    What waits for nothing is measured by `time.process_time`, which stands still while others have the processor.
    """

    def seconds() -> float:
        started = clock()
        for _ in range(times):
            work()
        return (clock() - started) / times

    return seconds


GB = 1024**3


@dataclass(frozen=True, kw_only=True)
class Machine:
    """What figures depend on."""

    processor: str
    cores: int
    memory_gb: int
    system: str
    python: str
    postgres: str


def this_one() -> Machine:
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 1,
        memory_gb=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GB),
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        postgres=binaries.find().version,
    )


def machine_load() -> float:
    """Processes that ran or wanted to, on average over the last minute."""
    return round(os.getloadavg()[0], 1)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
# By what stands in the command line; the first that fits.
PROCESS_KINDS = (("postgres", "PostgreSQL"), ("awslambdaric", "functions"), ("keeper.py", "PostgreSQL"))
ITSELF = "local cloud"


@dataclass(frozen=True)
class Taken:
    """Seconds of a processor by kind since each process began, and bytes that no other process shares."""

    cpu_s: Counter[str]
    memory: int


def taken(root: int) -> Taken:
    """Of a process and its descendants as they are now; one that ends meanwhile does not count."""
    cpu: Counter[str] = Counter()
    memory = 0
    for pid in _family(root):
        try:
            fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
            command = (PROC / str(pid) / "cmdline").read_text().replace("\0", " ")
            memory += _own_bytes(pid)
        except OSError:
            continue
        cpu[_kind(command, pid == root)] += (int(fields[11]) + int(fields[12])) / TICKS  # type: ignore[assignment]
    return Taken(cpu, memory)


def _kind(command: str, is_root: bool) -> str:
    if is_root:
        return ITSELF
    return next((kind for part, kind in PROCESS_KINDS if part in command), "functions")


def _own_bytes(pid: int) -> int:
    resident, shared = (PROC / str(pid) / "statm").read_text().split()[1:3]
    return (int(resident) - int(shared)) * PAGE


def _family(root: int) -> Iterator[int]:
    children: dict[int, list[int]] = {}
    for path in PROC.iterdir():
        if path.name.isdigit():
            try:
                parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(path.name))
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        yield pid
        waiting += children.get(pid, ())
